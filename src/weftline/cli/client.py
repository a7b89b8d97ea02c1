"""The client of the REST API: JSON in and out, problems as errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from weftline.errors import ConnectError, NotSignedInError, WeftlineError
from weftline.kernel import json

__all__ = ["Client"]

Json = Any
TIMEOUT_S = 120.0
UNREADABLE = "is it a Weftline server? check the address"


class Client:
    """One server and one key, for the length of an ``async with`` block.

    Every call gives the decoded JSON (numbers with a point as decimals) or raises: ``ConnectError`` when nothing
    answers, ``NotSignedInError`` for a wrong key, else a ``WeftlineError`` with the server's own words and, in
    ``context``, its ``code`` and ``status``.
    """

    def __init__(self, url: str, key: str | None) -> None:
        self.url = url.rstrip("/")
        self._key = key
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        headers = {"Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        self._session = aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, **query: Any) -> Json:
        """``GET path``; query values that are None are left out."""
        return await self._call("GET", path, query=query)

    async def text(self, path: str) -> str:
        """``GET path``, whose answer is text."""
        return (await self._send("GET", path)).decode()

    async def post(self, path: str, body: Json = None) -> Json:
        """``POST path`` with a JSON body."""
        return await self._call("POST", path, body={} if body is None else body)

    async def put(self, path: str, body: Json) -> Json:
        """``PUT path`` with a JSON body."""
        return await self._call("PUT", path, body=body)

    async def delete(self, path: str) -> None:
        """``DELETE path``."""
        await self._call("DELETE", path)

    async def events(self, path: str) -> AsyncIterator[tuple[str, Json]]:
        """The server's events: name and decoded data, until the server ends the stream or it breaks."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
        try:
            async with self._open.get(
                self.url + path, headers={"Accept": "text/event-stream"}, timeout=timeout
            ) as answer:
                if answer.status != 200:
                    raise _problem(answer.status, await answer.read(), self.url)
                name = "message"
                async for raw in answer.content:
                    line = raw.decode().rstrip("\r\n")
                    if line.startswith("event:"):
                        name = line[6:].strip()
                        if name == "end":
                            return
                    elif line.startswith("data:"):
                        yield name, json.decode(line[5:].strip() or "null")
                    elif not line:
                        name = "message"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unreachable(error) from None

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("enter the client with `async with` first")
        return self._session

    async def _call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Json = None
    ) -> Json:
        content = await self._send(method, path, query=query, body=body)
        if not content:
            return None
        try:
            return json.decode(content)
        except json.JSONError:
            raise ConnectError(f"{self.url} answered with something that is not JSON", hint=UNREADABLE) from None

    async def _send(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Json = None
    ) -> bytes:
        parameters = {name: str(value) for name, value in (query or {}).items() if value is not None}
        data = None if body is None else json.encode(body)
        headers = {} if data is None else {"Content-Type": "application/json"}
        try:
            async with self._open.request(
                method, self.url + path, params=parameters, data=data, headers=headers, allow_redirects=False
            ) as answer:
                content = await answer.read()
                if answer.status >= 300:
                    raise _problem(answer.status, content, self.url)
                return content
        except asyncio.CancelledError:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> ConnectError:
        reason = "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
        return ConnectError(
            f"no Weftline server answers at {self.url}: {reason}",
            hint="start one with 'weftline serve', or check --url",
        )


def _problem(status: int, content: bytes, url: str) -> WeftlineError:
    """The server's problem document as an error."""
    try:
        problem = json.decode(content)
    except json.JSONError:
        problem = None
    if not isinstance(problem, dict) or "message" not in problem:
        return ConnectError(f"{url} answered {status} without saying why", hint=UNREADABLE)
    if status == 401:
        return NotSignedInError(
            problem["message"],
            hint="give an API key with --key or WEFTLINE_API_KEY; make one with 'weftline keys create'",
        )
    context = {"code": problem.get("code", ""), "status": status} | (problem.get("context") or {})
    return WeftlineError(problem["message"], hint=problem.get("hint") or "", context=context)
