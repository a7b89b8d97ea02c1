"""``weftline retry``: send again what a run could not send."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from weftline.cli import codes
from weftline.cli.connection import connect
from weftline.cli.follow import follow
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import print_json, say
from weftline.cli.run import report


def retry(
    run: Annotated[str, typer.Argument(help="Id of the run that failed or was stopped.")],
    wait: Annotated[bool, typer.Option("--wait", help="Follow the new run; exit codes as for 'run'.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Send again what a run could not send.

    The new run takes the version of the flow that the old one had. Records already confirmed are not sent again.
    """
    raise typer.Exit(asyncio.run(_retry(run, wait, as_json, url, key)))


async def _retry(run: str, wait: bool, as_json: bool, url: str | None, key: str | None) -> int:
    async with connect(url, key) as connection:
        client = connection.client
        row = await client.post(f"/api/runs/{run}/retry")
        if wait:
            detail = await follow(client, row["id"])
            report(detail, as_json=as_json)
            return codes.of_status(detail["status"])
        if as_json:
            print_json({"run_id": row["id"], "status": row["status"]})
        else:
            later = "; it goes on when a server starts: 'weftline serve'" if connection.is_temporary else ""
            say(f"run {row['id']} retries {run}{later}")
        return codes.SUCCESS
