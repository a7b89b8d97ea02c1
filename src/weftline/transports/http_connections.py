"""The process's HTTP connections, held to the outbound policy."""

from __future__ import annotations

import socket

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from weftline.transports.policy import OutboundPolicy

CONNECT_S = 30.0
LONGEST_HEADER = 64 * 1024
"""Bytes of one header line; a longer one is an answer that cannot be read."""


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
                # The library takes a gzip that breaks off for a whole one: see http_body.
                auto_decompress=False,
                headers={"User-Agent": "Weftline", "Accept-Encoding": "gzip, deflate"},
                # Each request has its own time-out; a second timer for each would only cost.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                max_line_size=LONGEST_HEADER,
                max_field_size=LONGEST_HEADER,
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
