"""GraphQL through a session, against a small server that follows GraphQL over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.faults.server import FaultServer, Part, Seen, whole
from weftline.connectors import RetryPolicy, Session
from weftline.connectors.pacing import Pacer
from weftline.errors import CredentialRejectedError, RateLimitedError, RemoteFaultError, RequestRejectedError
from weftline.kernel import json
from weftline.model import Connector, Instance
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections

QUERY = "query Items($first: Int!, $after: String) { items(first: $first, after: $after) { ... } }"


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as made:
        yield made


@pytest.fixture
async def connections() -> AsyncIterator[HttpConnections]:
    made = HttpConnections(OutboundPolicy(allow_private=True))
    yield made
    await made.close()


def session(server: FaultServer, connections: HttpConnections, patience_s: float = 5.0, **transport: Any) -> Session:
    info = "data.items.pageInfo"
    connector = Connector.model_validate({
        "slug": "acme", "version": "1.0.0", "title": "Acme", "category": "test",
        "transport": {"kind": "graphql", "base_url": f"{server.url}/graphql"} | transport,
        "endpoints": [
            {"key": "items.list", "title": "List", "entity": "item", "direction": "receive",
             "request": {"method": "QUERY", "body": {"query": QUERY, "variables": {"first": 2}}},
             "items_path": "data.items.nodes",
             "pagination": {"kind": "graphql_cursor", "cursor_path": f"{info}.endCursor",
                            "more_path": f"{info}.hasNextPage"}},
            {"key": "items.create", "title": "Create", "entity": "item", "direction": "send",
             "request": {"method": "POST", "body": {"query": "mutation ...", "variables": {"item": "{{ payload }}"}}},
             "result_path": "{{ body.data.create.id }}"},
        ],
    })  # fmt: skip
    retry = RetryPolicy(tries=3, base_s=0.001, cap_s=0.01, patience_s=patience_s)
    instance = Instance(name="Acme UK", connector="acme")
    return Session(connector, instance, "ins_1", {}, connections, Pacer(), retry)


def items(seen: Seen) -> list[Part]:
    """Five items by cursors."""
    asked = json.decode(seen.body)
    assert (seen.method, seen.headers["content-type"], asked["query"]) == ("POST", "application/json", QUERY)
    start, first = int(asked["variables"].get("after") or 0), asked["variables"]["first"]
    end = start + first
    info = {"hasNextPage": end < 5, "endCursor": str(end)}
    nodes = [{"id": number} for number in range(start, min(end, 5))]
    return [*whole(200, {"data": {"items": {"nodes": nodes, "pageInfo": info}}})]


def failed(code: str | None = None, data: Any = None, **extensions: Any) -> dict[str, Any]:
    error: dict[str, Any] = {"message": "it is so"} | ({"extensions": {"code": code}} if code else {})
    return {"data": data, "errors": [error, {"message": "and so"}], "extensions": extensions}


async def received(asking: Session) -> list[int]:
    return [item["id"] async for page in asking.pages("items.list", {}, {}) for item in json.decode(page.raw)]


async def test_a_connection_is_walked_by_its_cursors(server: FaultServer, connections: HttpConnections) -> None:
    server.answers["/graphql"] = items
    assert await received(session(server, connections)) == [0, 1, 2, 3, 4]
    assert len(server.seen) == 3


async def test_a_mutation_yields_its_id(server: FaultServer, connections: HttpConnections) -> None:
    server.answers["/graphql"] = [*whole(200, {"data": {"create": {"id": "n1"}}})]
    asking = session(server, connections)
    answer = await asking.send("items.create", asking.prepare("items.create", {"name": "a"}, {}), "key")
    assert answer.result_id == "n1"
    assert json.decode(server.seen[0].body)["variables"] == {"item": {"name": "a"}}


@pytest.mark.parametrize("status", [200, 400])
async def test_errors_in_an_answer_are_a_refusal_in_their_words(
    server: FaultServer, connections: HttpConnections, status: int
) -> None:
    server.answers["/graphql"] = [*whole(status, failed())]
    with pytest.raises(RequestRejectedError, match="it is so; and so"):
        await received(session(server, connections))
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("code", "error", "calls"),
    [("UNAUTHENTICATED", CredentialRejectedError, 1), ("ACCESS_DENIED", CredentialRejectedError, 1),
     ("INTERNAL_SERVER_ERROR", RemoteFaultError, 3), ("BAD_USER_INPUT", RequestRejectedError, 1)],
)  # fmt: skip
async def test_codes_mean_what_they_say(
    server: FaultServer, connections: HttpConnections, code: str, error: type[Exception], calls: int
) -> None:
    server.answers["/graphql"] = [*whole(200, failed(code))]
    with pytest.raises(error, match="it is so"):
        await received(session(server, connections))
    assert len(server.seen) == calls


async def test_a_fault_in_a_mutation_is_uncertain(server: FaultServer, connections: HttpConnections) -> None:
    server.answers["/graphql"] = [*whole(200, failed("INTERNAL_SERVER_ERROR"))]
    asking = session(server, connections)
    with pytest.raises(RemoteFaultError) as caught:
        await asking.send("items.create", asking.prepare("items.create", {}, {}), "key")
    assert caught.value.context["uncertain"] is True
    assert len(server.seen) == 1


async def test_the_wait_follows_from_the_cost(server: FaultServer, connections: HttpConnections) -> None:
    status = {"maximumAvailable": 1000, "currentlyAvailable": 40, "restoreRate": 50}
    cost = {"requestedQueryCost": 252, "actualQueryCost": None, "throttleStatus": status}
    server.answers["/graphql"] = [*whole(200, failed("THROTTLED", cost=cost))]
    with pytest.raises(RateLimitedError) as caught:
        await received(session(server, connections, patience_s=1))
    assert caught.value.retry_after_s == pytest.approx((252 - 40) / 50)
    status["currentlyAvailable"] = 250
    server.answers["/graphql"] = lambda seen: (
        items(seen) if seen.times > 1 else [*whole(200, failed("THROTTLED", cost=cost))]
    )
    assert await received(session(server, connections)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("cost", [None, {}, {"requestedQueryCost": 1}, "much",
                                  {"requestedQueryCost": 5, "throttleStatus": {"currentlyAvailable": 1,
                                                                               "restoreRate": 0}}])  # fmt: skip
async def test_a_throttle_without_a_cost_still_waits(
    server: FaultServer, connections: HttpConnections, cost: Any
) -> None:
    server.answers["/graphql"] = [*whole(200, failed("THROTTLED", cost=cost))]
    with pytest.raises(RateLimitedError):
        await received(session(server, connections, patience_s=0.1))


async def test_partial_data_is_taken_only_where_it_is_said(server: FaultServer, connections: HttpConnections) -> None:
    part = {"items": {"nodes": [{"id": 1}], "pageInfo": {"hasNextPage": False, "endCursor": None}}}
    server.answers["/graphql"] = [*whole(200, failed(data=part))]
    with pytest.raises(RequestRejectedError):
        await received(session(server, connections))
    assert await received(session(server, connections, partial_data=True)) == [1]
    server.answers["/graphql"] = [*whole(200, failed(data=None))]
    with pytest.raises(RequestRejectedError):
        await received(session(server, connections, partial_data=True))
