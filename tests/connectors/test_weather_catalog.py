"""The generic connectors of the catalog, against an application that nobody wrote a connector for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.connectors.conftest import QUICK, shipped
from tests.faults.server import FaultServer, Part, Seen, head, whole
from weftline.connectors import Session
from weftline.connectors.pacing import Pacer
from weftline.errors import ExpressionError, RemoteFaultError, RequestRejectedError, WeftlineError
from weftline.kernel import json
from weftline.model import Instance
from weftline.transports.http import HttpConnections


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as made:
        yield made


def session(
    slug: str, server: FaultServer, connections: HttpConnections, auth: str = "none", **credentials: str
) -> Session:
    variables = {"base_url": f"{server.url}/api"}
    instance = Instance(name="Any", connector=slug, auth=auth, variables=variables)
    return Session(shipped(slug), instance, "ins_1", credentials, connections, Pacer(), QUICK)


async def received(asking: Session, endpoint: str, **parameters: Any) -> list[Any]:
    return [item async for page in asking.pages(endpoint, parameters, {}) for item in json.decode(page.raw)]


async def test_a_list_is_received(server: FaultServer, connections: HttpConnections) -> None:
    server.answers["/api/v1/orders"] = [*whole(200, [{"id": 1}, {"id": 2}])]
    asking = session("http", server, connections, "bearer", token="t0p")
    given = {"path": "/v1/orders", "query": {"status": "open", "limit": 5}, "headers": {"X-Tenant": "uk"}}
    assert await received(asking, "request.get", **given) == [{"id": 1}, {"id": 2}]
    [seen] = server.seen
    assert seen.query == {"status": "open", "limit": "5"}
    assert (seen.headers["x-tenant"], seen.headers["authorization"]) == ("uk", "Bearer t0p")


async def test_what_is_no_list_is_one_record(server: FaultServer, connections: HttpConnections) -> None:
    server.answers["/api/me"] = [*whole(200, {"name": "a"})]
    assert await received(session("http", server, connections), "request.get", path="me") == [{"name": "a"}]


async def test_links_are_followed(server: FaultServer, connections: HttpConnections) -> None:
    def linked(seen: Seen) -> list[Part]:
        page = int(seen.query.get("page", 1))
        more = {"Link": f'<{server.url}/api/orders?page={page + 1}>; rel="next"'} if page < 3 else {}
        return [*whole(200, [{"id": page}], more)]

    server.answers["/api/orders"] = linked
    found = await received(session("http", server, connections), "request.get_linked", path="orders")
    assert found == [{"id": 1}, {"id": 2}, {"id": 3}]


@pytest.mark.parametrize(
    ("endpoint", "method", "body"),
    [("post", "POST", {"id": 7}), ("post_once", "POST", {"id": 7}), ("put", "PUT", {"id": 7}),
     ("patch", "PATCH", {"id": 7}), ("delete", "DELETE", None)],
)  # fmt: skip
async def test_a_record_is_sent(
    server: FaultServer, connections: HttpConnections, endpoint: str, method: str, body: Any
) -> None:
    server.answers["/api/orders/7"] = [*whole(200, {})]
    asking = session("http", server, connections)
    key = f"request.{endpoint}"
    prepared = asking.prepare(key, {"id": 7}, {}, {"path": "orders/{{ payload.id }}"})
    await asking.send(key, prepared, "key-7")
    [seen] = server.seen
    assert (seen.method, json.decode(seen.body) if seen.body else None) == (method, body)
    assert seen.headers.get("idempotency-key") == ("key-7" if endpoint == "post_once" else None)


@pytest.mark.parametrize(("endpoint", "calls"), [("post", 1), ("patch", 1), ("post_once", 4), ("put", 4)])
async def test_only_what_does_no_harm_is_repeated(
    server: FaultServer, connections: HttpConnections, endpoint: str, calls: int
) -> None:
    server.answers["/api/orders"] = [*whole(503, {"message": "later"})]
    asking = session("http", server, connections)
    key = f"request.{endpoint}"
    with pytest.raises(RemoteFaultError) as caught:
        await asking.send(key, asking.prepare(key, {}, {}, {"path": "orders"}), "key")
    assert (len(server.seen), caught.value.context.get("uncertain", False)) == (calls, calls == 1)


async def test_a_record_cannot_lead_out_of_the_base_url(server: FaultServer, connections: HttpConnections) -> None:
    asking = session("http", server, connections)
    with pytest.raises(ExpressionError, match="cannot stand in the path"):
        asking.prepare("request.put", {"id": "../../admin"}, {}, {"path": "orders/{{ payload.id }}"})


async def test_a_graphql_connection_is_walked_and_a_mutation_sent(
    server: FaultServer, connections: HttpConnections
) -> None:
    def answer(seen: Seen) -> list[Part]:
        asked = json.decode(seen.body)
        if "input" in asked.get("variables", {}):
            return [*whole(200, {"data": {"made": asked["variables"]["input"]}})]
        if "page:" not in asked["query"]:
            return [*whole(200, {"data": {"__typename": "Query"}})]
        start = int(asked["variables"].get("after") or 0)
        info = {"hasNextPage": start < 4, "endCursor": str(start + 2)}
        return [*whole(200, {"data": {"page": {"nodes": [{"id": start}, {"id": start + 1}], "pageInfo": info}}})]

    server.answers["/api"] = answer
    asking = session("graphql", server, connections)
    await asking.check()
    query = "query($after: String) { page: orders(after: $after) { nodes { id } pageInfo { ... } } }"
    found = await received(asking, "query.pages", query=query, variables={"status": "open"})
    assert [item["id"] for item in found] == [0, 1, 2, 3, 4, 5]
    assert json.decode(server.seen[-1].body)["variables"] == {"status": "open", "after": "4"}
    mutation = {"query": "mutation($input: In!) { made(input: $input) { id } }"}
    answered = await asking.send("mutation.run", asking.prepare("mutation.run", {"id": 9}, {}, mutation), "key")
    assert answered.decoded() == {"data": {"made": {"id": 9}}}
    server.answers["/api"] = [*whole(200, {"errors": [{"message": "unknown field 'x'"}]})]
    with pytest.raises(RequestRejectedError, match="unknown field 'x'"):
        await received(asking, "query.run", query="{ x }")


ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'


def xml(inner: str, status: int = 200) -> list[Part]:
    body = ENVELOPE.format(inner).encode()
    return [head(status, {"Content-Type": "text/xml", "Content-Length": str(len(body))}), body, FaultServer.KEEP]


async def test_an_operation_is_called_over_soap(server: FaultServer, connections: HttpConnections) -> None:
    server.answers["/api"] = xml(
        '<m:ListResponse xmlns:m="urn:o"><m:order id="7"/><m:order id="8"/></m:ListResponse>'
    )
    asking = session("soap", server, connections, "basic", username="acme", password="p&ss")
    operation = {"List": {"@xmlns": "urn:o", "since": "2026-01-01"}}
    [found] = await received(asking, "operation.get", action="urn:o#List", body=operation)
    assert found == {"ListResponse": {"order": [{"@id": "7"}, {"@id": "8"}]}}
    [seen] = server.seen
    assert (seen.headers["soapaction"], seen.headers["authorization"][:6]) == ('"urn:o#List"', "Basic ")
    assert b'<List xmlns="urn:o"><since>2026-01-01</since></List></soap:Body>' in seen.body


@pytest.mark.parametrize(
    ("code", "error", "uncertain"),
    [("e:Client", RequestRejectedError, False), ("e:Server", RemoteFaultError, True)],
)
async def test_a_fault_over_soap_is_certain_only_if_it_is_ours(
    server: FaultServer, connections: HttpConnections, code: str, error: type[WeftlineError], uncertain: bool
) -> None:
    fault = f"<e:Fault><faultcode>{code}</faultcode><faultstring>no stock</faultstring></e:Fault>"
    server.answers["/api"] = xml(fault, 500)
    asking = session("soap", server, connections)
    prepared = asking.prepare("operation.send", {"Create": {"@xmlns": "urn:o"}}, {})
    with pytest.raises(error, match="no stock") as caught:
        await asking.send("operation.send", prepared, "key")
    assert (caught.value.context.get("uncertain", False), len(server.seen)) == (uncertain, 1)
