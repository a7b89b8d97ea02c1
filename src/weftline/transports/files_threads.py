"""Files over blocking drivers: a few connections kept open, used from threads."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import posixpath
import time
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel

from weftline.errors import ConnectError, RemoteTimeoutError, RequestRejectedError, WeftlineError
from weftline.kernel import json
from weftline.model import Request, Response, Streamed, field
from weftline.transports.base import UNSENT, Connections, Login, Transport
from weftline.transports.files import Delete, File, FilesConfig, List, Move, Read, asked, headers, missing, too_large
from weftline.transports.files_drive import Drive, delete, move, write
from weftline.transports.policy import OutboundPolicy, checked_address

T = TypeVar("T")

IDLE_S = 60.0
"""A connection that nobody uses is closed after this long."""


class FileServerConfig(FilesConfig):
    """Where the server answers."""

    host: str = field(title="Host", example="files.example.com", min_length=1)
    port: int = field(title="Port", ge=1, le=65535)
    connect_timeout_s: float = field(10.0, title="Time to connect", description="In seconds", gt=0, le=300)
    connections: int = field(3, title="Connections", description="Open at once, per process", ge=1, le=50)


class FileServerTransport(Transport):
    """Files on a server that is logged in to. A kind gives :meth:`connect`."""

    Config: ClassVar[type[BaseModel]] = FileServerConfig
    config: FileServerConfig

    def __init__(
        self, config: FileServerConfig, policy: OutboundPolicy | None = None, login: Login | None = None
    ) -> None:
        super().__init__(config)
        self._policy = policy or OutboundPolicy()
        self._login = login
        self.where = f"{config.host}:{config.port}"
        self._idle: list[tuple[Drive, asyncio.TimerHandle]] = []
        self._closing: set[asyncio.Future[None]] = set()
        self._free = asyncio.Semaphore(config.connections)
        # One more, so that a thread that still waits for a lost connection is in nobody's way.
        self._threads = ThreadPoolExecutor(config.connections + 1, thread_name_prefix=self.kind)

    @classmethod
    def build(cls, config: Any, connections: Connections, login: Login) -> Self:
        """One that connects when it is first used."""
        return cls(config, connections.policy, login)

    @abstractmethod
    def connect(self, address: str, login: Mapping[str, str]) -> Drive:
        """A connection to an address that the policy allows, logged in; blocking."""

    async def send(self, request: Request) -> Response:
        """What :mod:`weftline.transports.files` says."""
        began = time.monotonic()
        wanted = asked(request)
        head, body = {"content-type": "application/json"}, b"{}"
        try:
            async with asyncio.timeout(request.timeout_s):
                if isinstance(wanted, Read):
                    async with self.open(request) as streamed:
                        head, body = streamed.headers, await self._whole(wanted.path, streamed.pieces)
                else:
                    async with self._drive() as drive:
                        body = await self._in_thread(drive, lambda: self._do(drive, wanted), wanted.path)
        except TimeoutError:
            raise self._late(request) from None
        return Response(200, head, body, time.monotonic() - began, request.url)

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[Streamed]:
        """A file in pieces; the time-out is for its begin, then for each piece."""
        wanted = asked(request)
        if not isinstance(wanted, Read):
            async with super().open(request) as whole:
                yield whole
            return
        path = self._root(wanted.path)
        async with self._drive(request) as drive:
            try:
                async with asyncio.timeout(request.timeout_s):
                    file = await self._in_thread(drive, lambda: drive.find(path), wanted.path)
            except TimeoutError:
                raise self._late(request) from None
            if file is None:
                raise missing(wanted.path, self.where)
            drive.busy = True
            pieces = self._pieces(drive, path, file, request)
            try:
                yield Streamed(200, headers(file), pieces, request.url)
            finally:
                with contextlib.suppress(RuntimeError):  # a reader that was stopped in the middle of a piece
                    await pieces.aclose()
                if drive.busy:
                    self._let_go(drive)

    async def close(self) -> None:
        """Hang up."""
        idle, self._idle = self._idle, []
        for drive, timer in idle:
            timer.cancel()
            self._let_go(drive)
        await asyncio.gather(*self._closing)
        self._threads.shutdown(wait=False)

    # --- in threads ---

    def _do(self, drive: Drive, wanted: Any) -> bytes:
        config = self.config
        if isinstance(wanted, List):
            return wanted.answer(drive.files(self._root(wanted.path), wanted.wants), config.settle_s)
        if isinstance(wanted, Delete):
            delete(drive, wanted, self._root)
            return b"{}"
        if isinstance(wanted, Move):
            return json.encode({"path": move(drive, wanted, self.where, self._root)})
        path = write(drive, wanted, self.where, self._root, create_folders=config.create_folders)
        return json.encode({"path": path})

    async def _pieces(self, drive: Drive, path: str, file: File, request: Request) -> AsyncGenerator[bytes, None]:
        left = file.size
        iterator = drive.pieces(path)
        following = functools.partial(next, iterator, b"")
        while True:
            try:
                async with asyncio.timeout(request.timeout_s):
                    piece = await self._in_thread(drive, following, path)
            except TimeoutError:
                raise self._late(request) from None
            if not piece:
                break
            left -= len(piece)
            yield piece
        if left > 0:
            raise ConnectError(f"'{path}' on {self.where} ended {left:,} bytes too early", hint="it is read again")
        drive.busy = False

    @asynccontextmanager
    async def _drive(self, request: Request | None = None) -> AsyncIterator[Drive]:
        """A connection, ours alone; given back unless it broke."""
        async with self._free:
            try:
                async with asyncio.timeout(request.timeout_s if request else None):
                    drive = await self._kept() or await self._connected()
            except TimeoutError:
                raise self._late(request) from None
            try:
                yield drive
            except RequestRejectedError:
                self._keep(drive)
                raise
            except BaseException:
                self._let_go(drive)
                raise
            self._keep(drive)

    async def _kept(self) -> Drive | None:
        while self._idle:
            drive, timer = self._idle.pop()
            timer.cancel()
            if await self._in_thread(drive, drive.alive):
                return drive
            self._let_go(drive)
        return None

    def _keep(self, drive: Drive) -> None:
        if drive.gone:
            return

        def expire() -> None:
            self._idle = [pair for pair in self._idle if pair[0] is not drive]
            self._let_go(drive)

        self._idle.append((drive, asyncio.get_running_loop().call_later(IDLE_S, expire)))

    def _let_go(self, drive: Drive) -> None:
        """Hang up; in a thread, since drivers wait for their own."""
        if not drive.gone:
            drive.gone = True
            closing = asyncio.get_running_loop().run_in_executor(None, drive.close)
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def _connected(self) -> Drive:
        address = await checked_address(self._policy, self.config.host, self.config.port)
        login = self._login.login() if self._login else {}
        connecting = asyncio.get_running_loop().run_in_executor(self._threads, self._connect, address, login)
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            connecting.add_done_callback(lambda done: None if done.exception() else self._let_go(done.result()))
            raise

    def _connect(self, address: str, login: Mapping[str, str]) -> Drive:
        try:
            return self.connect(address, login)
        except WeftlineError:
            raise
        except Exception as error:  # drivers raise what they like
            raise ConnectError(
                f"no connection to {self.where}: {_words(error)}",
                hint="see that host and port are right, and that the server runs",
                context={UNSENT: True},
            ) from None

    async def _in_thread(self, drive: Drive, work: Callable[[], T], path: str = "") -> T:
        """Work of a thread, its errors explained. Cancelled, it ends because its connection does."""

        def explained() -> T:
            try:
                return work()
            except WeftlineError:
                raise
            except Exception as error:  # drivers raise what they like
                raise self._meaning(drive, error, path) from None

        doing = asyncio.get_running_loop().run_in_executor(self._threads, explained)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            self._let_go(drive)
            doing.add_done_callback(lambda done: done.exception())
            raise

    def _meaning(self, drive: Drive, error: Exception, path: str) -> WeftlineError:
        if isinstance(error, FileNotFoundError):
            return missing(path, self.where)
        if isinstance(error, TimeoutError):
            drive.close()
            return RemoteTimeoutError(f"{self.where} did not answer in time")
        if not isinstance(error, OSError) or isinstance(error, ConnectionError) or not drive.alive():
            drive.close()
            return ConnectError(
                f"the connection to {self.where} broke: {_words(error)}", hint="see that the server runs"
            )
        return RequestRejectedError(
            f"{self.where} refused: {_words(error)}",
            hint="see what the login may do there, and that the disk has room",
        )

    # --- small things ---

    def _root(self, path: str) -> str:
        """A path as the server knows it."""
        return posixpath.join(self.config.folder, path).rstrip("/") or ("/" if self.config.folder else ".")

    def _late(self, request: Request | None) -> RemoteTimeoutError:
        spent = f" within {request.timeout_s:g} seconds" if request else " in time"
        return RemoteTimeoutError(f"{self.where} did not answer{spent}", hint="it is slow, or the time-out too short")

    async def _whole(self, path: str, pieces: AsyncIterator[bytes]) -> bytes:
        body = bytearray()
        async for piece in pieces:
            body += piece
            if len(body) > self.config.max_answer_bytes:
                raise too_large(path, self.config.max_answer_bytes)
        return bytes(body)


def _words(error: Exception) -> str:
    return " ".join(str(getattr(error, "strerror", None) or error).split())[:300] or type(error).__name__
