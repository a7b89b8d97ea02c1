"""``weftline stop``: stop a run."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from weftline.cli.connection import connect
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import print_json, say


def stop(
    run: Annotated[str, typer.Argument(help="Id of the run.")],
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Stop a run. Requests under way are finished and written down; nothing new is sent."""
    asyncio.run(_stop(run, as_json, url, key))


async def _stop(run: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        row = await connection.client.post(f"/api/runs/{run}/stop")
    if as_json:
        print_json(row)
    else:
        say(f"run {run} was asked to stop; it is {row['status'].replace('_', ' ')}")
