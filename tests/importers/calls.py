"""Imported endpoints are really called, by a session, at a server that remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from weftline.connectors import Session
from weftline.connectors.lint import lint
from weftline.connectors.pacing import Pacer
from weftline.importers import Imported
from weftline.model import Instance
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections

Asked = tuple[str, str, list[tuple[str, str]], dict[str, str], Any]
NOT_COMPARED = {
    "host",
    "content-length",
    "accept-encoding",
    "connection",
    "user-agent",
    "accept",
    "expect",
    "traceparent",
}


@dataclass
class Listener:
    """What it was asked: method, path, query, headers, body."""

    seen: list[Asked] = field(default_factory=list)
    reply: Callable[[web.Request], web.Response] = lambda _: web.json_response({"data": [{"id": 1}]})

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower() not in NOT_COMPARED}
        kind = headers.get("content-type", "").partition(";")[0]
        body: Any
        if kind == "multipart/form-data":
            headers["content-type"] = kind
            body = []
            async for part in await request.multipart():
                text = await part.text()  # type: ignore[union-attr]
                body.append((part.name, part.filename, part.headers.get("Content-Type"), text))  # type: ignore[union-attr]
        else:
            raw = (await request.read()).decode()
            body = json.loads(raw) if "json" in kind and raw else sorted(parse_qsl(raw)) if "form" in kind else raw
            body = raw if "form" in kind and not body else body
        self.seen.append((request.method, request.path, sorted(request.query.items()), headers, body))
        return self.reply(request)


@asynccontextmanager
async def listening(listener: Listener) -> AsyncIterator[str]:
    """The listener's address."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", listener.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def session_of(
    found: Imported, credentials: Mapping[str, str], variables: Mapping[str, Any]
) -> AsyncIterator[Session]:
    """A session of the imported connector."""
    instance = Instance.model_validate(
        {"name": "Test", "connector": found.connector.slug, "variables": dict(variables),
         "rate_limit": {"amount": 10_000, "unit": "second"}}
    )  # fmt: skip
    connections = HttpConnections(OutboundPolicy(allow_private=True))
    session = Session(found.connector, instance, "test", dict(credentials), connections, Pacer())
    try:
        yield session
    finally:
        await session.close()
        await connections.close()


async def call(
    session: Session, found: Imported, key: str, parameters: Mapping[str, Any], payload: Any = None
) -> None:
    """One endpoint, with its own sample as the payload unless another is given."""
    endpoint = found.connector.endpoint(key)
    assert endpoint is not None
    if endpoint.direction == "receive":
        async for _ in session.pages(key, dict(parameters), {}):
            pass
        return
    payload = found.samples[endpoint.sample or ""] if payload is None else payload
    await session.send(key, session.prepare(key, payload, {}, dict(parameters)), "a-key")


def errors(found: Imported) -> list[str]:
    """What lint finds wrong."""
    return [problem.message for problem in lint(found.connector) if problem.level == "error"]


def said(found: Imported) -> str:
    """The todos as text."""
    return "\n".join(f"{one.where}: {one.what}" for one in found.todo)
