"""Connectors: install once, update for all instances at once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.workspace.conftest import CATALOG, FLOW, SECRET, Rooms
from weftline.errors import ConflictError, NotFoundError
from weftline.marketplace import Catalog
from weftline.store.tables import connector_history
from weftline.workspace import Connectors, ConnectorVersions

Json = dict[str, Any]


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG, folder, ignore=shutil.ignore_patterns("sandbox", "__pycache__"))
    return folder


def edit(folder: Path, *changes: tuple[str, str]) -> None:
    file = folder / "shopify" / "connector.yaml"
    text = file.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    before = file.stat().st_mtime_ns
    file.write_text(text)
    os.utime(file, ns=(before + 10**9, before + 10**9))


async def test_the_marketplace_shows_what_is_installed(rooms: Rooms) -> None:
    [tile] = await rooms.connectors.browse("shopify")
    assert (tile["installed_version"], tile["update_available"]) == (None, False)
    assert tile["endpoints"] > 0
    row = await rooms.connectors.install("shopify")
    assert row["version"] == tile["version"] == row["latest_version"]
    assert (await rooms.connectors.browse("shopify"))[0]["installed_version"] == tile["version"]
    with pytest.raises(ConflictError, match="installed already"):
        await rooms.connectors.install("shopify")
    with pytest.raises(NotFoundError) as caught:
        await rooms.connectors.install("shopfy")
    assert caught.value.hint == "did you mean 'shopify'?"


async def test_an_update_reaches_every_instance_and_keeps_the_history(
    rooms: Rooms, catalog: Path, shop: Json
) -> None:
    connectors = Connectors(rooms.db, Catalog(catalog))
    await connectors.install("shopify")
    for name in ("Shop UK", "Shop EU"):
        await rooms.instances.create(shop | {"name": name}, {"token": SECRET}, save_unchecked=True)
    await rooms.flows.create(FLOW)
    before = {name: await rooms.sessions.get(name) for name in ("Shop UK", "Shop EU")}

    edit(catalog, ("version: 1.0.0", "version: 1.1.0"), ("query: {limit: 250}", "query: {limit: 50}"))
    assert (await connectors.get("shopify"))["update_available"] is True
    versions = ConnectorVersions(rooms.db, Catalog(catalog))
    changes = await versions.changes("shopify")
    assert (changes["from"], changes["to"]) == ("1.0.0", "1.1.0")
    assert changes["changed"] == ["endpoint orders.list: request"]
    [use] = changes["flows"]
    assert (use["name"], use["step_id"], use["endpoint"]) == ("Orders to ERP", "pull", "orders.list")
    assert await versions.update("shopify") == changes

    assert (await connectors.get("shopify"))["update_available"] is False
    assert len(await connectors.list()) == 1
    history = rooms.db.read_now(lambda connection: connection.execute(sa.select(connector_history.c.version)).all())
    assert [row.version for row in history] == ["1.0.0"]
    for name, session in before.items():
        rooms.sessions._open[name].looked_at = 0.0  # as if the second had passed
        renewed = await rooms.sessions.get(name)
        assert renewed is not session
        assert renewed.connector.version == "1.1.0"
    with pytest.raises(ConflictError, match="newest"):
        await versions.update("shopify")


async def test_a_broken_file_does_not_hide_what_is_installed(rooms: Rooms, catalog: Path) -> None:
    connectors = Connectors(rooms.db, Catalog(catalog))
    await connectors.install("shopify")
    edit(catalog, ("version: 1.0.0", "version: 1.1.0\ncolour: red"))
    [row] = await connectors.list()
    assert (row["version"], row["latest_version"], row["update_available"]) == ("1.0.0", None, False)
    slugs = {tile["slug"] for tile in await connectors.browse()}
    assert "netsuite" in slugs
    assert "shopify" not in slugs
    [problem] = await connectors.problems()
    assert problem["slug"] == "shopify"
    assert "colour" in problem["message"]
