"""``weftline apply``: bring a workspace to what a file says."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import typer

from weftline import settings as setup
from weftline.cli import codes
from weftline.cli.client import Client
from weftline.cli.connection import connect
from weftline.cli.options import ApiKey, AsJson, EnvFile, Url, WorkspacePath
from weftline.cli.output import print_json, say, table, warn

Json = dict[str, Any]
REFUSED = "needs_authorisation"


def apply(
    path: WorkspacePath, env_file: EnvFile = None, as_json: AsJson = False, url: Url = None, key: ApiKey = None
) -> None:
    """Install, create, update and deploy what a workspace file names. All of it, or nothing if something is wrong.

    Credentials stand in the file as ${env:NAME}. Applying the same file again changes nothing; nothing that the file
    does not name is touched. New and changed instances are checked: exit code 1 if one is refused by its application.
    """
    raise typer.Exit(asyncio.run(act("apply", path, env_file, as_json, url, key)))


async def act(verb: str, path: Path, env_file: Path | None, as_json: bool, url: str | None, key: str | None) -> int:
    """Read the file, ask the server to ``plan`` or ``apply`` it, and show what that comes to; the exit code."""
    from weftline.cli.read_workspace import read_env_file, read_workspace

    environ = (read_env_file(env_file) if env_file else {}) | dict(setup.environment())
    document = read_workspace(path, environ)
    async with connect(url, key) as connection:
        body = {"document": document} | ({"secrets_resolved": True} if verb == "apply" else {})
        done: Json = await connection.client.post(f"/api/workspace/{verb}", body)
        actions: list[Json] = done["actions"]
        unwell = await _unwell(connection.client, actions) if verb == "apply" else []
    if as_json:
        print_json(done)
    else:
        _show(verb, path, actions)
    for row in unwell:
        what = "needs authorisation" if row["health"] == REFUSED else f"is {row['health']}"
        why = f"'{row['name']}' {what}: {row['health_message']}"
        warn(f"weftline: applied, but {why} -> correct it and apply again")
    return codes.FAILED if any(row["health"] == REFUSED for row in unwell) else codes.SUCCESS


async def _unwell(client: Client, actions: list[Json]) -> list[Json]:
    """Instances just written whose check did not pass."""
    written = {action["name"] for action in actions if action["kind"] == "instance" and action["act"] != "unchanged"}
    if not written:
        return []
    rows: list[Json] = await client.get("/api/instances")
    return [row for row in rows if row["name"] in written and row["health"] not in ("healthy", "unchecked")]


def _show(verb: str, path: Path, actions: list[Json]) -> None:
    table(
        ["plan" if verb == "plan" else "done", "kind", "name", "detail"],
        [[action["act"], action["kind"], action["name"], action["detail"]] for action in actions],
    )
    changes = sum(action["act"] != "unchanged" for action in actions)
    say("")
    if not changes:
        say("nothing to do: the workspace is as the file says")
    elif verb == "plan":
        say(f"{changes} of {len(actions)} would change; do it with 'weftline apply {path}'")
    else:
        say(f"{changes} of {len(actions)} changed")
