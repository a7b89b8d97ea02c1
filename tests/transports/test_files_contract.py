"""Every file transport does the same: OpenSSH, vsftpd, an S3 server and the twin in memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests import summary
from tests.transports import ftp_servers, s3_servers, sftp_servers
from tests.transports.files_servers import PUBLIC, Place, Server, do, listed, names, read, write
from weftline.errors import (
    ConnectError,
    OutboundRefusedError,
    RemoteTimeoutError,
    RequestRejectedError,
    TooLargeError,
)
from weftline.model import Request
from weftline.transports import Transport

SERVERS = ["openssh", "with_passwords", "ftp", "explicit_ftps", "implicit_ftps", "s3"]
CONNECTED = [pytest.param(name, marks=pytest.mark.connected) for name in SERVERS]
CUT = ["openssh", "ftp", "explicit_ftps", "implicit_ftps"]
KINDS = ["memory_files", *CONNECTED]
BIG = bytes(range(256)) * 4 * 1024 * 10
"""10 MB, more than two of the largest pieces."""


@pytest.fixture
def memory_files() -> Place:
    return Place("memory_files")


@pytest.fixture(scope="module")
def openssh_server() -> Iterator[Server]:
    with sftp_servers.openssh() as server:
        summary.note("OpenSSH", server.words)
        yield server


@pytest.fixture(scope="module")
def password_server() -> Iterator[Server]:
    with sftp_servers.with_passwords() as server:
        summary.note("Paramiko", server.words)
        yield server


@pytest.fixture(scope="module")
def ftp_server() -> Iterator[Server]:
    with ftp_servers.vsftpd("none (unencrypted)") as server:
        summary.note("vsftpd", server.words)
        yield server


@pytest.fixture(scope="module")
def explicit_ftps_server() -> Iterator[Server]:
    with ftp_servers.vsftpd("explicit TLS") as server:
        yield server


@pytest.fixture(scope="module")
def implicit_ftps_server() -> Iterator[Server]:
    with ftp_servers.vsftpd("implicit TLS") as server:
        yield server


@pytest.fixture(scope="module")
def s3_server() -> Iterator[s3_servers.S3]:
    with s3_servers.s3() as server:
        summary.note("S3", server.words)
        yield server


@pytest.fixture
def s3(s3_server: s3_servers.S3) -> Place:
    return s3_server.at(uuid4().hex)


@pytest.fixture
def openssh(openssh_server: Server) -> Place:
    return openssh_server.at(uuid4().hex)


@pytest.fixture
def with_passwords(password_server: Server) -> Place:
    return password_server.at(uuid4().hex)


@pytest.fixture
def ftp(ftp_server: Server) -> Place:
    return ftp_server.at(uuid4().hex)


@pytest.fixture
def explicit_ftps(explicit_ftps_server: Server) -> Place:
    return explicit_ftps_server.at(uuid4().hex)


@pytest.fixture
def implicit_ftps(implicit_ftps_server: Server) -> Place:
    return implicit_ftps_server.at(uuid4().hex)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def files(place: Place) -> AsyncIterator[Transport]:
    opened = place.transport()
    yield opened
    await opened.close()


async def test_what_is_written_is_listed_and_read(files):
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert await write(files, "in/a b %41 ö.csv", b"id\n1\n") == "in/a b %41 ö.csv"
    (file,) = await listed(files)
    assert (file["path"], file["name"], file["size"]) == ("in/a b %41 ö.csv", "a b %41 ö.csv", 5)
    assert before <= datetime.fromisoformat(file["modified_at"]) <= datetime.now(UTC) + timedelta(seconds=2)
    answer = await do(files, "READ", file["path"])
    assert (answer.status, answer.body) == (200, b"id\n1\n")
    assert answer.headers["content-length"] == "5"
    assert answer.headers["x-file-modified-at"] == file["modified_at"]


async def test_a_list_is_in_order_and_leaves_out_what_is_not_asked_for(files):
    for name in ("b.csv", "a.csv", "c.txt", ".hidden.csv", "d.csv.part", "deep/e.csv"):
        await write(files, f"in/{name}", b"1")
    found = await listed(files, pattern="*.csv")
    assert sorted(file["name"] for file in found) == ["a.csv", "b.csv"]
    assert found == sorted(found, key=lambda file: (file["modified_at"], file["name"]))
    last = found[-1]
    assert await names(files, pattern="*.csv", newer_than=last["modified_at"], newer_than_name=last["name"]) == []
    long_ago = (datetime.fromisoformat(last["modified_at"]) - timedelta(hours=1)).isoformat()
    assert len(await names(files, newer_than=long_ago)) == 3


async def test_a_file_still_growing_is_left_for_next_time(place):
    patient = place.transport(settle_s=3600)
    await write(patient, "in/a.csv", b"1")
    assert await names(patient) == []
    await patient.close()


async def test_the_same_write_twice_leaves_one_file(files):
    for if_exists in ("replace", "fail", "rename-with-number"):
        for _ in range(2):
            assert await write(files, "in/a.csv", b"1", if_exists=if_exists) == "in/a.csv"
    assert await names(files) == ["a.csv"]


async def test_a_file_in_the_way_is_replaced_or_refused_or_numbered(files):
    await write(files, "in/a.csv", b"1")
    with pytest.raises(RequestRejectedError, match="there already") as refused:
        await write(files, "in/a.csv", b"2", if_exists="fail")
    assert refused.value.context["status"] == 409
    for _ in range(2):
        assert await write(files, "in/a.csv", b"3", if_exists="rename-with-number") == "in/a-2.csv"
    assert await write(files, "in/a.csv", b"4", if_exists="rename-with-number") == "in/a-3.csv"
    assert await read(files, "in/a.csv") == b"1"
    await write(files, "in/a.csv", b"5")
    assert await read(files, "in/a.csv") == b"5"
    assert sorted(await names(files)) == ["a-2.csv", "a-3.csv", "a.csv"]


async def test_a_file_moves_once_however_often_it_is_asked_for(files):
    await write(files, "in/a.csv", b"1")
    for _ in range(2):
        await do(files, "MOVE", "in/a.csv", to="in/done/a.csv")
    assert (await names(files), await names(files, "in/done")) == ([], ["a.csv"])
    await write(files, "in/a.csv", b"2")
    await do(files, "MOVE", "in/a.csv", to="in/done/a.csv")
    assert await read(files, "in/done/a.csv") == b"1", "the file of yesterday is kept"
    assert await read(files, "in/done/a-2.csv") == b"2"
    await write(files, "in/a.csv", b"3")
    await do(files, "MOVE", "in/a.csv", to="in/done/a.csv", if_exists="replace")
    assert await read(files, "in/done/a.csv") == b"3"


async def test_a_file_gone_already_is_deleted(files):
    await write(files, "in/a.csv", b"1")
    for _ in range(2):
        await do(files, "DELETE", "in/a.csv")
    assert await names(files) == []


@pytest.mark.parametrize("method", ["READ", "MOVE"])
async def test_what_is_not_there_is_said_so(files, method):
    query = {"to": "in/b.csv"} if method == "MOVE" else {}
    with pytest.raises(RequestRejectedError, match=r"in/none\.csv.* is not there") as missed:
        await do(files, method, "in/none.csv", **query)
    assert missed.value.context["status"] == 404
    await write(files, "in/a.csv", b"1")
    assert await read(files, "in/a.csv") == b"1", "the connection is still good"


@pytest.mark.parametrize("path", ["../a", "in/../../a", "%2e%2e/a", "in\\..\\a", "in/a\r\nDELE b", "in/\0"])
async def test_nothing_leads_out_of_the_base_folder(files, path):
    for method, query in [("READ", []), ("WRITE", []), ("DELETE", []), ("MOVE", [("to", "b")]), ("LIST", [])]:
        with pytest.raises(RequestRejectedError, match="leads out"):
            await files.send(Request(method, path if "%" in path else quote(path, safe="/\\"), query, {}, b"1"))
    with pytest.raises(RequestRejectedError, match="leads out"):
        await do(files, "MOVE", "in/a", to=path.replace("%2e", "."))


@pytest.mark.parametrize(
    ("method", "query", "words"),
    [
        ("WRITE", {"if_exists": "maybe"}, "if_exists"),
        ("LIST", {"newer_than": "yesterday"}, "newer_than"),
        ("LIST", {"colour": "red"}, "colour"),
        ("MOVE", {}, "nowhere"),
        ("GET", {}, "nothing that can be done"),
    ],
)
async def test_what_makes_no_sense_is_refused(files, method, query, words):
    with pytest.raises(RequestRejectedError, match=words):
        await do(files, method, "in/a", b"", **query)


async def test_a_large_file_comes_in_pieces(files):
    await write(files, "in/big.bin", BIG)
    position = largest = 0
    async with files.open(Request("READ", "in/big.bin")) as streamed:
        assert streamed.headers["x-file-name"] == "big.bin"
        async for piece in streamed.pieces:
            assert piece == BIG[position : position + len(piece)]
            position += len(piece)
            largest = max(largest, len(piece))
    assert position == len(BIG)
    assert largest <= 4 * 1024 * 1024


async def test_a_stream_may_be_left_in_the_middle(files):
    await write(files, "in/big.bin", BIG)
    for _ in range(4):
        async with files.open(Request("READ", "in/big.bin")) as streamed:
            async for _ in streamed.pieces:
                break
    assert len(await read(files, "in/big.bin")) == len(BIG)


async def test_a_file_larger_than_allowed_is_not_read_to_its_end(place):
    small = place.transport(max_answer_bytes=1000)
    await write(small, "in/a.csv", b"1" * 1001)
    with pytest.raises(TooLargeError, match="1,000 bytes"):
        await read(small, "in/a.csv")
    await small.close()


async def test_a_lister_never_sees_half_a_file(files):
    done = asyncio.Event()
    seen: set[int] = set()

    async def look() -> None:
        while not done.is_set():
            seen.update(file["size"] for file in await listed(files, pattern="big*"))

    await write(files, "in/first.txt", b"1")
    looking = asyncio.create_task(look())
    for _ in range(3):
        await write(files, "in/big.bin", BIG)
    done.set()
    await looking
    assert seen <= {len(BIG)}


async def test_many_at_once_share_a_few_connections(files):
    await asyncio.gather(*(write(files, f"in/{n}.txt", b"%d" % n) for n in range(12)))
    assert len(await names(files)) == 12


async def test_empty_files_are_files(files):
    await write(files, "in/empty.csv", b"")
    assert await read(files, "in/empty.csv") == b""


@pytest.mark.connected
@pytest.mark.parametrize("kind", CUT)
async def test_a_write_whose_connection_is_cut_leaves_no_half_file(request, kind):
    server: Server = request.getfixturevalue(f"{kind}_server")
    place = server.at(uuid4().hex)
    transport, folder = place.transport(), Path(place.config["folder"], "in")
    broken = 0
    for _ in range(50):  # it may well be written before the knife is there
        assert await names(transport) == []
        for left in folder.glob(".*.part"):
            left.unlink()
        serving = server.serving()
        writing = asyncio.create_task(write(transport, "in/big.bin", BIG))
        while not writing.done() and not any(path.stat().st_size for path in folder.glob(".*.part")):
            await asyncio.sleep(0)
        server.cut(serving)
        with contextlib.suppress(ConnectError, RemoteTimeoutError):
            await writing
        if (folder / "big.bin").exists():
            assert (folder / "big.bin").read_bytes() == BIG
            (folder / "big.bin").unlink()
        else:
            broken += 1
        if broken == 2:
            break
    assert broken == 2
    await write(transport, "in/big.bin", BIG)
    assert (folder / "big.bin").read_bytes() == BIG
    await transport.close()


@pytest.mark.parametrize("place", CONNECTED, indirect=True)
async def test_private_addresses_are_refused_when_told_to(place):
    refused = place.transport(PUBLIC)
    with pytest.raises(OutboundRefusedError, match="private address"):
        await names(refused)
    await refused.close()
