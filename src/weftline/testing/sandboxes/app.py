"""The ground that every sandbox stands on: one ASGI application with faults, a log and control endpoints.

A sandbox subclasses ``SandboxApp`` and answers requests in ``answer``; everything under ``/_sandbox/`` is common:

    GET  /_sandbox/stats     counters of this sandbox
    POST /_sandbox/reset     forget data written, counters, log and faults
    GET|POST|DELETE /_sandbox/faults   the faults in force (a JSON list, see ``Fault``)
    GET  /_sandbox/log       the last 200 requests (no header, no body: nothing secret can be in it)
"""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from weftline.testing.sandboxes.faults import ConnectionCut, Fault, FaultPlan

__all__ = ["Reply", "Request", "SandboxApp", "json_reply"]

Message = MutableMapping[str, Any]
LOG_LENGTH = 200
CONTROL = "/_sandbox/"
_JSON_HEADERS = ((b"Content-Type", b"application/json; charset=utf-8"),)
_log = logging.getLogger("weftline.sandbox")


class Request:
    """What a sandbox sees of one request. ``path`` is raw (percent-encoded), header names are lower case."""

    __slots__ = ("body", "headers", "method", "path", "query")

    def __init__(self, method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body

    def header(self, name: bytes) -> bytes:
        """The value of header ``name`` (lower case), or nothing."""
        for key, value in self.headers:
            if key == name:
                return value
        return b""

    def params(self) -> dict[str, str]:
        """The query as a dict; the last of a repeated name wins."""
        return dict(parse_qsl(self.query.decode("latin-1"), keep_blank_values=True)) if self.query else {}

    @property
    def base_url(self) -> str:
        """Scheme and host as the caller addressed them, without a slash at the end."""
        return "http://" + self.header(b"host").decode("latin-1")


class Reply:
    """One answer: status, headers and body bytes (the length is added on the way out).

    Header names leave as they are written here: write them as the vendor does, some clients look no further.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.status = status
        self.body = body
        self.headers = headers


def json_reply(status: int, content: Any, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Reply:
    """An answer whose body is ``content`` as JSON; decimals are written as numbers, digit for digit."""
    return Reply(status, _encoder.encode(content), _JSON_HEADERS + headers)


_encoder = msgspec.json.Encoder(decimal_format="number")
_faults_decoder = msgspec.json.Decoder(list[Fault])


class SandboxApp(ABC):
    """An ASGI application that stands in for a vendor's API.

    ``latency_s`` is waited before each answer; ``concurrency_limit`` is the number of requests in flight above
    which ``too_many`` answers instead (0 = no limit).
    """

    def __init__(self, *, latency_s: float = 0.0, concurrency_limit: int = 0) -> None:
        self.latency_s = latency_s
        self.concurrency_limit = concurrency_limit
        self.faults = FaultPlan()
        self.served = 0
        self.failed = 0
        self.in_flight = 0
        self.in_flight_peak = 0
        self._entries: deque[tuple[float, str, str, bytes, int]] = deque(maxlen=LOG_LENGTH)

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """The application's own answer to ``request``."""

    @abstractmethod
    def stats(self) -> dict[str, Any]:
        """Counters of this sandbox as JSON."""

    @abstractmethod
    def reset(self) -> None:
        """Forget what was written and counted."""

    def too_many(self, request: Request) -> Reply:
        """The answer when more requests are in flight than allowed."""
        return json_reply(429, {"error": "too many requests in flight"})

    def control(self, request: Request, name: str) -> Reply | None:
        """A control endpoint of one sandbox alone; None when it has none of that name."""
        return None

    def answer_now(self, request: Request) -> Reply | None:
        """The answer, if nothing has to be waited for; None sends the request through ``__call__``."""
        if self.latency_s or self.faults or request.path.startswith(CONTROL):
            return None
        reply = self._answer(request)
        self.served += 1
        self._entries.append((time.time(), request.method, request.path, request.query, reply.status))
        return reply

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            await _lifespan(scope, receive, send)
            return
        message = await receive()
        body: bytes = message.get("body", b"")
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        path = scope["raw_path"].decode("latin-1")
        request = Request(scope["method"], path, scope["query_string"], scope["headers"], body)
        if path.startswith(CONTROL):
            reply = self._control(request, path.removeprefix(CONTROL).strip("/"))
        else:
            reply = await self._respond(request)
        await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _respond(self, request: Request) -> Reply:
        self.in_flight += 1
        self.in_flight_peak = max(self.in_flight_peak, self.in_flight)
        status = 0
        try:
            fault = self._pick_fault(request) if self.faults else None
            if fault is not None:
                reply = await self._spoil(fault, request)
            elif 0 < self.concurrency_limit < self.in_flight:
                reply = self.too_many(request)
            else:
                if self.latency_s:
                    await asyncio.sleep(self.latency_s)
                reply = self._answer(request)
            status = reply.status
            return reply
        finally:
            self.in_flight -= 1
            self.served += 1
            self._entries.append((time.time(), request.method, request.path, request.query, status))

    def _answer(self, request: Request) -> Reply:
        try:
            return self.answer(request)
        except ConnectionCut:
            raise
        except Exception:
            # A fault of the sandbox itself: the caller sees a 500, the other sandboxes of the process go on.
            self.failed += 1
            _log.exception("sandbox failed on %s %s", request.method, request.path)
            return json_reply(500, {"error": "the sandbox itself failed; see its log"})

    def _pick_fault(self, request: Request) -> Fault | None:
        query = f"?{request.query.decode('latin-1')}" if request.query else ""
        return self.faults.pick(request.method, request.path + query)

    async def _spoil(self, fault: Fault, request: Request) -> Reply:
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.cut:
            if fault.cut == "after_work":
                self._answer(request)
            raise ConnectionCut
        if not fault.replaces_answer:
            return self._answer(request)
        headers: tuple[tuple[bytes, bytes], ...] = ()
        if fault.retry_after is not None:
            headers = ((b"Retry-After", str(fault.retry_after).encode()),)
        if fault.not_json:
            html = fault.body if isinstance(fault.body, str) else "<html><body>Down for maintenance</body></html>"
            return Reply(fault.status or 200, html.encode(), ((b"Content-Type", b"text/html"), *headers))
        status = fault.status or 500
        if isinstance(fault.body, str):
            return Reply(status, fault.body.encode(), ((b"Content-Type", b"text/plain"), *headers))
        content = fault.body if fault.body is not None else {"errors": f"injected fault: {status}"}
        return json_reply(status, content, headers)

    def _control(self, request: Request, name: str) -> Reply:
        method = request.method
        if name == "stats" and method == "GET":
            common = {"served": self.served, "failed": self.failed, "in_flight_peak": self.in_flight_peak}
            return json_reply(200, common | self.stats())
        if name == "reset" and method == "POST":
            self.served = self.failed = self.in_flight_peak = 0
            self._entries.clear()
            self.faults.replace([])
            self.reset()
            return json_reply(200, {"reset": True})
        if name == "log" and method == "GET":
            return json_reply(200, {"requests": [_entry(*entry) for entry in self._entries]})
        if name == "faults":
            return self._control_faults(request)
        return self.control(request, name) or json_reply(404, {"error": f"no control endpoint {method} {name}"})

    def _control_faults(self, request: Request) -> Reply:
        if request.method == "POST":
            try:
                self.faults.replace(_faults_decoder.decode(request.body))
            except msgspec.DecodeError as error:
                return json_reply(400, {"error": f"faults are a JSON list of rules: {error}"})
        elif request.method == "DELETE":
            self.faults.replace([])
        return json_reply(200, {"faults": self.faults.faults})


def _entry(at: float, method: str, path: str, query: bytes, status: int) -> dict[str, Any]:
    """One line of the log; status 0 means that the connection was cut."""
    return {"at": at, "method": method, "path": path, "query": query.decode("latin-1"), "status": status}


async def _lifespan(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Start and stop as other ASGI servers ask for it; a sandbox has nothing to do at either."""
    if scope["type"] != "lifespan":
        raise RuntimeError(f"a sandbox speaks http only, not '{scope['type']}'")
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
