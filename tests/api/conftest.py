"""A whole server on a free loopback port, over a small catalog whose application is a small server of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from weftline.app import App, serve
from weftline.kernel import json
from weftline.settings import load

CONNECTOR = """
slug: acme
version: 1.0.0
title: Acme
summary: Orders of Acme
category: ecommerce
variables:
  - {key: base_url, title: Base URL, required: true}
auth:
  - key: token
    kind: api_key
    title: Access token
    place: {header: X-Token}
    credentials: [{key: token, title: Token, required: true, secret: true}]
transport: {kind: http, base_url: "{{ base_url }}"}
check: orders.list
endpoints:
  - key: orders.list
    title: List orders
    entity: order
    direction: receive
    request: {path: /orders}
    items_path: orders
  - key: orders.put
    title: Save an order
    entity: order
    direction: send
    request: {method: PUT, path: "/orders/{{ payload.id }}", body: "{{ payload }}"}
    idempotency: {kind: upsert, record_key: "{{ payload.id }}"}
"""

FLOW: dict[str, Any] = {
    "name": "Orders",
    "triggers": [{"kind": "webhook", "secret": True}, {"kind": "schedule", "every": "1 day"}],
    "steps": [
        {"id": "pull", "shape": "connector", "instance": "Acme UK", "endpoint": "orders.list"},
        {"id": "push", "shape": "connector", "instance": "Acme UK", "endpoint": "orders.put"},
    ],
}


class Acme:
    """The application: gives three orders, keeps what it is sent."""

    token = "right-token"

    def __init__(self) -> None:
        self.url = ""
        self.kept: dict[str, bytes] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    async def list(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Token") != self.token:
            return web.json_response({"error": "bad token"}, status=401)
        orders = [{"id": str(number), "total": Decimal("1.10")} for number in range(3)]
        return web.Response(body=json.encode({"orders": orders}), content_type="application/json")

    async def put(self, request: web.Request) -> web.Response:
        await self.gate.wait()
        self.kept[request.match_info["id"]] = await request.read()
        return web.json_response({"id": request.match_info["id"]})


@pytest.fixture
async def acme() -> AsyncIterator[Acme]:
    acme = Acme()
    app = web.Application()
    app.add_routes([web.get("/orders", acme.list), web.put("/orders/{id}", acme.put)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    acme.url = "http://{}:{}".format(*runner.addresses[0][:2])
    yield acme
    acme.gate.set()
    await runner.cleanup()


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog" / "acme"
    folder.mkdir(parents=True)
    (folder / "connector.yaml").write_text(CONNECTOR)
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "README.md").write_text("# Acme\n")
    return folder.parent


class Server:
    """A running server and clients of it."""

    def __init__(self, app: App, folder: Path) -> None:
        self.app = app
        self.url = app.url
        self.folder = folder
        self.key = (folder / "local.key").read_text().strip()
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def call(self, method: str, path: str, body: Any = None, status: int | None = None, **options: Any) -> Any:
        """A call with the local key; the decoded answer, whose status must be ``status`` (2xx if None)."""
        headers = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {})
        data = None if body is None else json.encode(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        async with self.http.request(method, self.url + path, data=data, headers=headers, **options) as answer:
            content = await answer.read()
            assert answer.status < 300 if status is None else answer.status == status, (answer.status, content)
            return json.decode(content) if content else None

    async def set_up(self, acme: Acme, flow: dict[str, Any] = FLOW) -> dict[str, Any]:
        """Install, add the instance, deploy the flow; its detail."""
        await self.call("POST", "/api/connectors", {"slug": "acme"})
        document = {"name": "Acme UK", "connector": "acme", "variables": {"base_url": acme.url}}
        await self.call("POST", "/api/instances", {"document": document, "credentials": {"token": acme.token}})
        made = await self.call("POST", "/api/flows", {"document": flow})
        return await self.call("POST", f"/api/flows/{made['id']}/deploy", {})

    async def finish(self, run_id: str) -> dict[str, Any]:
        """Wait for a run to end."""
        async with asyncio.timeout(30):
            while True:
                run = await self.call("GET", f"/api/runs/{run_id}")
                if run["status"] not in ("queued", "running"):
                    return run
                await asyncio.sleep(0.05)


StartServer = Callable[..., Awaitable[Server]]


@pytest.fixture
async def start_server(database_url: str, tmp_path: Path, catalog: Path) -> AsyncIterator[StartServer]:
    """``await start_server(**settings)``: a server until the test ends."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(**more: str) -> Server:
            folder = tmp_path / "data"
            environ = {
                "WEFTLINE_DATA_DIR": str(folder), "WEFTLINE_DATABASE_URL": database_url, "WEFTLINE_PORT": "0",
                "WEFTLINE_CATALOG_DIR": str(catalog),
            } | more  # fmt: skip
            opened: asyncio.Future[App] = asyncio.get_running_loop().create_future()
            stop = asyncio.Event()
            serving = asyncio.create_task(serve(load(environ), ready=opened.set_result, stop=stop))
            await asyncio.wait([serving, opened], return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
            server = Server(opened.result(), folder)

            async def end() -> None:
                await server.http.close()
                stop.set()
                await serving

            stack.push_async_callback(end)
            return server

        yield start


@pytest.fixture
async def server(start_server: StartServer) -> Server:
    return await start_server()
