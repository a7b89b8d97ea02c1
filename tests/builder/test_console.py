"""The test console against a server that pages, hides its records elsewhere, and refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from aiohttp import web

from weftline.builder import Trial, infer, try_endpoint
from weftline.connectors import RetryPolicy, Session
from weftline.connectors.pacing import Pacer
from weftline.kernel import json
from weftline.kernel.redact import MASK
from weftline.model import Connector, Instance
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections

TOKEN = "very-secret-token"


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    async def orders(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": f"who is {request.headers.get('Authorization')}?"}, status=401)
        page = int(request.query.get("page", 1))
        found = [{"id": page * 10 + n, "total": 1.5, "at": "2026-01-10T11:00:00Z", "note": None} for n in range(2)]
        return web.json_response({"data": {"orders": found if page < 5 else []}, "meta": {"total_pages": 4}})

    async def create(request: web.Request) -> web.Response:
        return web.json_response({"id": "A1", "got": await request.json()}, status=201)

    app = web.Application()
    app.add_routes([web.get("/orders", orders), web.post("/orders", create)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def tried(address: str, trial: Trial, token: str = TOKEN, **endpoint: Any) -> dict[str, Any]:
    connector = Connector.model_validate(
        {
            "slug": "shop", "version": "1.0.0", "title": "Shop", "category": "test",
            "auth": [{"key": "token", "kind": "bearer", "title": "Token",
                      "credentials": [{"key": "token", "title": "Token", "secret": True}]}],
            "transport": {"kind": "http", "base_url": address},
            "endpoints": [
                {"key": "orders.list", "title": "List", "entity": "order", "direction": "receive",
                 "request": {"path": "/orders"}, "items_path": "data.orders"} | endpoint,
                {"key": "orders.create", "title": "Create", "entity": "order", "direction": "send",
                 "request": {"method": "POST", "path": "/orders", "body": "{{ payload }}"},
                 "idempotency": {"kind": "none", "record_key": "{{ payload.number }}"},
                 "result_path": "{{ body.id }}"},
            ],
        }
    )  # fmt: skip
    connections = HttpConnections(OutboundPolicy(allow_private=True))
    instance = Instance(name="Trial", connector="shop")
    retry = RetryPolicy(tries=1)
    session = Session(connector, instance, "trial", {"token": token}, connections, Pacer(), retry)
    try:
        return await try_endpoint(session, trial)
    finally:
        await session.close()
        await connections.close()


PAGED = {"pagination": {"kind": "page_number", "parameter": "page", "total_pages_path": "meta.total_pages"}}


async def test_three_pages_are_walked_and_each_decision_is_told(address: str) -> None:
    seen = await tried(address, Trial("orders.list"), **PAGED)
    assert [page["number"] for page in seen["pages"]] == [1, 2, 3]
    assert [page["decision"] for page in seen["pages"]] == [
        "goes on with page=2", "goes on with page=3", "there is a next page",
    ]  # fmt: skip
    assert [record["id"] for record in seen["pages"][1]["records"]] == [20, 21]
    assert seen["suggestions"] == []
    assert seen["problem"] is None


async def test_requests_are_shown_as_sent_and_masked(address: str) -> None:
    seen = await tried(address, Trial("orders.list", pages=1), **PAGED)
    assert seen["pages"][0]["request"]["headers"]["Authorization"] == MASK
    assert seen["pages"][0]["response"]["status"] == 200
    assert TOKEN not in json.encode_text(seen)


async def test_records_that_stand_elsewhere_are_found(address: str) -> None:
    seen = await tried(address, Trial("orders.list"), items_path="orders")
    assert "has no 'orders'" in seen["problem"]["message"]
    assert seen["problem"]["exchange"]["response"]["status"] == 200
    suggested = {one["field"]: one["value"] for one in seen["suggestions"]}
    assert suggested["items_path"] == "data.orders"
    assert suggested["pagination"] == {
        "kind": "page_number", "parameter": "page", "total_pages_path": "meta.total_pages",
    }  # fmt: skip
    fixed = await tried(address, Trial("orders.list"), **suggested)
    assert (fixed["problem"], len(fixed["pages"]), fixed["suggestions"]) == (None, 3, [])


async def test_a_refusal_is_a_problem_with_its_answer_and_without_the_secret(address: str) -> None:
    seen = await tried(address, Trial("orders.list"), token="wrong-" + TOKEN)
    assert seen["pages"] == []
    assert "401" in seen["problem"]["message"]
    assert seen["problem"]["exchange"]["response"]["status"] == 401
    assert TOKEN not in json.encode_text(seen)


async def test_a_record_is_sent_when_there_is_one(address: str) -> None:
    seen = await tried(address, Trial("orders.create", record={"number": 7}))
    (page,) = seen["pages"]
    assert (page["result"], page["key"], page["response"]["status"]) == ("A1", "7", 201)
    assert json.decode(page["request"]["body"]) == {"number": 7}
    without = await tried(address, Trial("orders.create"))
    assert "give it a record" in without["problem"]["message"]


async def test_the_schema_fits_all_records(address: str) -> None:
    seen = await tried(address, Trial("orders.list", pages=1), **PAGED)
    assert seen["schema"]["properties"]["at"] == {"type": "string", "format": "date-time"}
    assert seen["schema"]["required"] == ["at", "id", "note", "total"]
    assert infer([{"a": 1}, {"a": None, "b": [1, 2.5]}]) == {
        "type": "object", "required": ["a"],
        "properties": {
            "a": {"type": ["integer", "null"]}, "b": {"type": "array", "items": {"type": "number"}},
        },
    }  # fmt: skip
