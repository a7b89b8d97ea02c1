"""``weftline run-log``: what happened in a run."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from weftline.cli.connection import connect
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import moment, print_json, say, table
from weftline.cli.run import report

PAGE = 200


def run_log(
    run: Annotated[str, typer.Argument(help="Id of the run, as 'weftline runs' shows it.")],
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Show what happened in a run.

    Its steps with their counts, its log, and the records that failed with the reason.
    """
    asyncio.run(_run_log(run, as_json, url, key))


async def _run_log(run: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        client = connection.client
        detail: dict[str, Any] = await client.get(f"/api/runs/{run}")
        events: list[dict[str, Any]] = []
        while True:
            page = await client.get(f"/api/runs/{run}/events", after=events[-1]["id"] if events else 0, limit=PAGE)
            events += page
            if len(page) < PAGE:
                break
        failed = (await client.get(f"/api/runs/{run}/deliveries", state="failed", limit=50))["items"]
    if as_json:
        print_json({"run": detail, "events": events, "failed": failed})
        return
    table(
        ["step", "in", "out", "sent", "confirmed", "failed", "ms"],
        [
            [
                s["step_id"],
                *(s[name] for name in ("records_in", "records_out", "sent", "confirmed", "failed", "elapsed_ms")),
            ]
            for s in detail["steps"]
        ],
        numbers=("in", "out", "sent", "confirmed", "failed", "ms"),
    )
    say("")
    for event in events:
        step = f" {event['step_id']}:" if event["step_id"] else ""
        say(f"{moment(event['at'])} {event['level']:7}{step} {event['message']}")
    if failed:
        say("")
        table(
            ["failed record", "target", "status", "tries", "why"],
            [
                [d["record_key"], d["target"], d["status_code"], d["attempts"], (d["error"] or {}).get("message")]
                for d in failed
            ],
            numbers=("status", "tries"),
        )
    say("")
    report(detail, as_json=False)
