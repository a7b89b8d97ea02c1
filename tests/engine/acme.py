"""A small application in the test's own process: a list that grows, an upsert of many at once, a long answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from weftline.model import Connector


@dataclass
class Acme:
    """Its data, its faults, and what was asked of it."""

    items: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bulks: list[int] = field(default_factory=list)
    lets_in: Callable[[str], bool] = lambda _: True
    refuses: set[str] = field(default_factory=set)
    status: int = 200
    long: int = 0
    breaks_at: list[int] = field(default_factory=list)
    address: str = ""

    async def list_items(self, request: web.Request) -> web.Response:
        self.asked.append(request.query_string)
        if not self.lets_in(request.headers.get("Authorization", "")):
            return web.json_response({"error": "unknown token"}, status=401)
        since = request.query.get("since", "")
        page = int(request.query.get("page", "1"))
        found = sorted((item for item in self.items if item["changed"] >= since), key=lambda item: item["changed"])
        headers = {"X-Request-Id": f"request {len(self.asked)}"}
        return web.json_response({"items": found[(page - 1) * 3 : page * 3]}, headers=headers)

    async def put_many(self, request: web.Request) -> web.Response:
        if self.status != 200:
            return web.json_response({"error": "fault"}, status=self.status)
        sent = (await request.json())["records"]
        self.bulks.append(len(sent))
        answers = []
        for record in sent:
            refused = record["id"] in self.refuses
            if not refused:
                self.kept[record["id"]] = record
            answers.append({"ref": record["id"], "ok": not refused, "why": "too odd" if refused else None})
        return web.json_response({"results": list(reversed(answers))})

    async def long_answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("long")
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        stop = self.breaks_at.pop(0) if self.breaks_at else -1
        await response.write(b'{"items":[')
        for number in range(self.long):
            if number == stop:
                assert request.transport is not None
                request.transport.abort()
                return response
            row = json.dumps({"id": f"L{number}", "amount": 1})
            await response.write(b"," * bool(number) + row.encode())
        await response.write(b"]}")
        return response


@asynccontextmanager
async def acme_running() -> AsyncIterator[Acme]:
    acme = Acme()
    app = web.Application()
    app.add_routes(
        [
            web.get("/items", acme.list_items),
            web.get("/long", acme.long_answer),
            web.post("/items/bulk", acme.put_many),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    acme.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield acme
    finally:
        await runner.cleanup()


def acme_connector(auth: list[dict[str, Any]] | None = None, slug: str = "acme") -> Connector:
    return Connector.model_validate(
        {
            "slug": slug, "version": "1.0.0", "title": "Acme", "category": "test", "auth": auth or [],
            "variables": [{"key": "base_url", "title": "Base URL", "required": True}],
            "transport": {"kind": "http", "base_url": "{{ base_url }}"},
            "endpoints": [
                {
                    "key": "items.list", "title": "List", "entity": "item", "direction": "receive",
                    "request": {"path": "/items"}, "items_path": "items",
                    "parameters": [{"key": "since", "title": "Since", "place": {"query": "since"}}],
                    "pagination": {"kind": "page_number", "parameter": "page"},
                    "cursor": {"path": "changed", "parameter": "since", "overlap_s": 60},
                    "metadata": {"request_id": "{{ headers['x-request-id'] }}"},
                },
                {
                    "key": "items.long", "title": "Long", "entity": "item", "direction": "receive",
                    "request": {"path": "/long"}, "items_path": "items", "stream": True,
                },
                {
                    "key": "items.put", "title": "Put", "entity": "item", "direction": "send",
                    "request": {"method": "POST", "path": "/items/bulk"},
                    "idempotency": {"kind": "upsert", "record_key": "{{ payload.id }}"},
                    "bulk": {
                        "max_records": 4, "body": {"records": "{{ items }}"}, "answers_path": "results",
                        "answer_key": "ref", "success": "item.ok", "message": "{{ item.why }}",
                        "result": "acme-{{ item.ref }}",
                    },
                },
            ],
        }
    )  # fmt: skip
