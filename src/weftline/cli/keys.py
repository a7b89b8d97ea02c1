"""``weftline keys``: API keys."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from weftline.cli.connection import connect
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import moment, print_json, say, table

verbs = typer.Typer(help="API keys, for programs that call the REST API.", no_args_is_help=True)


@verbs.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Make an API key. It is shown this once: only its hash is kept."""
    asyncio.run(_create(name, as_json, url, key))


@verbs.command("list")
def list_keys(as_json: AsJson = False, url: Url = None, key: ApiKey = None) -> None:
    """List the API keys, without their secret part."""
    asyncio.run(_list(as_json, url, key))


@verbs.command()
def remove(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the key, as 'keys list' shows it.")],
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Take an API key back. It stops working at once."""
    asyncio.run(_remove(key_id, url, key))


async def _create(name: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        made = await connection.client.post("/api/keys", {"name": name})
    if as_json:
        print_json(made)
    else:
        say(f"{made['key']}\nKeep it now: it is not shown again. Send it as 'Authorization: Bearer ...'.")


async def _list(as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        found = await connection.client.get("/api/keys")
    if as_json:
        print_json(found)
    else:
        table(
            ["id", "name", "begins with", "created", "last used"],
            [[k["id"], k["name"], k["prefix"], moment(k["created_at"]), moment(k["used_at"])] for k in found],
        )


async def _remove(key_id: str, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        await connection.client.delete(f"/api/keys/{key_id}")
    say(f"key {key_id} no longer works")
