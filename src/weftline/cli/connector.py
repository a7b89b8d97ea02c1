"""``weftline connector``: the marketplace and the connectors installed from it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from weftline.cli import connector_life, connector_try
from weftline.cli.changes import show_changes
from weftline.cli.connection import connect
from weftline.cli.connector_import import import_
from weftline.cli.lint import lint
from weftline.cli.options import ApiKey, AsJson, Slug, Url
from weftline.cli.output import print_json, say, table

verbs = typer.Typer(help="Connectors: install, update, save, compare, go back.", no_args_is_help=True)
verbs.command()(lint)
verbs.command("import")(import_)
for name, verb in (connector_life.VERBS | connector_try.VERBS).items():
    verbs.command(name)(verb)


@verbs.command("list")
def list_connectors(as_json: AsJson = False, url: Url = None, key: ApiKey = None) -> None:
    """List the marketplace's connectors, and which are installed."""
    asyncio.run(_list(as_json, url, key))


@verbs.command()
def install(slug: Slug, as_json: AsJson = False, url: Url = None, key: ApiKey = None) -> None:
    """Install a connector from the marketplace."""
    asyncio.run(_install(slug, as_json, url, key))


@verbs.command()
def update(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before updating.")] = False,
    mine: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="Keep the workspace's edit there; '*' for all.")
    ] = None,
    theirs: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="Take the update there; '*' for all.")
    ] = None,
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Update an installed connector, and with it all of its instances at once. Shows the changes first.

    The workspace's own edits are kept. Where the update changes the same, say whose is taken.
    """
    raise typer.Exit(asyncio.run(_update(slug, yes, _choices(mine or [], theirs or []), as_json, url, key)))


@verbs.command()
def remove(slug: Slug, as_json: AsJson = False, url: Url = None, key: ApiKey = None) -> None:
    """Remove an installed connector. Refused while it has instances."""
    asyncio.run(_remove(slug, as_json, url, key))


async def _list(as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        found: list[dict[str, Any]] = await connection.client.get("/api/marketplace")
    if as_json:
        print_json(found)
        return
    table(
        ["connector", "title", "version", "installed", "endpoints", "what it does"],
        [
            [
                row["slug"],
                row["title"],
                row["version"],
                (row["installed_version"] or "") + (" (update available)" if row["update_available"] else ""),
                row["endpoints"],
                row["summary"],
            ]
            for row in found
        ],
        numbers=("endpoints",),
    )


async def _install(slug: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        row = await connection.client.post("/api/connectors", {"slug": slug})
    if as_json:
        print_json(row)
    else:
        say(f"installed {row['title']} {row['version']}")


def _choices(mine: list[str], theirs: list[str]) -> dict[str, str]:
    return dict.fromkeys(theirs, "theirs") | dict.fromkeys(mine, "mine")


async def _update(
    slug: str, yes: bool, choices: dict[str, str], as_json: bool, url: str | None, key: str | None
) -> int:
    async with connect(url, key) as connection:
        client = connection.client
        changes = await client.get(f"/api/connectors/{slug}/changes")
        if changes["from"] == changes["to"]:
            if as_json:
                print_json(changes)
            else:
                say(f"{slug} {changes['from']} is the newest")
            return 0
        if not as_json:
            show_changes(slug, changes)
        for path in [conflict["path"] for conflict in changes["conflicts"]]:
            if "*" in choices:
                choices.setdefault(path, choices["*"])
        if not yes and not as_json and not typer.confirm("Update now?", default=True):
            say("nothing was changed")
            return 0
        choices.pop("*", None)
        done = await client.post(f"/api/connectors/{slug}/update", {"choices": choices})
    if as_json:
        print_json(done)
    else:
        say(f"{slug} is now {done['to']}, for all of its instances")
    return 0


async def _remove(slug: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        await connection.client.delete(f"/api/connectors/{slug}")
    if as_json:
        print_json({"removed": slug})
    else:
        say(f"removed {slug}")
