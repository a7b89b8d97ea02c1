"""A server on raw sockets that misbehaves as it is told: nothing here corrects what a real library would.

``answers[path]`` is what a request to that path gets: bytes are written as they are, a number is a pause in seconds,
ENDLESS writes chunks for as long as anyone reads, RESET breaks the connection off; then it is closed. A function of
the request (and how often the path was asked before) may give such a list, or say KEEP at its end: the connection
stays open for another request.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self
from urllib.parse import parse_qsl

from weftline.kernel import json


@dataclass(frozen=True)
class Told:
    """Something that cannot be said in bytes."""

    word: str


@dataclass
class Seen:
    """A request that arrived whole."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    times: int = 0
    """How often its path was asked before."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2]))


Part = bytes | float | Told
Script = Sequence[Part] | Callable[[Seen], Sequence[Part]]


@dataclass
class FaultServer:
    """Listens on a free port of loopback while it is entered."""

    ENDLESS: ClassVar[Told] = Told("endless")
    RESET: ClassVar[Told] = Told("reset")
    KEEP: ClassVar[Told] = Told("keep")

    answers: dict[str, Script] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    open: int = 0
    written: int = 0
    url: str = ""

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def paths(self) -> list[str]:
        """The paths that were asked for, in their order."""
        return [seen.path for seen in self.seen]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._answer(await _read(reader), writer):
                    pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, seen: Seen, writer: asyncio.StreamWriter) -> bool:
        seen.times = self.paths().count(seen.path)
        self.seen.append(seen)
        script = self.answers.get(seen.path, [*whole(404, {"error": f"nothing is told for {seen.path}"})])
        for part in script(seen) if callable(script) else script:
            if isinstance(part, bytes):
                await self._write(writer, part)
            elif isinstance(part, float | int):
                await asyncio.sleep(part)
            elif part is self.KEEP:
                return True
            elif part is self.RESET:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
            else:
                while True:
                    await self._write(writer, b"10000\r\n" + b"x" * 65536 + b"\r\n")
        return False

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        writer.write(data)
        await writer.drain()
        self.written += len(data)


async def _read(reader: asyncio.StreamReader) -> Seen:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, target, headers, body)


def head(status: int = 200, headers: Mapping[str, str] | None = None, version: str = "1.1") -> bytes:
    """A status line and headers, and the empty line."""
    lines = [f"HTTP/{version} {status} Word", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def whole(status: int, value: object, headers: Mapping[str, str] | None = None) -> Iterator[Part]:
    """A good answer in JSON, on a connection that stays open."""
    body = json.encode(value)
    given = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    yield head(status, given | dict(headers or {})) + body
    yield FaultServer.KEEP


def chunked(body: bytes, size: int) -> Iterator[bytes]:
    """The body in chunks, for a head that says so."""
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
