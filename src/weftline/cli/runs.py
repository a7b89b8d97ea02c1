"""``weftline runs``: the latest runs."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from weftline.cli.connection import connect
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import moment, print_json, say, table
from weftline.cli.run import COUNTS, find_flow


def runs(
    flow: Annotated[str | None, typer.Argument(help="Only runs of this flow: name, key or id.")] = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status", help="Only runs of this status: queued, running, success, partial_success, failed, stopped."
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, newest first.")] = 20,
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """List the latest runs, newest first."""
    asyncio.run(_runs(flow, status, limit, as_json, url, key))


async def _runs(
    flow: str | None, status: str | None, limit: int, as_json: bool, url: str | None, key: str | None
) -> None:
    async with connect(url, key) as connection:
        client = connection.client
        flow_id = (await find_flow(client, flow))["id"] if flow else None
        found: list[dict[str, Any]] = await client.get("/api/runs", flow=flow_id, status=status, limit=limit)
    if as_json:
        print_json(found)
    elif not found:
        say("no runs yet; start one with 'weftline run FLOW'")
    else:
        table(
            ["run", "flow", "version", "status", "queued", *COUNTS],
            [
                [
                    row["id"],
                    row["flow_name"],
                    row["version"],
                    row["status"],
                    moment(row["queued_at"]),
                    *(row[c] for c in COUNTS),
                ]
                for row in found
            ],
            numbers=("version", *COUNTS),
        )
