"""What all database transports share: an engine of SQLAlchemy Core, driven from threads.

``QUERY`` reads within a transaction that only reads and is rolled back, ``EXECUTE``, ``INSERT`` and ``UPSERT`` write
in one transaction of their own, a list of their bodies as well. Values are always bound. A kind says how to connect,
how its server ends a statement in time, and what its errors mean.
"""

from __future__ import annotations

import asyncio
import threading
import time
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal, Self, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel

from weftline.errors import (
    ConnectError,
    MissingExtraError,
    RemoteTimeoutError,
    RequestRejectedError,
    TooLargeError,
    WeftlineError,
)
from weftline.kernel import json
from weftline.model import Document, Request, Response, Streamed, field
from weftline.transports.base import Connections, Login, Transport
from weftline.transports.policy import OutboundPolicy, checked_address
from weftline.transports.sql_errors import Meaning, busy, explained, said
from weftline.transports.sql_many import each, together
from weftline.transports.sql_requests import Execute, Query, Upsert, Write, asked
from weftline.transports.sql_rows import BATCH, Rows
from weftline.transports.sql_statements import query_text, run
from weftline.transports.sql_tables import Tables
from weftline.transports.sql_text import is_read

T = TypeVar("T")

HEADERS = {"content-type": "application/json"}
GRACE_S = 10.0
"""What a server has, beyond a statement's time, to say that it ended it."""

Security = Literal["verify", "encrypt", "none (unencrypted)"]


class SqlConfig(Document):
    """Where the database answers, and how much is asked of it at once."""

    host: str = field(title="Host", example="db.example.com", min_length=1)
    port: int = field(title="Port", ge=1, le=65535)
    database: str = field(title="Database", example="shop", min_length=1)
    security: Security = field(
        "verify",
        title="Security",
        description="verify: TLS, and the server's certificate is proven; encrypt: TLS with whoever answers; "
        "none (unencrypted): everybody on the way may read",
    )
    connect_timeout_s: float = field(10.0, title="Time to connect", description="In seconds", ge=2, le=300)
    timeout_s: float = field(60.0, title="Time for a statement", description="Seconds; the server ends it", gt=0)
    pool_size: int = field(5, title="Connections", description="Open at once, per process", ge=1, le=100)
    max_answer_bytes: int = field(
        64 * 1024 * 1024, title="Largest answer", description="Of one page, in bytes", ge=1024, advanced=True
    )


class SqlTransport(Transport):
    """One database. Subclasses give ``driver`` and ``extra``, :meth:`connect`, :meth:`begin` and :meth:`meaning`."""

    Config: ClassVar[type[BaseModel]] = SqlConfig
    driver: ClassVar[str]
    """Dialect and driver as SQLAlchemy names them."""
    extra: ClassVar[str] = ""
    """The extra that brings the driver, unless it is always there."""

    def __init__(
        self, config: SqlConfig, policy: OutboundPolicy | None = None, login: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(config)
        self._policy = policy or OutboundPolicy()
        self.login: Mapping[str, str] = login or {}
        self.where = f"{config.host}:{config.port}"
        self._tables = Tables()
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()
        self._folder: TemporaryDirectory[str] | None = None
        self._threads = ThreadPoolExecutor(config.pool_size, thread_name_prefix=self.kind)

    @classmethod
    def build(cls, config: Any, connections: Connections, login: Login) -> Self:
        """One that connects when it is first used."""
        return cls(config, connections.policy, login.login())

    # --- what a kind says ---

    @abstractmethod
    def connect(self, address: str, dialect: sa.Dialect, arguments: dict[str, Any]) -> Any:
        """A driver's connection to an address that the policy allows; TLS proves ``config.host``."""

    @abstractmethod
    def begin(self, connection: sa.Connection, timeout_s: float, *, reads: bool) -> None:
        """At the begin of a transaction: how long a statement may take, and whether it only reads."""

    @abstractmethod
    def meaning(self, error: BaseException) -> Meaning | None:
        """The class that a driver's error belongs to, if its number tells; None leaves it to the error's own."""

    def leave(self, connection: sa.Connection, result: sa.CursorResult[Any]) -> None:
        """Let go of a result that was not read to its end."""
        result.close()

    def url(self) -> sa.URL:
        """Where the engine connects, but for the address."""
        return sa.URL.create(
            self.driver, self.login.get("username"), self.login.get("password"), self.config.host, self.config.port,
            self.config.database,
        )  # fmt: skip

    def engine_options(self) -> dict[str, Any]:
        """What else the engine is told."""
        return {}

    def file(self, name: str, text: str) -> str:
        """A file that only we may read, for drivers that know no other way; gone when the transport closes."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="weftline-")
        path = Path(self._folder.name, name)
        path.touch(mode=0o600)
        path.write_text(text)
        return str(path)

    # --- the contract ---

    async def send(self, request: Request) -> Response:
        """Rows as a JSON list for QUERY; ``{"rows": n}`` for the verbs that write.

        To a list of bodies ``{"answers": [{"ok": true}, {"ok": false, "message": ...}]}``: what the database refuses
        of it keeps the rest from nothing.
        """
        began = time.monotonic()
        wanted = asked(request)
        if isinstance(wanted, Query):
            async with self.open(request) as answer:
                body = await self._whole(answer.pieces)
        elif isinstance(wanted, list):
            answers = await self._in_thread(request.timeout_s, lambda: self._write_all(wanted, request.timeout_s))
            body = json.encode({"answers": answers})
        else:
            rows = await self._in_thread(request.timeout_s, lambda: self._write(wanted, request.timeout_s))
            body = json.encode({"rows": rows})
        return Response(200, dict(HEADERS), body, time.monotonic() - began)

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[Streamed]:
        """The rows as they come from the server, a few hundred at a time."""
        wanted = asked(request)
        if not isinstance(wanted, Query):
            async with super().open(request) as whole:
                yield whole
            return
        timeout_s, engine = request.timeout_s, self.engine
        rows = Rows(self.leave)

        def begin() -> None:
            rows.open(engine, lambda connection: self._select(connection, wanted, timeout_s))

        async def pieces() -> AsyncIterator[bytes]:
            yield b"["
            separator = b""
            while batch := await self._in_thread(timeout_s, rows.batch):
                yield separator + batch
                separator = b","
            yield b"]"

        try:
            await self._in_thread(timeout_s + self.config.connect_timeout_s, begin)
            yield Streamed(200, dict(HEADERS), pieces())
        finally:
            await self._in_thread(timeout_s, rows.close, surely=True)

    async def close(self) -> None:
        """Let go of the connections."""
        engine, self._engine = self._engine, None
        if engine is not None:
            ending = threading.Thread(target=self._end, args=(engine,), daemon=True)
            ending.start()
            await asyncio.to_thread(ending.join, 1.0)
        self._threads.shutdown(wait=False)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _end(self, engine: sa.Engine) -> None:
        """Close the connections: those that are idle, then those of threads for which nobody waits any more."""
        pool = engine.pool
        engine.dispose()
        self._threads.shutdown()
        pool.dispose()

    # --- in threads ---

    @property
    def engine(self) -> sa.Engine:
        """The engine, made when it is first asked for; :class:`MissingExtraError` without its driver."""
        with self._lock:
            if self._engine is None:
                try:
                    self._engine = sa.create_engine(
                        self.url(), pool_size=self.config.pool_size, max_overflow=0, pool_pre_ping=True,
                        pool_timeout=self.config.timeout_s, pool_recycle=1800, hide_parameters=True,
                        **self.engine_options(),
                    )  # fmt: skip
                except ModuleNotFoundError:
                    raise MissingExtraError(self.extra, self.title) from None
                sa.event.listen(self._engine, "do_connect", self._connect)
            return self._engine

    def _connect(self, dialect: sa.Dialect, record: Any, places: Any, arguments: dict[str, Any]) -> Any:
        """A connection for the pool, to an address that was held against the policy just now."""
        address = asyncio.run(checked_address(self._policy, self.config.host, self.config.port))
        try:
            return self.connect(address, dialect, arguments)
        except WeftlineError:
            raise
        except Exception as error:  # drivers raise what they like
            raise said(self.meaning(error) or ConnectError, self.where, error, unsent=True) from None

    def _select(self, connection: sa.Connection, wanted: Query, timeout_s: float) -> sa.CursorResult[Any]:
        self.begin(connection, timeout_s, reads=True)
        # A cursor on the server is for what reads and nothing else.
        cursor = bool(wanted.table) or is_read(wanted.sql)
        options = {"stream_results": cursor, "max_row_buffer": BATCH}
        if wanted.table:
            return connection.execute(self._tables.page(connection, wanted), execution_options=options)
        statement, values = query_text(wanted.sql, wanted.values, connection.dialect)
        return connection.execute(statement, values, execution_options=options)

    def _write(self, wanted: Write, timeout_s: float) -> int:
        with self._writing([wanted]), self.engine.begin() as connection:
            self.begin(connection, timeout_s, reads=False)
            return self._do(connection, wanted)

    def _write_all(self, wanted: list[Write], timeout_s: float) -> list[dict[str, Any]]:
        """All of them with as few statements as can be; if one is refused, each for itself."""
        try:
            with self._writing(wanted), self.engine.begin() as connection:
                self.begin(connection, timeout_s, reads=False)
                for one in together(wanted):
                    self._do(connection, one)
                return [{"ok": True} for _ in wanted]
        except RequestRejectedError:
            pass
        with self._writing(wanted), self.engine.begin() as connection:
            self.begin(connection, timeout_s, reads=False)
            return each(connection, wanted, self._do, self._writing)

    def _do(self, connection: sa.Connection, wanted: Write) -> int:
        if isinstance(wanted, Execute):
            return run(connection, wanted)
        if isinstance(wanted, Upsert):
            return self._tables.upsert(connection, wanted)
        return self._tables.insert(connection, wanted)

    def _writing(self, wanted: list[Write]) -> AbstractContextManager[None]:
        """Errors explained. What the server refused of rows it has taken back; a statement may commit by itself."""
        return explained(self.where, self.meaning, undone=not any(isinstance(one, Execute) for one in wanted))

    async def _in_thread(self, timeout_s: float, work: Callable[[], T], *, surely: bool = False) -> T:
        """Work of a thread, its errors explained. Cancelled, or out of time, the thread comes to its own end; what
        none has begun by then is never begun, unless it must be done ``surely``."""

        def explaining() -> T:
            with explained(self.where, self.meaning):
                return work()

        submitted = self._threads.submit(explaining)
        doing = asyncio.wrap_future(submitted)
        try:
            return await asyncio.wait_for(asyncio.shield(doing), timeout_s + GRACE_S)
        except (TimeoutError, asyncio.CancelledError) as error:
            doing.add_done_callback(lambda done: done.cancelled() or done.exception())
            waited = not surely and submitted.cancel()
            if isinstance(error, asyncio.CancelledError):
                raise
            if waited:
                raise busy(self.where) from None
            raise RemoteTimeoutError(f"{self.where} did not answer within {timeout_s:g} seconds") from None

    async def _whole(self, pieces: AsyncIterator[bytes]) -> bytes:
        body = bytearray()
        async for piece in pieces:
            body += piece
            if len(body) > self.config.max_answer_bytes:
                raise TooLargeError(
                    f"the rows are more than {self.config.max_answer_bytes:,} bytes",
                    hint="read them in pages with :limit, or raise max_answer_bytes",
                )
        return bytes(body)
