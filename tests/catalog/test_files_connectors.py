"""SFTP, FTP and S3 from the catalog, each in a session against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests import summary
from tests.transports.files_servers import POLICY, Place, names, read, write
from tests.transports.ftp_servers import vsftpd
from tests.transports.s3_servers import s3
from tests.transports.sftp_servers import openssh

from weftline.connectors import Session
from weftline.connectors.lint import lint
from weftline.connectors.pacing import Pacer
from weftline.kernel import json
from weftline.model import Connector, Instance
from weftline.model.yaml import read_document
from weftline.transports.http import HttpConnections

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
SERVERS = {"sftp": openssh, "ftp": lambda: vsftpd("explicit TLS"), "s3": s3}

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module", params=list(SERVERS))
def server(request: pytest.FixtureRequest) -> Iterator[Any]:
    with SERVERS[request.param]() as opened:
        summary.note(request.param, opened.words)
        yield opened


@pytest.fixture
def place(server: Any) -> Place:
    found: Place = server.at(uuid4().hex)
    return found


@pytest.fixture
async def session(place: Place):
    connector = read_document(CATALOG / place.kind / "connector.yaml", Connector)
    instance = Instance(name="files", connector=place.kind, variables=place.config | {"settle_s": 0})
    connections = HttpConnections(POLICY)
    opened = Session(connector, instance, "files", place.login, connections, Pacer())
    yield opened
    await opened.close()
    await connections.close()


@pytest.fixture
async def files(place: Place):
    opened = place.transport()
    yield opened
    await opened.close()


async def pull(session: Session, endpoint: str, **parameters: Any) -> tuple[list[Any], list[Any]]:
    """Records, and the pages they came in; each page goes on from a state that crossed a durable step."""
    records, pages, state = [], [], None
    while True:
        following = None
        async for page in session.pages(endpoint, parameters, {}, state):
            pages.append(page)
            records += json.decode(page.raw)
            following = page.next_state
            if following and following.get("barrier"):
                break
        if following is None:
            return records, pages
        state = json.decode(json.encode(following))


@pytest.mark.parametrize("slug", list(SERVERS))
def test_the_linter_has_nothing_to_say(slug):
    folder = CATALOG / slug
    assert lint(read_document(folder / "connector.yaml", Connector), folder) == []


async def test_files_are_read_and_moved_once_they_are_kept(session, files):
    await session.check()
    for name in ("a.csv", "b.csv"):
        await write(files, f"in/{name}", b"id,name\n1,Ann\n2,Bob\n")
    await write(files, "in/c.txt", b"no")
    records, pages = await pull(session, "files.read_csv", folder="in")
    assert [record["name"] for record in records] == ["Ann", "Bob", "Ann", "Bob"]
    read_pages = [page for page in pages if page.count]
    assert [page.meta["file"] for page in read_pages] == ["a.csv", "b.csv"]
    assert all(page.response.headers["x-file-modified-at"] == page.meta["modified_at"] for page in read_pages)
    assert (await names(files), sorted(await names(files, "in/done"))) == (["c.txt"], ["a.csv", "b.csv"])


async def test_files_left_are_not_read_again_when_asked_for_what_is_newer(session, files):
    await write(files, "in/a.json", b'[{"id": 1}, {"id": 2}]')
    records, pages = await pull(session, "files.read_json", folder="in", after="leave")
    assert records == [{"id": 1}, {"id": 2}]
    newer_than = pages[-1].meta["modified_at"]
    assert (await pull(session, "files.read_json", folder="in", after="leave", newer_than=newer_than))[0] == []
    assert await names(files) == ["a.json"]


async def test_every_format_is_written_and_read_again(session, files):
    rows = {"csv": [{"id": "1"}], "json": {"id": 1}, "ndjson": [{"id": 1}], "text": {"text": "Grüße"},
            "binary": {"base64": "AAEC"}, "xlsx": [{"id": 1}], "xml": {"order": {"id": "1"}}}  # fmt: skip
    for kind, record in rows.items():
        path = {"path": f"{kind}/{{{{ payload.id ?? 'one' }}}}.x" if kind == "json" else f"{kind}/one.x"}
        for _ in range(2):
            prepared = session.prepare(f"files.write_{kind}", record, {}, path)
            answer = await session.send(f"files.write_{kind}", prepared, "")
        assert answer.result_id == ("json/1.x" if kind == "json" else f"{kind}/one.x")
        assert len(await names(files, kind)) == 1
        found, _ = await pull(session, f"files.read_{kind}", folder=kind, pattern="*", after="delete")
        if kind == "binary":
            assert found[0]["base64"] == "AAEC"
        else:
            assert found == (record if isinstance(record, list) else [record])
        assert await names(files, kind) == []


async def test_what_is_there_can_be_listed(session, files):
    await write(files, "in/a.txt", b"123")
    ((file,), _) = await pull(session, "files.list", folder="in")
    assert (file["path"], file["size"]) == ("in/a.txt", 3)
    assert await read(files, file["path"]) == b"123"
