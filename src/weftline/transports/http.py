"""HTTP on aiohttp: the only file that knows it."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import time
from collections.abc import Iterable
from typing import Any, ClassVar, Self
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict
from pydantic import BaseModel
from yarl import URL

from weftline.errors import (
    ConnectError,
    OutboundRefusedError,
    RemoteTimeoutError,
    RequestRejectedError,
    UnreadableBodyError,
)
from weftline.model import Document, Request, Response, field
from weftline.transports.base import UNSENT, Login, Transport
from weftline.transports.policy import OutboundPolicy

REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 5
CONNECT_S = 30.0

_NOT_IN_A_URL = re.compile(r"[^!-~]")


class HttpConfig(Document):
    """Where the application answers, and the limits of an answer."""

    base_url: str = field(title="Base URL", description="May be a template", example="https://api.example")
    timeout_s: float = field(30.0, title="Time-out", description="Seconds for a whole request", gt=0, le=3600)
    headers: dict[str, str] = field(dict, title="Headers", description="Sent with every request")
    max_response_bytes: int = field(
        64 * 1024 * 1024, title="Largest answer", description="Bytes", ge=1, advanced=True
    )


class HttpConnections:
    """The process's connections; one for all instances, made at first use on the running loop."""

    def __init__(self, policy: OutboundPolicy) -> None:
        self.policy = policy
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """The client session."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                # How many calls go at once is the business of pacing and pools, not of the socket layer.
                connector=aiohttp.TCPConnector(limit=0, resolver=_Resolver(self.policy), ttl_dns_cache=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
                headers={"User-Agent": "Weftline"},
                # Each request has its own time-out; a second timer for each would only cost.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
            )
            # Left on, the library itself repeats a request whose connection broke: unseen by the ledger, and with
            # the same signature, whose nonce the application then refuses as a wrong credential.
            self._session._retry_connection = False
        return self._session

    async def close(self) -> None:
        """Close them all."""
        if self._session is not None:
            await self._session.close()
            self._session = None


class _Resolver(AbstractResolver):
    """Resolves names and holds every address against the policy, so that a name cannot hide one."""

    def __init__(self, policy: OutboundPolicy) -> None:
        self._policy = policy
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for result in found:
            self._policy.check(host, result["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()


class HttpTransport(Transport):
    """HTTP and HTTPS."""

    kind: ClassVar[str] = "http"
    title: ClassVar[str] = "HTTP"
    Config: ClassVar[type[BaseModel]] = HttpConfig
    config: HttpConfig

    def __init__(self, config: HttpConfig, connections: HttpConnections) -> None:
        super().__init__(config)
        self._connections = connections
        self._checked: set[tuple[str, ...]] = set()

    @classmethod
    def build(cls, config: HttpConfig, connections: Any, login: Login) -> Self:
        return cls(config, connections)

    async def send(self, request: Request) -> Response:
        """The answer; redirects are followed here, without credentials once the host changes."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(request.timeout_s):
                response = await self._once(request)
                redirects = 0
                while response.status in REDIRECTS and "location" in response.headers:
                    redirects += 1
                    if redirects > MOST_REDIRECTS:
                        raise OutboundRefusedError(
                            f"{_shown(request)} redirects more than {MOST_REDIRECTS} times", hint="see the base URL"
                        )
                    request = _redirected(request, response)
                    response = await self._once(request)
        except aiohttp.ConnectionTimeoutError:
            raise ConnectError(
                f"no connection to {_shown(request)} within {CONNECT_S:g} s",
                hint="see that the address is right and no firewall stands between",
                context={UNSENT: True},
            ) from None
        except TimeoutError:
            raise RemoteTimeoutError(
                f"no answer from {_shown(request)} within {request.timeout_s:g} s",
                hint="the application is slow or the time-out too short",
            ) from None
        except aiohttp.ClientConnectorError as error:
            raise ConnectError(
                f"no connection to {_shown(request)}: {error.strerror or error}",
                hint="see that the address is right and the application runs",
                context={UNSENT: True},
            ) from None
        except ValueError as error:  # a header with a line break, a port that is none, a host with an empty part
            raise RequestRejectedError(
                f"the request to {request.url[:200]!r} cannot be written: {error}",
                hint="see the address, and what is put into its headers",
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectError(
                f"the connection to {_shown(request)} broke before an answer came: {error or type(error).__name__}",
                hint="see that the application runs and that nothing on the way closes connections",
            ) from None
        response.elapsed_s = time.monotonic() - started
        return response

    async def _once(self, request: Request) -> Response:
        address = request.url
        if request.query:
            address += ("&" if "?" in address else "?") + urlencode(request.query)
        if _NOT_IN_A_URL.search(address):  # a space or a line break would end the request's first line
            address = str(URL(address))
        self._check_literal(address)
        url = URL(address, encoded=True)
        session = self._connections.session()
        async with session.request(
            request.method, url, headers=request.headers, data=request.body, allow_redirects=False
        ) as answer:
            body = await self._read(answer, request)
            return Response(answer.status, _lowered(answer.headers), body, url=address)

    async def _read(self, answer: aiohttp.ClientResponse, request: Request) -> bytes:
        limit = self.config.max_response_bytes
        length = answer.content_length
        if length is not None and length <= limit and "Content-Encoding" not in answer.headers:
            return await answer.read()
        pieces: list[bytes] = []
        size = 0
        if length is None or length <= limit:
            async for piece in answer.content.iter_any():
                size += len(piece)
                if size > limit:
                    break
                pieces.append(piece)
            else:
                return b"".join(pieces)
        answer.close()
        raise UnreadableBodyError(
            f"the answer of {_shown(request)} is larger than {limit:,} bytes",
            hint="ask for less at once, or raise the transport's max_response_bytes",
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


def _lowered(headers: Any) -> dict[str, str]:
    lowered: dict[str, str] = {}
    for name, value in _items(headers):
        key = name.lower()
        lowered[key] = f"{lowered[key]}, {value}" if key in lowered else value
    return lowered


def _items(headers: CIMultiDict[str]) -> Iterable[tuple[str, str]]:
    return headers.items()


def _shown(request: Request) -> str:
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _redirected(request: Request, response: Response) -> Request:
    target = urljoin(request.url, response.headers["location"])
    redirected = request.copy()
    redirected.url, redirected.query = target, []
    if response.status == 303 or (response.status in (301, 302) and request.method == "POST"):
        redirected.method, redirected.body = "GET", None
    if urlsplit(target)[:2] != urlsplit(request.url)[:2]:
        # What proves who we are is for the first host only; custom key headers count as much as Authorization.
        kept = {"accept", "content-type", "user-agent"}
        redirected.headers = {name: value for name, value in request.headers.items() if name.lower() in kept}
    return redirected
