"""HTTP on aiohttp, which only the files ``http*`` know."""

from __future__ import annotations

import asyncio
import contextlib
import io
import ipaddress
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar, Self
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from multidict import CIMultiDict
from pydantic import BaseModel
from yarl import URL

from weftline.errors import (
    ConnectError,
    OutboundRefusedError,
    RemoteTimeoutError,
    RequestRejectedError,
    UnreadableBodyError,
    WeftlineError,
)
from weftline.model import Document, Request, Response, Streamed, field
from weftline.transports.base import UNSENT, Login, NoLogin, Transport
from weftline.transports.http_body import BodyReader
from weftline.transports.http_connections import CONNECT_S, HttpConnections
from weftline.transports.http_tls import TlsContexts, refusal

__all__ = ["HttpConfig", "HttpConnections", "HttpTransport"]

REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5
LARGE_BODY = 256 * 1024

_NOT_IN_A_URL = re.compile(r"[^!-~]")


class HttpConfig(Document):
    """Where the application answers, and the limits of an answer."""

    base_url: str = field(title="Base URL", description="May be a template", example="https://api.example")
    timeout_s: float = field(30.0, title="Time-out", description="Seconds for a whole request", gt=0, le=3600)
    headers: dict[str, str] = field(dict, title="Headers", description="Sent with every request")
    max_response_bytes: int = field(
        64 * 1024 * 1024, title="Largest answer", description="Bytes, unpacked", ge=1, advanced=True
    )
    max_stream_bytes: int = field(
        10_000_000_000, title="Largest stream", description="Bytes of an answer read in pieces", ge=1, advanced=True
    )
    verify_tls: bool = field(
        True,
        title="Verify certificates",
        description="Off, anyone on the way can read and change everything, credentials included",
        advanced=True,
    )


class HttpTransport(Transport):
    """HTTP and HTTPS."""

    kind: ClassVar[str] = "http"
    title: ClassVar[str] = "HTTP"
    Config: ClassVar[type[BaseModel]] = HttpConfig
    config: HttpConfig

    def __init__(self, config: HttpConfig, connections: HttpConnections, login: Login | None = None) -> None:
        super().__init__(config)
        self._connections = connections
        self._login = login or NoLogin()
        self._tls: TlsContexts | None = None
        self._checked: set[tuple[str, ...]] = set()

    @classmethod
    def build(cls, config: HttpConfig, connections: Any, login: Login) -> Self:
        return cls(config, connections, login)

    async def send(self, request: Request) -> Response:
        """The answer; redirects are followed here, without credentials once the host changes."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(request.timeout_s):
                answer, last = await self._follow(request)
                async with answer:
                    body = await self._body(answer, last)
        except _FAULTS as error:
            raise _meaning(error, request, _NO_ANSWER) from None
        return Response(answer.status, _lowered(answer.headers), body, time.monotonic() - started, str(answer.url))

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[Streamed]:
        """The answer in pieces, up to ``max_stream_bytes``; the time-out is for the head, then for each piece."""
        try:
            async with asyncio.timeout(request.timeout_s):
                answer, last = await self._follow(request)
        except _FAULTS as error:
            raise _meaning(error, request, _NO_ANSWER) from None
        pieces = self._pieces(answer, last)
        try:
            yield Streamed(answer.status, _lowered(answer.headers), pieces, str(answer.url))
        finally:
            with contextlib.suppress(RuntimeError):  # a reader that was stopped in the middle of a piece
                await pieces.aclose()
            answer.close()

    async def _pieces(self, answer: aiohttp.ClientResponse, request: Request) -> AsyncGenerator[bytes, None]:
        reader = self._reader(answer, request, self.config.max_stream_bytes, "max_stream_bytes")
        while True:
            try:
                async with asyncio.timeout(request.timeout_s):
                    wired = await answer.content.readany()
            except _FAULTS as error:
                raise _meaning(error, request, _NO_MORE) from None
            if not wired:
                break
            for piece in reader.feed(wired):
                yield piece
        reader.close()

    async def _body(self, answer: aiohttp.ClientResponse, request: Request) -> bytes:
        length, most = answer.content_length, self.config.max_response_bytes
        if length is not None and length <= most and "Content-Encoding" not in answer.headers:
            return await answer.content.read()  # as long as it says, or an error
        reader = self._reader(answer, request, most, "max_response_bytes")
        pieces: list[bytes] = []
        async for wired in answer.content.iter_any():
            pieces += reader.feed(wired)
        reader.close()
        return b"".join(pieces)

    def _reader(self, answer: aiohttp.ClientResponse, request: Request, limit: int, setting: str) -> BodyReader:
        try:
            reader = BodyReader(answer.headers.get("Content-Encoding", ""), limit, setting, partial(_shown, request))
            reader.expect(answer.content_length)
        except UnreadableBodyError:
            answer.close()
            raise
        return reader

    async def _follow(self, request: Request) -> tuple[aiohttp.ClientResponse, Request]:
        """The head of the last answer, and the request that it answers."""
        first = request
        at_home = True
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._once(request, at_home=at_home)
            if answer.status not in REDIRECTS or "Location" not in answer.headers:
                return answer, request
            answer.close()
            request = _redirected(request, answer.status, answer.headers["Location"])
            at_home = urlsplit(request.url)[:2] == urlsplit(first.url)[:2]
        raise OutboundRefusedError(
            f"{_shown(first)} redirects more than {MOST_REDIRECTS} times", hint="see the base URL"
        )

    async def _once(self, request: Request, *, at_home: bool) -> aiohttp.ClientResponse:
        address = request.url
        if request.query:
            address += ("&" if "?" in address else "?") + urlencode(request.query)
        if _NOT_IN_A_URL.search(address):  # a space or a line break would end the request's first line
            address = str(URL(address))
        self._check_literal(address)
        if self._tls is None:
            self._tls = TlsContexts(self._login.login(), verify=self.config.verify_tls)
        return await self._connections.session().request(
            request.method,
            URL(address, encoded=True),
            headers=request.headers,
            data=_in_pieces(request.body),
            allow_redirects=False,
            ssl=self._tls.home if at_home else self._tls.elsewhere,
        )

    def _check_literal(self, url: str) -> None:
        """A literal address never reaches the resolver, so it is held against the policy here."""
        origin = url.split("/", 3)[:3]
        if tuple(origin) in self._checked:
            return
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise OutboundRefusedError(f"'{parts.scheme}://{host}' is not an HTTP address", hint="see the base URL")
        try:
            ipaddress.ip_address(host)
        except ValueError:
            pass
        else:
            self._connections.policy.check(host, host)
        self._checked.add(tuple(origin))


def _in_pieces(body: bytes | None) -> bytes | io.BytesIO | None:
    """A large body is written piece by piece, so that other calls go on meanwhile."""
    return body if body is None or len(body) < LARGE_BODY else io.BytesIO(body)


def _lowered(headers: Any) -> dict[str, str]:
    lowered: dict[str, str] = {}
    for name, value in _items(headers):
        key = name.lower()
        lowered[key] = f"{lowered[key]}, {value}" if key in lowered else value
    return lowered


def _items(headers: CIMultiDict[str]) -> Iterable[tuple[str, str]]:
    return headers.items()


def _shown(request: Request) -> str:
    try:
        parts = urlsplit(request.url)
    except ValueError:
        return repr(request.url[:200])
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _redirected(request: Request, status: int, location: str) -> Request:
    target = urljoin(request.url, location)
    redirected = request.copy()
    redirected.url, redirected.query = target, []
    if status == 303 or (status in (301, 302) and request.method == "POST"):
        redirected.method, redirected.body = "GET", None
    if urlsplit(target)[:2] != urlsplit(request.url)[:2]:
        # What proves who we are is for the first host only; custom key headers count as much as Authorization.
        kept = {"accept", "content-type", "user-agent"}
        redirected.headers = {name: value for name, value in request.headers.items() if name.lower() in kept}
    return redirected


_FAULTS = (aiohttp.ClientError, OSError, ValueError)
"""What the library raises; a time-out is an OSError."""
_NO_ANSWER = "no answer from {where} within {seconds:g} s"
_NO_MORE = "{where} sent nothing for {seconds:g} s in the middle of its answer"


def _meaning(error: Exception, request: Request, late: str) -> WeftlineError:
    """An error of the library as ours; ``late`` is said when the time is up."""
    where = _shown(request)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return ConnectError(
            f"no connection to {where} within {CONNECT_S:g} s",
            hint="see that the address is right and no firewall stands between",
            context={UNSENT: True},
        )
    if isinstance(error, TimeoutError):
        return RemoteTimeoutError(
            late.format(where=where, seconds=request.timeout_s),
            hint="the application is slow or the time-out too short",
        )
    if isinstance(error, aiohttp.ClientResponseError):  # the head; may hold a line of the answer, of any length
        said = " ".join(error.message.split())[:200]
        if "chunk" in said:  # the first piece of a body came broken together with its head
            return _broken(where, said)
        return UnreadableBodyError(
            f"the answer of {where} is not HTTP, or its head is too large: {said}",
            hint="see that address and port are those of the application's API",
        )
    told = refusal(error, where)
    if told is not None:
        return told
    if isinstance(error, aiohttp.ClientConnectorError):
        return ConnectError(
            f"no connection to {where}: {error.strerror or error}",
            hint="see that the address is right and the application runs",
            context={UNSENT: True},
        )
    if isinstance(error, ValueError):  # a line break in a header, a port that is none, a host with an empty part
        return RequestRejectedError(
            f"the request to {request.url[:200]!r} cannot be written: {error}",
            hint="see the address, and what is put into its headers",
        )
    return _broken(where, str(error) or type(error).__name__)


def _broken(where: str, said: str) -> ConnectError:
    return ConnectError(
        f"the connection to {where} broke before an answer came: {said}",
        hint="see that the application runs and that nothing on the way closes connections",
    )
