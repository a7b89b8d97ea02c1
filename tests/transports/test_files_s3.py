"""What only S3 does: signatures, many pages of names, moves broken off in the middle."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests import summary
from tests.transports.files_servers import Place, do, names, read, write
from tests.transports.s3_servers import S3, s3
from weftline.errors import CredentialRejectedError, RemoteFaultError, RequestRejectedError
from weftline.model import Request, Response

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with s3() as opened:
        summary.note("S3", opened.words)
        yield opened


@pytest.fixture
async def files(server: S3) -> AsyncIterator[Any]:
    opened = server.at(uuid4().hex).transport()
    yield opened
    await opened.close()


async def test_keys_that_nobody_knows_are_refused(server, files):
    await names(files)
    with server.locked(), pytest.raises(CredentialRejectedError, match="InvalidAccessKeyId"):
        await names(files)


async def test_a_bucket_that_is_not_there_is_named(files):
    other = Place("s3", files.config.model_dump() | {"bucket": "none-of-that-name"}, {
        "access_key_id": "a", "secret_access_key": "b",
    }).transport()  # fmt: skip
    with pytest.raises(RequestRejectedError, match="'none-of-that-name' answered 404 NoSuchBucket"):
        await names(other)
    await other.close()


async def test_a_folder_of_many_files_comes_in_several_answers(server, files, monkeypatch):
    for number in range(7):
        await write(files, f"in/{number}.txt", b"1")
    send, asked = files._http.send, []

    async def few(request: Request) -> Response:
        asked.append(request.url)
        more = request.copy()
        if "list-type" in more.url:
            more.url += "&max-keys=3"
        return await send(more)

    monkeypatch.setattr(files._http, "send", few)
    assert sorted(await names(files)) == [f"{number}.txt" for number in range(7)]
    assert len(asked) == 3


async def test_a_move_broken_off_before_the_source_was_deleted_is_ended(files):
    for path in ("in/a.csv", "in/done/a.csv"):
        await write(files, path, b"1")
    await do(files, "MOVE", "in/a.csv", to="in/done/a.csv")
    assert (await names(files), await names(files, "in/done")) == ([], ["a.csv"])


async def test_a_copy_that_fails_after_it_said_200_keeps_the_source(files, monkeypatch):
    await write(files, "in/a.csv", b"1")
    send = files._http.send

    async def fails(request: Request) -> Response:
        if "x-amz-copy-source" in request.headers:
            return Response(200, {}, b"<Error><Code>InternalError</Code><Message>try again</Message></Error>")
        return await send(request)

    monkeypatch.setattr(files._http, "send", fails)
    with pytest.raises(RemoteFaultError, match="try again"):
        await do(files, "MOVE", "in/a.csv", to="in/done/a.csv")
    assert await read(files, "in/a.csv") == b"1"


@pytest.mark.parametrize(
    ("config", "base"),
    [
        ({}, "https://acme.s3.eu-west-1.amazonaws.com/"),
        ({"addressing": "path"}, "https://s3.eu-west-1.amazonaws.com/acme/"),
        ({"endpoint_url": "https://127.0.0.1:9000/"}, "https://acme.127.0.0.1:9000/"),
    ],
)
async def test_where_a_bucket_is(config, base):
    place = Place("s3", {"bucket": "acme", "region": "eu-west-1"} | config, {})
    transport = place.transport()
    assert transport._base == base
    await transport.close()
