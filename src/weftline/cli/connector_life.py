"""``weftline connector``: a connector's life after it was installed: save, export, diff, history, roll back, copy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from weftline.cli.changes import show_changes
from weftline.cli.connection import Connection, connect
from weftline.cli.options import ApiKey, AsJson, Slug, Url
from weftline.cli.output import print_json, say, table
from weftline.errors import DocumentError
from weftline.kernel import json
from weftline.model import Connector
from weftline.model.yaml import parse_yaml, read_document, validate

File = Annotated[Path, typer.Argument(help="A connector file, or the folder it lies in.")]
Json = dict[str, Any]


def save(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before changing an installed one.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Save a connector file of your own, or an edit of an installed connector. Shows the changes first."""
    asyncio.run(_save(file, yes, as_json, url, key))


def export(
    slug: Slug,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it there instead of the screen.")] = None,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Print an installed connector as one file, its samples within."""
    asyncio.run(_export(slug, out, url, key))


def diff(
    old: Annotated[str, typer.Argument(help="A connector file, or the slug of an installed connector.")],
    new: Annotated[str, typer.Argument(help="The other one.")],
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Say what differs between two connectors, and what of it breaks flows."""
    asyncio.run(_diff(old, new, as_json, url, key))


def history(slug: Slug, as_json: AsJson = False, url: Url = None, key: ApiKey = None) -> None:
    """List what stood in an installed connector's place before."""
    asyncio.run(_history(slug, as_json, url, key))


def rollback(slug: Slug, as_json: AsJson = False, url: Url = None, key: ApiKey = None) -> None:
    """Put back what stood in an installed connector's place, for all of its instances; once more undoes it."""
    asyncio.run(_rollback(slug, as_json, url, key))


def duplicate(
    slug: Slug,
    new_slug: Annotated[str, typer.Argument(help="The copy's slug.")],
    title: Annotated[str, typer.Option(help="The copy's title; that of the original and 'copy' when left out.")] = "",
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Make a copy of an installed connector, which is the workspace's own."""
    asyncio.run(_duplicate(slug, new_slug, title, as_json, url, key))


VERBS: dict[str, Callable[..., None]] = {
    "save": save, "export": export, "diff": diff, "history": history, "rollback": rollback, "duplicate": duplicate,
}  # fmt: skip


async def _save(file: Path, yes: bool, as_json: bool, url: str | None, key: str | None) -> None:
    document = plain_file(file)
    slug = document["slug"]
    async with connect(url, key) as connection:
        client = connection.client
        if any(row["slug"] == slug for row in await client.get("/api/connectors")):
            changes = await client.post(f"/api/connectors/{slug}/compare", {"document": document})
            if not as_json:
                show_changes(slug, changes)
            if not yes and not as_json and not typer.confirm("Save it?", default=True):
                say("nothing was changed")
                return
            row = await client.put(f"/api/connectors/{slug}", {"document": document})
        else:
            row = await client.post("/api/connectors/own", {"document": document})
    if as_json:
        print_json(row)
    else:
        say(f"saved {row['title']} {row['version']}, for {len(row['instances'])} instances")


async def _export(slug: str, out: Path | None, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        text = await connection.client.text(f"/api/connectors/{slug}/file")
    if out is None:
        say(text.rstrip("\n"))
    else:
        out.write_text(text, encoding="utf-8")
        say(f"{slug} is in {out}")


async def _diff(old: str, new: str, as_json: bool, url: str | None, key: str | None) -> None:
    from weftline.marketplace import compare

    files = [Path(one) if Path(one).exists() else None for one in (old, new)]
    if None in files:
        async with connect(url, key) as connection:
            found = [await _either(one, file, connection) for one, file in zip((old, new), files, strict=True)]
    else:
        found = [_with_samples(_file(file)) for file in files if file]
    changes = compare(*found)
    shown = {
        "from": changes.from_version, "to": changes.to_version, "added": changes.added, "changed": changes.changed,
        "removed": changes.removed, "breaking": changes.breaking, "edited": [], "conflicts": [], "flows": [],
    }  # fmt: skip
    if as_json:
        print_json(shown)
    else:
        show_changes(found[1].slug, shown)


async def _either(name: str, file: Path | None, connection: Connection) -> Connector:
    if file is not None:
        return _with_samples(_file(file))
    text = await connection.client.text(f"/api/connectors/{name}/file")
    return validate(*parse_yaml(text, name), Connector, name)


async def _history(slug: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        found: list[Json] = await connection.client.get(f"/api/connectors/{slug}/history")
    if as_json:
        print_json(found)
        return
    rows = [[row["version"] + (" (edited)" if row["edited"] else ""), row["replaced_at"]] for row in found]
    table(["version", "replaced"], rows)


async def _rollback(slug: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        changes = await connection.client.post(f"/api/connectors/{slug}/rollback")
    if as_json:
        print_json(changes)
    else:
        show_changes(slug, changes)


async def _duplicate(slug: str, new_slug: str, title: str, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        client = connection.client
        title = title or f"{(await client.get(f'/api/connectors/{slug}'))['title']} copy"
        row = await client.post(f"/api/connectors/{slug}/duplicate", {"slug": new_slug, "title": title})
    if as_json:
        print_json(row)
    else:
        say(f"{row['slug']} is a copy of {slug}")


def plain_file(path: Path) -> Json:
    """A connector file, or that of a folder, as plain values with its samples."""
    return _plain(_with_samples(_file(path)))


def _file(path: Path) -> Path:
    return path / "connector.yaml" if path.is_dir() else path


def _with_samples(path: Path) -> Connector:
    """The connector of a file, with the samples that lie beside it."""
    connector = read_document(path, Connector)
    samples = dict(connector.samples)
    for name in {endpoint.sample for endpoint in connector.endpoints if endpoint.sample} - samples.keys():
        file = path.parent / name
        if file.is_file() and file.resolve().is_relative_to(path.parent.resolve()):
            try:
                samples[name] = json.decode(file.read_bytes())
            except json.JSONError as error:
                raise DocumentError(f"the sample {file} is not JSON: {error}") from None
    return connector.model_copy(update={"samples": samples})


def _plain(connector: Connector) -> Json:
    return connector.model_dump(exclude_defaults=True)
