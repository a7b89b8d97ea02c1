"""Files of a folder through a flow: each read once, put away only when its records are kept; on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.engine.acme import Acme, acme_connector, acme_running
from tests.engine.conftest import Work
from weftline.app import App
from weftline.kernel import json
from weftline.model import Connector, Request
from weftline.store import connectors
from weftline.workspace import Workspace

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def acme():
    async with acme_running() as running:
        yield running


def folder_connector(slug: str, **pagination: Any) -> Connector:
    read = {
        "key": "files.read", "title": "Read", "entity": "file", "direction": "receive", "format": "csv",
        "request": {"method": "LIST", "path": "in", "query": {"pattern": "*.csv"}},
        "pagination": {"kind": "files"} | pagination,
    }  # fmt: skip
    return Connector.model_validate(
        {
            "slug": slug, "version": "1.0.0", "title": slug, "category": "test",
            "transport": {"kind": "memory_files", "settle_s": 0}, "endpoints": [read],
        }
    )  # fmt: skip


class Folder(Work):
    """A flow from a folder to the small application."""

    def __init__(self, app: App, name: str) -> None:
        self.app, self.engine, self.name = app, app.engine, name

    async def flow(self, acme: Acme, **pagination: Any) -> str:
        slug = self.name.lower()
        await self.app.db.write(lambda connection: connectors.put(connection, folder_connector(slug, **pagination)))
        await self.app.db.write(lambda connection: connectors.put(connection, acme_connector()))
        pull = {"id": "pull", "shape": "connector", "instance": self.name, "endpoint": "files.read"}
        push = {"id": "push", "shape": "connector", "instance": "Acme", "endpoint": "items.put"}
        document = {
            "instances": [
                {"name": self.name, "connector": slug},
                {"name": "Acme", "connector": "acme", "variables": {"base_url": acme.address}},
            ],
            "flows": [{"name": self.name, "deploy": True, "steps": [pull, push]}],
        }
        await self.app.workspace.apply(Workspace.model_validate(document))
        acme.kept.clear()
        return str((await self.app.flows.get(self.name))["id"])

    async def ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        session = await self.app.sessions.get(self.name)
        return await session.transport.send(Request(method, path, [], {}, body))

    async def names(self, path: str) -> list[str]:
        return [file["name"] for file in json.decode((await self.ask("LIST", path)).body)]


async def test_a_file_is_moved_once_its_records_are_kept(opened: App, acme: Acme) -> None:
    folder = Folder(opened, "Moved")
    flow_id = await folder.flow(acme, after="move")
    for number in range(3):
        await folder.ask("WRITE", f"in/{number}.csv", f"id,amount\nM{number},1\nN{number},2\n".encode())
    acme.status = 401
    failed = await folder.run(flow_id)
    acme.status = 200
    assert failed["status"] == "failed"
    again = await folder.end(await folder.engine.retry(failed["id"]))
    assert (again["status"], again["confirmed"], len(acme.kept)) == ("success", 6, 6)
    assert (await folder.names("in"), await folder.names("in/done")) == ([], ["0.csv", "1.csv", "2.csv"])
    nothing_new = await folder.run(flow_id)
    assert (nothing_new["status"], nothing_new["pulled"]) == ("success", 0)


async def test_a_file_that_could_not_be_put_away_is_not_read_by_another_run(opened: App, acme: Acme) -> None:
    folder = Folder(opened, "Stuck")
    flow_id = await folder.flow(acme, after="move", move_to="../../outside")
    await folder.ask("WRITE", "in/a.csv", b"id\nS1\nS2\n")
    failed = await folder.run(flow_id)
    assert (failed["status"], failed["confirmed"]) == ("failed", 2)
    sent = len(acme.bulks)
    other = await folder.run(flow_id)
    assert (other["status"], other["pulled"], len(acme.bulks)) == ("success", 0, sent)
    again = await folder.end(await folder.engine.retry(failed["id"]))
    assert (again["status"], len(acme.bulks)) == ("failed", sent)
    await folder.ask("WRITE", "in/a.csv", b"id\nS1\nS3\n")  # the next file of that name
    assert (await folder.run(flow_id))["confirmed"] == 2


async def test_a_file_that_is_left_is_read_once_until_it_changes(opened: App, acme: Acme) -> None:
    folder = Folder(opened, "Left")
    flow_id = await folder.flow(acme)
    await folder.ask("WRITE", "in/a.csv", b"id\nA1\nA2\n")
    await folder.ask("WRITE", "in/b.csv", b"id\nB1\n")
    assert (await folder.run(flow_id))["confirmed"] == 3
    assert (await folder.run(flow_id))["pulled"] == 0
    await folder.ask("WRITE", "in/b.csv", b"id\nB1\nB2\n")
    await folder.ask("WRITE", "in/c.csv", b"id\nC1\n")
    third = await folder.run(flow_id)
    assert (third["pulled"], sorted(acme.kept)) == (3, ["A1", "A2", "B1", "B2", "C1"])
    assert (await folder.run(flow_id))["pulled"] == 0
