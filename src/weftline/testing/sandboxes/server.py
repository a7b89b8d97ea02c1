"""A small HTTP/1.1 server for sandboxes, so that a benchmark measures the platform and not its stand-in.

It runs any ASGI application on loopback, one whole body in and one whole body out. What makes it fast: an application
that offers ``answer_now`` (see ``SandboxApp``) is asked first and answers in place, without a task and without ASGI
messages; head and body leave in one write. What has to wait (latency, faults) goes the ASGI way, in a task.
"""

from __future__ import annotations

import asyncio
import http
import ipaddress
import logging
from collections import deque
from collections.abc import Callable, Coroutine, MutableMapping
from typing import Any, cast
from urllib.parse import unquote

import httptools

from weftline.errors import SettingsError, SetupError
from weftline.testing.sandboxes.app import Reply, Request
from weftline.testing.sandboxes.faults import ConnectionCut

__all__ = ["SandboxServer"]

AsgiApp = Callable[..., Coroutine[Any, Any, None]]
MAX_BODY_BYTES = 32 * 1024 * 1024
_STATUS = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n".encode() for s in http.HTTPStatus}
_FAILED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_BAD = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_log = logging.getLogger("weftline.sandbox")


class SandboxServer:
    """One listening socket for one application; ``port`` 0 takes a free one."""

    def __init__(self, app: AsgiApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        if not _is_loopback(host):
            raise SettingsError(
                f"A sandbox does not listen on '{host}'", hint="it has no real sign-in: use 127.0.0.1"
            )
        self._app = app
        self._host = host
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self.port = port

    @property
    def base_url(self) -> str:
        return f"http://{self._host}:{self.port}"

    async def start(self) -> None:
        """Listen; raises ``SetupError`` when the port is taken."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: _Connection(self._app, loop, self._connections), self._host, self.port, backlog=1024
            )
        except OSError as error:
            raise SetupError(
                f"Port {self.port} on {self._host} is not free: {error.strerror or error}",
                hint="stop the program that uses it, or choose another port",
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._connections):
            connection.close()
        await self._server.wait_closed()
        self._server = None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Exchange:
    """One request that waits for its answer: the ``receive`` and ``send`` of ASGI."""

    __slots__ = ("keep_alive", "reply", "request")

    def __init__(self, request: Request, keep_alive: bool) -> None:
        self.request = request
        self.keep_alive = keep_alive
        self.reply = Reply(0)

    @property
    def scope(self) -> dict[str, Any]:
        return {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": self.request.method,
            "path": unquote(self.request.path),
            "raw_path": self.request.path.encode("latin-1"),
            "query_string": self.request.query,
            "headers": self.request.headers,
        }

    async def receive(self) -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": self.request.body, "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.reply = Reply(message["status"], b"", tuple(message["headers"]))
        else:
            self.reply.body += message.get("body", b"")


class _Connection(asyncio.Protocol):
    """One client's connection: requests are answered one after the other, in order."""

    def __init__(self, app: AsgiApp, loop: asyncio.AbstractEventLoop, connections: set[_Connection]) -> None:
        self._app = app
        self._answer_now: Callable[[Request], Reply | None] | None = getattr(app, "answer_now", None)
        self._loop = loop
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._parser: Any = httptools.HttpRequestParser(self)
        self._waiting: deque[_Exchange] = deque()
        self._task: asyncio.Task[None] | None = None
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._body_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(_BAD)
        except httptools.HttpParserError:
            self._refuse(_BAD)

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._close_transport()

    def _close_transport(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _refuse(self, answer: bytes) -> None:
        self.write(answer)
        self._close_transport()

    # Called by the parser, in this order.
    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = []
        self._body = []
        self._body_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if (b"expect", b"100-continue") in self._headers:
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > MAX_BODY_BYTES:
            self._refuse(_TOO_LARGE)
            return
        self._body.append(body)

    def on_message_complete(self) -> None:
        raw_path, _, query = self._url.partition(b"?")
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        method = self._parser.get_method().decode("latin-1")
        request = Request(method, raw_path.decode("latin-1"), query, self._headers, body)
        keep_alive = self._parser.should_keep_alive()
        if self._task is None:
            self._begin(request, keep_alive)
        else:
            self._waiting.append(_Exchange(request, keep_alive))

    def _begin(self, request: Request, keep_alive: bool) -> None:
        reply = self._answer_now(request) if self._answer_now is not None else None
        if reply is not None:
            self._send(reply, keep_alive)
        else:
            self._task = self._loop.create_task(self._wait_for(_Exchange(request, keep_alive)))

    async def _wait_for(self, exchange: _Exchange) -> None:
        try:
            await self._app(exchange.scope, exchange.receive, exchange.send)
        except ConnectionCut:
            self._close_transport()
        except Exception:
            _log.exception("sandbox application failed")
            self._refuse(_FAILED)
        else:
            self._send(exchange.reply, exchange.keep_alive)
        self._task = None
        while self._waiting and self._task is None and self._transport is not None:
            following = self._waiting.popleft()
            self._begin(following.request, following.keep_alive)

    def _send(self, reply: Reply, keep_alive: bool) -> None:
        body = reply.body
        parts = [_STATUS.get(reply.status) or b"HTTP/1.1 %d \r\n" % reply.status]
        for name, value in reply.headers:
            parts += (name, b": ", value, b"\r\n")
        if reply.status != 204:
            parts.append(b"Content-Length: %d\r\n" % len(body))
        parts.append(b"\r\n" if keep_alive else b"Connection: close\r\n\r\n")
        parts.append(body)
        self.write(b"".join(parts))
        if not keep_alive:
            self._close_transport()
