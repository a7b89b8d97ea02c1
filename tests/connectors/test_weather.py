"""Bad weather: sessions against an application that breaks every rule.

For each: no call lasts past its limit, no record is lost or repeated, memory stays bounded, and what cannot be known
is said to be uncertain.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.connectors.conftest import QUICK, scripted, written
from tests.faults.server import FaultServer, Part, Seen, head, whole
from weftline.connectors import RetryPolicy, Session
from weftline.connectors.pacing import Pacer
from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    OutboundRefusedError,
    PageLoopError,
    RateLimitedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
    UnreadableBodyError,
    WeftlineError,
)
from weftline.kernel import json
from weftline.model import Instance
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections

TIMEOUT_S = 0.4
TOKEN = "s3cret-token-of-ours"
BODY = json.encode({"items": [{"id": 1}], "next": None})
JSON = {"Content-Type": "application/json"}


def sized(length: int, **headers: str) -> bytes:
    return head(200, JSON | {"Content-Length": str(length)} | {k.replace("_", "-"): v for k, v in headers.items()})


PACKED = gzip.compress(BODY)
CHUNKS = head(200, JSON | {"Transfer-Encoding": "chunked"})
PASSING: dict[str, Sequence[Part]] = {
    "slow head": [b"HTTP/1.1 200", 5.0],
    "slow body": [sized(len(BODY)), *[part for byte in BODY for part in (bytes([byte]), 0.05)]],
    "silent body": [sized(len(BODY)), BODY[:5], 5.0],
    "cut before the head": [],
    "reset before the head": [FaultServer.RESET],
    "cut in the head": [sized(len(BODY))[:40]],
    "cut in the body": [sized(len(BODY)), BODY[:10]],
    "reset in the body": [sized(len(BODY)), BODY[:10], FaultServer.RESET],
    "too great a length": [sized(len(BODY) + 5), BODY],
    "gzip broken off": [sized(len(PACKED) - 12, Content_Encoding="gzip"), PACKED[:-12], FaultServer.KEEP],
    "chunks broken off": [CHUNKS, b"5\r\n" + BODY[:5]],
    "chunks of garbage": [CHUNKS, b"zz\r\n" + BODY],
    "500": [*whole(500, {"message": "oops"})],
    "503 with no wait": [*whole(503, {}, {"Retry-After": "0"})],
    "error inside 200": [*whole(200, {"error": {"message": "try later"}})],
}
"""Weather that passes: the same request, sent again, is answered."""

LASTING: dict[str, Sequence[Part]] = {
    "too small a length": [sized(len(BODY) - 5), BODY],
    "not UTF-8": [sized(11), b'{"a": "\xff"}\n', FaultServer.KEEP],
    "no HTTP": [b"SSH-2.0-OpenSSH_9.2\r\n", 5.0],
    "head of 100 kB": [sized(len(BODY), X_Long="x" * 100_000), BODY],
    "1 GB": [CHUNKS, FaultServer.ENDLESS],
    "1 GB, said before": [sized(10**9), BODY],
    "gzip that is none": [sized(len(BODY), Content_Encoding="gzip"), BODY, FaultServer.KEEP],
    "a bomb": [
        sized(len(gzip.compress(b"0" * 30_000_000)), Content_Encoding="gzip"), gzip.compress(b"0" * 30_000_000),
        FaultServer.KEEP,
    ],
    "a page of a proxy": [sized(15), b"<html>no</html>", FaultServer.KEEP],
    "another document": [*whole(200, {"message": "hello"})],
}  # fmt: skip
"""Answers that mean a wrong set-up: asked again they would be the same, so that nobody waits for it."""


@pytest.fixture
async def faults() -> AsyncIterator[FaultServer]:
    async with FaultServer() as made:
        yield made


def session(faults: FaultServer, connections: HttpConnections, retry: RetryPolicy = QUICK, **changes: Any) -> Session:
    connector = written(
        transport={
            "kind": "http", "base_url": "{{ base_url }}", "timeout_s": TIMEOUT_S, "max_response_bytes": 1_000_000,
        },
        auth=[{"key": "token", "kind": "bearer", "title": "Token",
               "credentials": [{"key": "token", "title": "Token", "secret": True}]}],
        judge=[{"when": {"status": "2xx", "body": "body.error != null"}, "error": "remote.fault"}],
        **changes,
    )  # fmt: skip
    instance = Instance(name="Acme UK", connector="acme", variables={"base_url": faults.url})
    return Session(connector, instance, "ins_1", {"token": TOKEN}, connections, Pacer(), retry)


async def received(asking: Session) -> list[int]:
    async with asyncio.timeout(10):
        pages = [json.decode(page.raw) async for page in asking.pages("items.list", {}, {})]
    return [item["id"] for page in pages for item in page]


async def sent(asking: Session, endpoint: str) -> Any:
    async with asyncio.timeout(10):
        return await asking.send(endpoint, asking.prepare(endpoint, {"id": 7}, {}), "key-7")


def pages(seen: Seen, each: int = 2, last: int = 3) -> list[Part]:
    at = int(seen.query.get("at", 0))
    items = [{"id": at * each + number} for number in range(each)]
    return [*whole(200, {"items": items, "next": str(at + 1) if at + 1 < last else None})]


# --- receiving ---


@pytest.mark.parametrize("weather", list(PASSING))
async def test_every_record_comes_once_when_each_page_fails_once(
    faults: FaultServer, connections: HttpConnections, weather: str
) -> None:
    faults.answers["/items"] = lambda seen: PASSING[weather] if seen.times % 2 == 0 else pages(seen)
    assert await received(session(faults, connections)) == [0, 1, 2, 3, 4, 5]
    assert len(faults.seen) == 6


@pytest.mark.parametrize("weather", list(PASSING))
async def test_weather_that_stays_is_an_error_in_time(
    faults: FaultServer, connections: HttpConnections, weather: str
) -> None:
    faults.answers["/items"] = PASSING[weather]
    started = time.monotonic()
    with pytest.raises((ConnectError, RemoteTimeoutError, RemoteFaultError)) as caught:
        await received(session(faults, connections))
    assert time.monotonic() - started < QUICK.tries * (TIMEOUT_S + 0.2) + 1
    assert (len(faults.seen), caught.value.context["attempts"]) == (QUICK.tries, QUICK.tries)
    assert TOKEN not in f"{caught.value} {caught.value.exchange}"


@pytest.mark.parametrize("weather", list(LASTING))
async def test_an_answer_that_cannot_be_read_is_said_at_once(
    faults: FaultServer, connections: HttpConnections, weather: str
) -> None:
    faults.answers["/items"] = LASTING[weather]
    with pytest.raises(UnreadableBodyError) as caught:
        await received(session(faults, connections))
    assert len(faults.seen) == 1
    assert len(str(caught.value)) < 1000
    assert faults.written < 8_000_000, "read little past the limit"


async def test_an_answer_of_http_1_0_ends_with_its_connection(
    faults: FaultServer, connections: HttpConnections
) -> None:
    faults.answers["/items"] = [head(200, JSON, "1.0"), BODY]
    assert await received(session(faults, connections)) == [1]


async def test_pages_without_end_are_an_error(faults: FaultServer, connections: HttpConnections) -> None:
    faults.answers["/items"] = lambda seen: pages(seen, last=10**9)
    paging = {"kind": "next_token", "token_path": "next", "parameter": "at", "max_pages": 25}
    endpoints = [item.model_dump() for item in written().endpoints]
    endpoints[0]["pagination"] = paging
    with pytest.raises(PageLoopError, match="more than 25 pages"):
        await received(session(faults, connections, endpoints=endpoints))
    assert len(faults.seen) == 25


@pytest.mark.parametrize("circle", [1, 2, 5])
async def test_repeated_tokens_are_an_error(faults: FaultServer, connections: HttpConnections, circle: int) -> None:
    def circling(seen: Seen) -> list[Part]:
        at = int(seen.query.get("at", 0))
        return [*whole(200, {"items": [{"id": at}], "next": str(at % circle + 1)})]

    faults.answers["/items"] = circling
    with pytest.raises(PageLoopError, match=r"leads back|same page twice"):
        await received(session(faults, connections))
    assert len(faults.seen) <= 4 * circle + 4


async def test_a_keyset_reads_the_last_record_of_raw_pages(faults: FaultServer, connections: HttpConnections) -> None:
    def after(seen: Seen) -> list[Part]:
        since = int(seen.query.get("since", 0))
        return [*whole(200, {"items": [{"id": since + 1}, {"id": since + 2}] if since < 5 else []})]

    faults.answers["/items"] = after
    endpoints = [item.model_dump() for item in written().endpoints]
    endpoints[0]["pagination"] = {"kind": "keyset", "path": "id", "parameter": "since"}
    assert await received(session(faults, connections, endpoints=endpoints)) == [1, 2, 3, 4, 5, 6]


# --- being asked to wait ---


@pytest.mark.parametrize(
    "wait", [None, "0", "1", "a while", "", "-3", "nan", "Mon, 99 Foo 2024 00:00:00 GMT", "date"]
)
async def test_a_storm_of_429_passes(faults: FaultServer, connections: HttpConnections, wait: str | None) -> None:
    if wait == "date":
        wait = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    told = {} if wait is None else {"Retry-After": wait}
    storm = 6 if wait == "0" else 1
    faults.answers["/items"] = lambda seen: [*whole(429, {}, told)] if seen.times < storm else pages(seen, last=1)
    assert await received(session(faults, connections)) == [0, 1]
    assert len(faults.seen) == storm + 1


@pytest.mark.parametrize("wait", [None, "0", "3600", "inf", "1e99", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_a_storm_without_end_has_one(
    faults: FaultServer, connections: HttpConnections, wait: str | None
) -> None:
    faults.answers["/items"] = [*whole(429, {}, {} if wait is None else {"Retry-After": wait})]
    impatient = RetryPolicy(tries=3, base_s=0.001, cap_s=0.01, patience_s=0.3)
    with pytest.raises(RateLimitedError):
        await received(session(faults, connections, impatient))
    assert 0 < len(faults.seen) < 100


# --- being led elsewhere ---


async def test_redirects_in_a_circle_are_refused(faults: FaultServer, connections: HttpConnections) -> None:
    faults.answers |= {
        "/items": [*whole(302, {}, {"Location": "/b"})],
        "/b": [*whole(302, {}, {"Location": "/items"})],
    }
    with pytest.raises(OutboundRefusedError, match="redirects more than 5 times"):
        await received(session(faults, connections))
    assert len(faults.seen) == 6


async def test_credentials_do_not_follow_to_another_host(faults: FaultServer, connections: HttpConnections) -> None:
    async with FaultServer() as other:
        faults.answers["/items"] = [*whole(307, {}, {"Location": f"{other.url}/items"})]
        other.answers["/items"] = lambda seen: pages(seen, last=1)
        assert await received(session(faults, connections)) == [0, 1]
        assert TOKEN in faults.seen[0].headers["authorization"]
        assert TOKEN not in str([seen.headers for seen in other.seen])


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/",
                                    "http://10.0.0.1/", "http://localhost:1/", "file:///etc/passwd"])  # fmt: skip
async def test_a_redirect_into_the_house_is_refused(faults: FaultServer, target: str) -> None:
    class FirstHostOnly(OutboundPolicy):
        def check(self, host: str, address: str) -> None:
            if host != "127.0.0.1":
                super().check(host, address)

    guarded = HttpConnections(FirstHostOnly())
    faults.answers["/items"] = [*whole(302, {}, {"Location": target})]
    try:
        with pytest.raises(OutboundRefusedError):
            await received(session(faults, guarded))
    finally:
        await guarded.close()
    assert len(faults.seen) == 1


# --- sending ---


# Too small a length may or may not show, by how the bytes fall into packets.
@pytest.mark.parametrize("weather", [*PASSING, *list(LASTING)[1:]])
async def test_what_may_have_arrived_is_uncertain_and_not_sent_again(
    faults: FaultServer, connections: HttpConnections, weather: str
) -> None:
    faults.answers["/items"] = (PASSING | LASTING)[weather]
    sending = sent(session(faults, connections), "items.create")
    if weather in ("not UTF-8", "a page of a proxy", "another document"):
        await sending  # nothing of the answer is read, so that a good status is all that counts
    else:
        with pytest.raises(WeftlineError) as caught:
            await sending
        assert caught.value.context["uncertain"] is True
    assert len(faults.seen) <= 1  # on a machine that stands still, time may be up before it is read


@pytest.mark.parametrize("weather", list(PASSING))
async def test_a_send_with_a_key_is_repeated_with_the_same_key(
    faults: FaultServer, connections: HttpConnections, weather: str
) -> None:
    faults.answers["/items"] = lambda seen: PASSING[weather] if seen.times < 2 else [*whole(201, {"id": "n1"})]
    answer = await sent(session(faults, connections), "items.create_once")
    assert (answer.result_id, answer.attempts) == ("n1", 3)
    assert {(seen.headers["idempotency-key"], seen.body) for seen in faults.seen} == {("key-7", b'{"id":7}')}


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, RequestRejectedError), (404, RequestRejectedError), (401, CredentialRejectedError)],
)
async def test_a_refusal_is_certain(
    faults: FaultServer, connections: HttpConnections, status: int, error: type[WeftlineError]
) -> None:
    faults.answers["/items"] = [*whole(status, {"message": f"no, {TOKEN}"})]
    with pytest.raises(error) as caught:
        await sent(session(faults, connections), "items.create")
    assert "uncertain" not in caught.value.context
    assert TOKEN not in f"{caught.value} {caught.value.exchange}"
    assert len(faults.seen) == 1


async def test_a_fault_that_a_transport_raises_is_uncertain() -> None:
    def fail(_: object) -> None:
        raise RemoteFaultError("the service says Server: oops")

    asking, transport = scripted(fail)
    with pytest.raises(RemoteFaultError) as caught:
        await sent(asking, "items.create")
    assert (caught.value.context["uncertain"], len(transport.requests)) == (True, 1)


async def test_many_calls_in_bad_weather_end_together(faults: FaultServer, connections: HttpConnections) -> None:
    """Forty records at once, every first try lost: all arrive, each under one key."""
    kinds = [item for name, item in PASSING.items() if "slow" not in name and "silent" not in name]
    faults.answers["/items"] = lambda seen: kinds[seen.times % len(kinds)] if seen.times < 40 else [*whole(201, {})]
    asking = session(faults, connections, RetryPolicy(tries=60, base_s=0.001, cap_s=0.02, patience_s=20))
    prepared = [asking.prepare("items.create_once", {"id": number}, {}) for number in range(40)]
    async with asyncio.timeout(20):
        await asyncio.gather(
            *(asking.send("items.create_once", item, f"key-{number}") for number, item in enumerate(prepared))
        )
    assert {seen.headers["idempotency-key"] for seen in faults.seen} == {f"key-{number}" for number in range(40)}
    assert len(faults.seen) == 80
