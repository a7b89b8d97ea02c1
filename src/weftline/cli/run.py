"""``weftline run``: start a flow, and follow it to its end if wished."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from weftline.cli import codes
from weftline.cli.client import Client
from weftline.cli.connection import connect
from weftline.cli.follow import follow
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import print_json, say, table, warn
from weftline.errors import DocumentError, WeftlineError, did_you_mean
from weftline.kernel import json

Json = dict[str, Any]
COUNTS = ("pulled", "sent", "confirmed", "failed")


def run(
    flow: Annotated[str, typer.Argument(help="Name, key or id of the flow.")],
    wait: Annotated[
        bool, typer.Option("--wait", help="Follow the run to its end; the exit code tells how it ended.")
    ] = False,
    as_json: AsJson = False,
    payload: Annotated[
        Path | None,
        typer.Option("--payload", metavar="FILE", help="JSON file with the first payload; - reads stdin."),
    ] = None,
    var: Annotated[
        list[str] | None,
        typer.Option(
            "--var", metavar="KEY=VALUE", help="Value of a flow variable; JSON if it is valid JSON, else text."
        ),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="SECONDS", help="With --wait: give up waiting after so long.")
    ] = None,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Start a flow, by its name, key or id.

    Exit codes with --wait: 0 success, 1 failed, 2 partial success (some records failed), 3 stopped or still under way
    when --timeout was up. 64: the command was not understood.
    """
    request = {"variables": variables(var or [])} | ({} if payload is None else {"payload": read_payload(payload)})
    raise typer.Exit(asyncio.run(_run(flow, request, wait, as_json, timeout, url, key)))


def variables(pairs: list[str]) -> Json:
    """``["limit=5", "note=hi"]`` as values."""
    found: Json = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"--var {pair}: write it as key=value")
        try:
            found[name] = json.decode(value)
        except json.JSONError:
            found[name] = value
    return found


def read_payload(path: Path) -> Any:
    """The JSON of a file, or of stdin for ``-``."""
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"the payload file '{path}' cannot be read: {error.strerror}", hint="check --payload"
        ) from None
    try:
        return json.decode(content)
    except json.JSONError as error:
        raise DocumentError(
            f"the payload file '{path}' is not JSON: {error}", hint="a record, or a list of records"
        ) from None


async def _run(
    flow: str, request: Json, wait: bool, as_json: bool, timeout_s: float | None, url: str | None, key: str | None
) -> int:
    async with connect(url, key) as connection:
        client = connection.client
        flow_id = (await find_flow(client, flow))["id"]
        started = await client.post(f"/api/flows/{flow_id}/run", request)
        if not wait:
            later = "; it goes on when a server starts: 'weftline serve'" if connection.is_temporary else ""
            if as_json:
                print_json({"run_id": started["id"], "status": started["status"]})
            else:
                say(f"run {started['id']} is {started['status']}{later}")
            return codes.SUCCESS
        began = time.monotonic()
        detail = await follow(client, started["id"], timeout_s=timeout_s)
        report(detail, as_json=as_json)
        code = codes.of_status(detail["status"])
        if detail["status"] not in codes.OF_STATUS:
            goes_on = "it goes on at the next start" if connection.is_temporary else "it goes on"
            warn(f"weftline: the run is still {detail['status']} after {time.monotonic() - began:.0f} s; {goes_on}")
        return code


async def find_flow(client: Client, name: str) -> Json:
    """The flow of that id, key or name; an error that names the closest."""
    flows: list[Json] = await client.get("/api/flows")
    for field in ("id", "key", "name"):
        for flow in flows:
            if flow[field] == name:
                return flow
    hint = did_you_mean(name, [flow["name"] for flow in flows]) if flows else "apply a workspace file that has flows"
    raise WeftlineError(f"there is no flow '{name}'", hint=hint)


def report(detail: Json, *, as_json: bool) -> None:
    """How a run ended: an object for programs, a table per source for people."""
    sources = [
        {"instance": s["instance"]} | {name: s[name] for name in (*COUNTS, "skipped")} for s in detail["sources"]
    ]
    if as_json:
        print_json(
            {
                "run_id": detail["id"],
                "flow": detail["flow_name"],
                "version": detail["version"],
                "status": detail["status"],
                "seconds": detail["seconds"],
                "sources": sources,
                "warnings": detail["warnings"],
                "error": detail["error"],
            }
        )
        return
    if sources:
        table(
            ["source", *COUNTS],
            [[source["instance"], *(source[name] for name in COUNTS)] for source in sources],
            numbers=COUNTS,
        )
    status, run_id = detail["status"].replace("_", " "), detail["id"]
    say(f"{detail['flow_name']}: {status} in {detail['seconds'] or 0:.1f} s (run {run_id})")
    if detail["error"]:
        error = detail["error"]
        warn(f"weftline: {error['message']}" + (f" -> {error['hint']}" if error.get("hint") else ""))
    elif any(source["failed"] for source in sources):
        warn(f"weftline: some records failed -> see 'weftline run-log {run_id}', then 'weftline retry {run_id}'")
