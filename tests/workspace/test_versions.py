"""An installed connector's life: edits, updates that keep them, conflicts, the way back, copies, one file."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import CATALOG, Rooms
from weftline.errors import ConflictError, DocumentError, NotFoundError
from weftline.marketplace import Catalog
from weftline.model import Connector
from weftline.model.yaml import read_document
from weftline.workspace import Connectors, ConnectorVersions

Json = dict[str, Any]


class Shop:
    """The marketplace's shop connector in a folder of its own, and what is installed of it."""

    def __init__(self, rooms: Rooms, folder: Path) -> None:
        shutil.copytree(CATALOG / "shopify", folder / "shopify", ignore=shutil.ignore_patterns("sandbox"))
        self.file = folder / "shopify" / "connector.yaml"
        self.connectors = Connectors(rooms.db, Catalog(folder))
        self.versions = ConnectorVersions(rooms.db, Catalog(folder))

    def publish(self, *changes: tuple[str, str]) -> None:
        text = self.file.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        before = self.file.stat().st_mtime_ns
        self.file.write_text(text)
        os.utime(self.file, ns=(before + 10**9, before + 10**9))

    async def document(self) -> Json:
        return (await self.connectors.get("shopify"))["document"]

    async def edit(self, **request: Any) -> None:
        document = await self.document()
        orders = next(one for one in document["endpoints"] if one["key"] == "orders.list")
        orders["request"] = orders["request"] | request
        await self.versions.save(document, new=False)


@pytest.fixture
async def shop(rooms: Rooms, tmp_path: Path) -> Shop:
    found = Shop(rooms, tmp_path / "catalog")
    await found.connectors.install("shopify")
    return found


def query(document: Json) -> Any:
    return next(one for one in document["endpoints"] if one["key"] == "orders.list")["request"]["query"]


async def test_an_update_keeps_what_the_workspace_has_edited(shop: Shop) -> None:
    await shop.edit(headers={"X-Ours": "yes"})
    row = await shop.connectors.get("shopify")
    assert (row["edited"], row["origin"], row["version"]) == (True, "marketplace", "1.0.0")
    shop.publish(("version: 1.0.0", "version: 1.1.0"), ("query: {limit: 250}", "query: {limit: 50}"))
    shown = await shop.versions.changes("shopify")
    assert shown["edited"] == ["endpoints[orders.list].request.headers"]
    assert shown["conflicts"] == []
    await shop.versions.update("shopify")
    document = await shop.document()
    orders = next(one for one in document["endpoints"] if one["key"] == "orders.list")
    assert (orders["request"]["headers"], orders["request"]["query"]["limit"]) == ({"X-Ours": "yes"}, 50)
    row = await shop.connectors.get("shopify")
    assert (row["version"], row["edited"], row["update_available"]) == ("1.1.0", True, False)


async def test_a_conflict_is_shown_and_decided(shop: Shop) -> None:
    await shop.edit(query={"limit": 10})
    shop.publish(("version: 1.0.0", "version: 1.1.0"), ("query: {limit: 250}", "query: {limit: 50}"))
    (conflict,) = (await shop.versions.changes("shopify"))["conflicts"]
    path = "endpoints[orders.list].request.query.limit"
    assert conflict == {"path": path, "base": 250, "mine": 10, "theirs": 50}
    with pytest.raises(ConflictError, match=r"orders\.list") as caught:
        await shop.versions.update("shopify")
    assert caught.value.context["conflicts"] == [path]
    assert (await shop.connectors.get("shopify"))["version"] == "1.0.0"
    await shop.versions.update("shopify", {path: "mine"})
    assert query(await shop.document())["limit"] == 10


async def test_the_way_back_and_forth(shop: Shop) -> None:
    with pytest.raises(NotFoundError, match="no earlier version"):
        await shop.versions.rollback("shopify")
    before = await shop.document()
    shop.publish(("version: 1.0.0", "version: 2.0.0"), ("key: orders.list", "key: orders.pull"))
    changes = await shop.versions.changes("shopify")
    assert "endpoint orders.list is removed" in changes["breaking"]
    await shop.versions.update("shopify")
    assert [old["version"] for old in await shop.versions.history("shopify")] == ["1.0.0"]
    shown = await shop.versions.rollback_changes("shopify")
    back = await shop.versions.rollback("shopify")
    assert shown == back
    assert (back["from"], back["to"]) == ("2.0.0", "1.0.0")
    assert await shop.document() == before
    row = await shop.connectors.get("shopify")
    assert (row["update_available"], row["edited"]) == (True, False)
    assert (await shop.versions.rollback("shopify"))["to"] == "2.0.0"


async def test_the_workspaces_own_are_never_a_silent_second_copy(shop: Shop, tmp_path: Path) -> None:
    document = await shop.document()
    with pytest.raises(ConflictError, match="already"):
        await shop.versions.save(document, new=True)
    assert await shop.versions.duplicate("shopify", "my-shop", "My shop") == "my-shop"
    row = await shop.connectors.get("my-shop")
    assert (row["title"], row["origin"], row["update_available"]) == ("My shop", "workspace", False)
    with pytest.raises(ConflictError, match="already"):
        await shop.versions.duplicate("shopify", "my-shop", "My shop")
    with pytest.raises(NotFoundError):
        await shop.versions.save(document | {"slug": "nobody"}, new=False)


async def test_what_lint_refuses_is_not_saved(shop: Shop) -> None:
    document = await shop.document()
    document["endpoints"][0]["pagination"] = {"kind": "guess"}
    with pytest.raises(DocumentError, match="guess"):
        await shop.versions.save(document, new=False)
    with pytest.raises(DocumentError, match="endpoint"):
        await shop.versions.save(document | {"endpoint": []}, new=False)
    assert not (await shop.connectors.get("shopify"))["edited"]


async def test_one_file_is_the_whole_connector(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "exported.yaml"
    path.write_text(await shop.versions.file("shopify"))
    exported = read_document(path, Connector)
    sample = exported.endpoint("orders.list").sample  # type: ignore[union-attr]
    assert sample in exported.samples
    assert exported.model_dump() | {"samples": {}} == Connector.model_validate(await shop.document()).model_dump()
    await shop.connectors.remove("shopify")
    mine = exported.model_dump(exclude_defaults=True) | {"slug": "mine"}
    assert await shop.versions.save(mine, new=True) == "mine"
