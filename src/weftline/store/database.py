"""The database: one door for reads and one for writes, alike for SQLite and PostgreSQL.

Work is a plain function of a SQLAlchemy connection; it runs in a thread, inside one transaction, so several store
functions compose into one commit. SQLite has exactly one writer thread, which gathers all work that waits into one
commit (each piece in its own savepoint): many small writers then cost one fsync. PostgreSQL has a pool.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from weftline.errors import SettingsError, StorageError

T = TypeVar("T")
Work = Callable[[Connection], T]

READERS = 4
GATHER = 64
"""Pieces of work that one SQLite commit may gather; bounds how long the first of them waits."""


def open_engine(url: str) -> sa.Engine:
    """A SQLAlchemy engine with the pragmas and pool that Weftline needs; ``sqlite:///file`` or ``postgresql://``."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite_engine(parsed)
        case "postgresql":
            return sa.create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_size=8, max_overflow=4, pool_pre_ping=True
            )
        case other:
            raise SettingsError(
                f"the database '{other}' is not known", hint="use sqlite:///path or postgresql://user@host/name"
            )


def _sqlite_engine(url: URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise SettingsError("SQLite needs a file", hint="use sqlite:///path/to/weftline.db")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, poolclass=sa.QueuePool, pool_size=READERS + 2, connect_args={"check_same_thread": False, "timeout": 30}
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Transactions are begun by us (IMMEDIATE for writers), never half-heartedly by the driver.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "cache_size=-8000",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


class Database:
    """Runs work in transactions. ``read`` must not write; ``write`` commits or leaves nothing."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._readers = ThreadPoolExecutor(READERS if self.is_sqlite else 8, thread_name_prefix="store-read")
        self._writer = _Writer(engine) if self.is_sqlite else None

    @classmethod
    def open(cls, url: str) -> Database:
        """Open by URL; see :func:`open_engine`."""
        return cls(open_engine(url))

    async def read(self, work: Work[T]) -> T:
        """The result of ``work`` in a read transaction."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work)

    async def write(self, work: Work[T]) -> T:
        """The result of ``work`` once it is committed (and, with SQLite, on disk)."""
        if self._writer is not None:
            return await asyncio.wrap_future(self._writer.submit(work))
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.write_now, work)

    def read_now(self, work: Work[T]) -> T:
        """As :meth:`read`, in this thread."""
        try:
            with self.engine.connect() as connection, connection.begin():
                return work(connection)
        except OperationalError as error:
            raise _unavailable(error) from error

    def write_now(self, work: Work[T]) -> T:
        """As :meth:`write`, in this thread (command line, start-up)."""
        if self._writer is not None:
            return self._writer.submit(work).result()
        try:
            with self.engine.begin() as connection:
                return work(connection)
        except OperationalError as error:
            raise _unavailable(error) from error

    def close(self) -> None:
        """Finish what is under way and close every connection."""
        if self._writer is not None:
            self._writer.close()
        self._readers.shutdown(wait=True)
        self.engine.dispose()


class _Writer:
    """SQLite's one writer thread; gathers waiting work into one commit."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine.execution_options(begin="IMMEDIATE")
        self._waiting: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._closing = False
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._loop, name="store-write", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        future: Future[T] = Future()
        with self._door:
            # Work that came after the end would wait for ever, and with it whoever asked.
            if self._closing:
                future.set_exception(StorageError("the store is closed", hint="the process is about to end"))
            else:
                self._waiting.put((work, future))
        return future

    def close(self) -> None:
        with self._door:
            self._closing = True
            self._waiting.put(None)
        self._thread.join()

    def _loop(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None:
                return
            gathered = [first]
            closing = False
            while len(gathered) < GATHER:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    closing = True
                    break
                gathered.append(more)
            self._commit(gathered)
            if closing:
                return

    def _commit(self, gathered: list[tuple[Work[Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._engine.connect() as connection, connection.begin():
                for work, future in gathered:
                    if not future.set_running_or_notify_cancel():
                        continue
                    done.append((future, *_run_in_savepoint(connection, work)))
        except BaseException as error:  # the commit itself failed: nobody's work is durable
            for future, _, own_error in done:
                future.set_exception(own_error or _unavailable(error))
            for _, future in gathered[len(done) :]:
                if not future.done():
                    future.set_exception(_unavailable(error))
            return
        for future, result, own_error in done:
            if own_error is not None:
                future.set_exception(own_error)
            else:
                future.set_result(result)


def _run_in_savepoint(connection: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    try:
        with connection.begin_nested():
            return work(connection), None
    except Exception as error:
        if isinstance(error, OperationalError):
            return None, _unavailable(error)
        return None, error


def _unavailable(error: BaseException) -> StorageError:
    reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return StorageError(f"the database does not answer: {reason}", hint="see that it runs and has room; work resumes")
