"""The call loop with scripted answers: when it tries again, waits, renews, and when it must not."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.connectors.conftest import QUICK, scripted, written
from weftline import errors
from weftline.connectors import RetryPolicy, Session
from weftline.kernel import json
from weftline.model import Request, Response
from weftline.transports import UNSENT


def ok(body: Any = None, status: int = 200, **headers: str) -> Response:
    return Response(status, {"content-type": "application/json"} | headers, json.encode(body))


def series(*answers: Any) -> Any:
    """Answers one after the other, the last for ever; errors are raised."""
    left = list(answers)

    def answer(_: Request) -> Response:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, type):
            raise found("it broke")
        if isinstance(found, errors.WeftlineError):
            raise found
        return found  # type: ignore[no-any-return]

    return answer


async def records(session: Session, **more: Any) -> list[Any]:
    return [item async for page in session.pages("items.list", {}, {}, **more) for item in json.decode(page.raw)]


async def send(session: Session, endpoint: str = "items.create") -> Any:
    return await session.send(endpoint, session.prepare(endpoint, {"id": "7"}, {}), "idem-1")


FAULTS = [ok(status=500), ok(status=503), errors.ConnectError, errors.RemoteTimeoutError]


@pytest.mark.parametrize("fault", FAULTS)
async def test_reading_is_tried_again(fault: Any) -> None:
    session, transport = scripted(series(fault, fault, ok({"items": [1]})))
    assert await records(session) == [1]
    assert len(transport.requests) == 3


async def test_trying_again_has_an_end() -> None:
    session, transport = scripted(series(ok({"message": "broken pipe"}, 500)))
    with pytest.raises(errors.RemoteFaultError, match=r"Acme 'items\.list' answered 500: broken pipe") as caught:
        await records(session)
    assert len(transport.requests) == caught.value.context["attempts"] == QUICK.tries


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_a_refused_record_is_not_tried_again(status: int) -> None:
    session, transport = scripted(series(ok({"message": "no"}, status)))
    with pytest.raises(errors.RequestRejectedError):
        await send(session, "items.put")
    assert len(transport.requests) == 1


# --- sends that may have arrived ---


@pytest.mark.parametrize("fault", [*FAULTS, errors.UnreadableBodyError])
async def test_without_idempotency_a_send_that_may_have_arrived_is_never_sent_again(fault: Any) -> None:
    session, transport = scripted(series(fault, ok()))
    with pytest.raises(errors.RemoteError) as caught:
        await send(session)
    assert len(transport.requests) == 1
    assert caught.value.context["uncertain"] is True


@pytest.mark.parametrize(
    "fault", [errors.ConnectError("no connection", context={UNSENT: True}), ok(status=429, **{"retry-after": "0"})]
)
async def test_without_idempotency_a_send_that_surely_did_not_arrive_is_sent_again(fault: Any) -> None:
    session, transport = scripted(series(fault, ok({"id": 1}, 201)))
    assert (await send(session)).status == 201
    assert len(transport.requests) == 2


async def test_a_refused_record_is_certain() -> None:
    session, _ = scripted(series(ok({"message": "no"}, 422)))
    with pytest.raises(errors.RequestRejectedError) as caught:
        await send(session)
    assert "uncertain" not in caught.value.context


@pytest.mark.parametrize("endpoint", ["items.create_once", "items.put"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_with_idempotency_a_send_is_repeated_word_for_word(endpoint: str, fault: Any) -> None:
    session, transport = scripted(series(fault, ok({"id": 9})))
    answer = await send(session, endpoint)
    assert answer.attempts == 2
    assert transport.requests[0] == transport.requests[1]
    if endpoint == "items.create_once":
        assert transport.requests[0].headers["Idempotency-Key"] == "idem-1"
        assert answer.result_id == "9"


@pytest.mark.parametrize(("status", "arrived"), [(200, True), (404, False)])
async def test_a_look_up_tells_whether_a_record_arrived(status: int, arrived: bool) -> None:
    session, transport = scripted(series(ok({"message": "x"}, status)))
    assert await session.lookup("items.put", session.prepare("items.put", {"id": "a/7"}, {})) is arrived
    assert transport.requests[0].url == "http://acme.invalid/items/a%2F7"
    assert await session.lookup("items.create", session.prepare("items.create", {}, {})) is None


# --- waiting ---


async def test_a_wait_is_not_a_try_and_stops_the_other_calls() -> None:
    session, transport = scripted(series(*[ok(status=429, **{"retry-after": "0.05"})] * 6, ok({"items": [1]})))
    started = time.monotonic()
    assert await records(session) == [1]
    assert len(transport.requests) == 7 > QUICK.tries
    assert time.monotonic() - started >= 6 * 0.05


async def test_retry_after_zero_is_not_a_loop_without_a_pause() -> None:
    session, transport = scripted(
        series(ok(status=429, **{"retry-after": "0"})), retry=RetryPolicy(cap_s=0.2, patience_s=0.5)
    )
    with pytest.raises(errors.RateLimitedError):
        await records(session)
    assert len(transport.requests) < 10


async def test_patience_has_an_end() -> None:
    session, transport = scripted(series(ok(status=429, **{"retry-after": "86400"})))
    with pytest.raises(errors.RateLimitedError) as caught:
        await records(session)
    assert caught.value.retry_after_s == 86400
    assert len(transport.requests) == 1


async def test_a_long_wait_is_told_with_its_reason() -> None:
    told: list[str] = []
    session, _ = scripted(series(ok({"message": "slow down"}, 429, **{"retry-after": "1.05"}), ok({"items": []})))
    await records(session, on_wait=lambda _until, reason: told.append(reason))
    assert told == ["Acme 'items.list' answered 429: slow down"]


# --- tokens ---

TOKEN_AUTH = [{"key": "o", "kind": "oauth2_client", "title": "OAuth", "token_url": "http://acme.invalid/token"}]
CLIENT = {"client_id": "client-1", "client_secret": "hush-hush"}


class TokenServer:
    """Gives tokens T1, T2, ...; takes the newest that is not cancelled."""

    def __init__(self) -> None:
        self.given = 0
        self.cancelled = 0

    def __call__(self, request: Request) -> Response:
        if request.url.endswith("/token"):
            self.given += 1
            return ok({"access_token": f"T{self.given}", "expires_in": 3600})
        number = int(request.headers["Authorization"].removeprefix("Bearer T"))
        return ok({"items": [number]}) if number > self.cancelled else ok({"message": "expired"}, 401)


async def test_a_token_is_got_once_for_all_and_once_more_when_refused() -> None:
    server = TokenServer()
    session, transport = scripted(server, written(auth=TOKEN_AUTH), CLIENT)
    send_now = transport.send

    async def slowly(request: Request) -> Response:
        response = await send_now(request)
        await asyncio.sleep(0.001 if request.url.endswith("/token") else 0.001 * (len(transport.requests) % 7))
        return response

    transport.send = slowly  # type: ignore[method-assign]
    assert await asyncio.gather(*(records(session) for _ in range(12))) == [[1]] * 12
    server.cancelled = 1
    assert await asyncio.gather(*(records(session) for _ in range(12))) == [[2]] * 12
    assert server.given == 2


async def test_a_token_that_is_refused_again_is_an_error() -> None:
    server = TokenServer()
    server.cancelled = 99
    session, _ = scripted(server, written(auth=TOKEN_AUTH), CLIENT)
    with pytest.raises(errors.CredentialRejectedError, match=r"the instance 'Acme UK' \(OAuth\) was refused"):
        await records(session)
    assert server.given == 2


async def test_a_busy_token_endpoint_is_waited_for() -> None:
    busy = [ok(status=429), ok(status=503)]
    server = TokenServer()

    def answer(request: Request) -> Response:
        return busy.pop() if busy and request.url.endswith("/token") else server(request)

    session, _ = scripted(answer, written(auth=TOKEN_AUTH), CLIENT)
    assert await records(session) == [1]


# --- what people see ---


async def test_an_error_shows_its_exchange_without_secrets() -> None:
    auth = [{"key": "k", "kind": "api_key", "title": "Key", "place": {"header": "X-Key"}}]

    def answer(request: Request) -> Response:
        return ok({"message": f"bad key {request.headers['X-Key']}"}, 422)

    session, _ = scripted(answer, written(auth=auth), {"token": "tok-secret-1"})
    with pytest.raises(errors.RequestRejectedError) as caught:
        await send(session)
    seen = f"{caught.value!r} {caught.value} {caught.value.to_record()} {caught.value.exchange}"
    assert "bad key ••••••" in caught.value.message
    assert "tok-secret-1" not in seen
    assert caught.value.exchange is not None
    assert caught.value.exchange["status"] == 422


def test_a_secret_at_the_edge_of_a_long_body_is_masked_whole() -> None:
    auth = [{"key": "k", "kind": "bearer", "title": "Key"}]
    session, _ = scripted(series(ok()), written(auth=auth), {"token": "tok-secret-1"})
    shown = session.masked_response(Response(200, {}, b"x" * 4090 + b"tok-secret-1" + b"y" * 5000))["body"]
    assert "tok" not in shown
    assert len(shown) < 4200


async def test_a_chain_of_pages_continues_in_another_session() -> None:
    def answer(request: Request) -> Response:
        at = int(dict(request.query).get("at", 0))
        return ok({"items": [at], "next": str(at + 1) if at < 4 else None})

    session, _ = scripted(answer)
    seen: list[Any] = []
    state: dict[str, Any] | None = None
    while True:
        async for page in session.pages("items.list", {}, {}, state):
            seen += json.decode(page.raw)
            state = page.next_state and json.decode(json.encode(page.next_state))
            break
        if state is None:
            break
        session, _ = scripted(answer)
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("body", [b'{"errors":[{"message":"internal"}]}', b"[]", b"", b'"busy"'])
async def test_an_answer_without_its_list_is_not_taken_for_the_end(body: bytes) -> None:
    first = ok({"items": [1], "next": "2"})
    session, _ = scripted(series(first, Response(200, {}, body)))
    with pytest.raises(errors.UnreadableBodyError, match=r"the answer of Acme 'items\.list' has no 'items'"):
        await records(session)


@pytest.mark.parametrize("answer", [Response(204, {}, b""), ok({"items": []}), ok({"items": None})])
async def test_no_records_are_no_error(answer: Response) -> None:
    session, _ = scripted(series(answer))
    assert await records(session) == []


@pytest.mark.parametrize(
    "body", [b'{"items":["\xff"]}', b'{"items":[{"a":nul}]}', b'{"items":[1.1.1]}', b'{"items":[1']
)
async def test_a_record_that_is_not_json_is_found_before_it_is_kept(body: bytes) -> None:
    session, _ = scripted(series(Response(200, {}, body)))
    with pytest.raises(errors.UnreadableBodyError, match="is not JSON"):
        await records(session)


async def test_records_are_kept_digit_for_digit() -> None:
    session, _ = scripted(series(Response(200, {}, b'{"items":[{"a":1.10,"b":12345678901234567890}],"next":null}')))
    assert [page.raw async for page in session.pages("items.list", {}, {})] == [
        b'[{"a":1.10,"b":12345678901234567890}]'
    ]


async def test_a_page_that_is_not_json_names_the_endpoint() -> None:
    session, transport = scripted(series(Response(200, {"content-type": "text/html"}, b"<html>Maintenance</html>")))
    with pytest.raises(errors.UnreadableBodyError, match=r"Acme 'items.list' is not JSON.*<html>Maintenance"):
        await records(session)
    assert len(transport.requests) == 1
