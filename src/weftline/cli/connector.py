"""``weftline connector``: the marketplace and the connectors installed from it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from weftline.cli.connection import connect
from weftline.cli.lint import lint
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import print_json, say, table

verbs = typer.Typer(help="Connectors: lint, list, install, update, remove.", no_args_is_help=True)
verbs.command()(lint)

Slug = Annotated[str, typer.Argument(help="Slug of the connector, as 'connector list' shows it.")]


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
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Update an installed connector, and with it all of its instances at once. Shows the changes first."""
    raise typer.Exit(asyncio.run(_update(slug, yes, as_json, url, key)))


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


async def _update(slug: str, yes: bool, as_json: bool, url: str | None, key: str | None) -> int:
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
            _show(slug, changes)
        if not yes and not as_json and not typer.confirm("Update now?", default=True):
            say("nothing was changed")
            return 0
        done = await client.post(f"/api/connectors/{slug}/update")
    if as_json:
        print_json(done)
    else:
        say(f"{slug} is now {done['to']}, for all of its instances")
    return 0


def _show(slug: str, changes: dict[str, Any]) -> None:
    say(f"{slug} {changes['from']} -> {changes['to']}")
    for mark, name in (("+", "added"), ("~", "changed"), ("-", "removed")):
        for item in changes[name]:
            say(f"  {mark} {item}")
    for use in changes["flows"]:
        say(f"  touches flow '{use['name']}', step '{use['step_id']}' ({use['endpoint']})")


async def _remove(slug: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        await connection.client.delete(f"/api/connectors/{slug}")
    if as_json:
        print_json({"removed": slug})
    else:
        say(f"removed {slug}")
