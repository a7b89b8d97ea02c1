"""``weftline cursors``: where a flow's incremental pulls left off."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

import typer

from weftline.cli.connection import connect
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import moment, print_json, say, table


def cursors(
    flow: Annotated[str, typer.Argument(help="Name, key or id of the flow.")],
    reset: Annotated[bool, typer.Option("--reset", help="Forget them: the next run pulls everything again.")] = False,
    step: Annotated[str | None, typer.Option(help="With --reset: of this step only.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Show where a flow's incremental pulls left off, or forget it."""
    asyncio.run(_cursors(flow, reset, step, as_json, url, key))


async def _cursors(flow: str, reset: bool, step: str | None, as_json: bool, url: str | None, key: str | None) -> None:
    path = f"/api/flows/{quote(flow, safe='')}/cursors"
    async with connect(url, key) as connection:
        if reset:
            await connection.client.delete(path + (f"?step={quote(step, safe='')}" if step else ""))
        found: list[dict[str, Any]] = await connection.client.get(path)
    if as_json:
        print_json(found)
    elif found:
        rows = [[row["step_id"], row["instance"], str(row["value"]), moment(row["updated_at"])] for row in found]
        table(["step", "instance", "stands at", "since"], rows)
    else:
        say("no cursors: the next run pulls everything" if reset else "no cursors yet; the next run pulls everything")
