"""A twin of the database transports, in memory."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel

from weftline.errors import RemoteFaultError, RemoteTimeoutError, RequestRejectedError
from weftline.kernel import json
from weftline.model import field
from weftline.transports.sql import SqlConfig, SqlTransport
from weftline.transports.sql_errors import Meaning


class MemorySqlConfig(SqlConfig):
    """Nothing has to be said."""

    host: str = field("memory.invalid", title="Host")
    port: int = field(1, title="Port")
    database: str = field(":memory:", title="Database")


class MemorySqlTransport(SqlTransport):
    """A database in memory, as long as the transport is open; for tests of what is built on the verbs."""

    kind: ClassVar[str] = "memory_sql"
    title: ClassVar[str] = "Memory (SQL)"
    Config: ClassVar[type[BaseModel]] = MemorySqlConfig
    driver: ClassVar[str] = "sqlite"

    def url(self) -> sa.URL:
        """A file of the moment: unlike what SQLite calls memory, several connections may share it."""
        return sa.URL.create("sqlite", database=self.file("twin.db", ""))

    def engine_options(self) -> dict[str, Any]:
        """JSON columns with exact numbers."""
        return {"json_deserializer": json.decode, "json_serializer": json.encode_text}

    def connect(self, address: str, dialect: sa.Dialect, arguments: dict[str, Any]) -> Any:
        """There is no address."""
        return dialect.connect(address, **arguments)

    def _connect(self, dialect: sa.Dialect, record: Any, places: Any, arguments: dict[str, Any]) -> Any:
        return self.connect(str(places[0]), dialect, arguments | {"check_same_thread": False})

    def begin(self, connection: sa.Connection, timeout_s: float, *, reads: bool) -> None:
        """It stops by itself once the time is over."""
        until = time.monotonic() + timeout_s
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(lambda: time.monotonic() > until, 1000)
        connection.exec_driver_sql(f"PRAGMA query_only = {'on' if reads else 'off'}")

    def meaning(self, error: BaseException) -> Meaning | None:
        """Two are not about the statement."""
        words = str(error)
        if "interrupted" in words:
            return RemoteTimeoutError
        return RemoteFaultError if "locked" in words else RequestRejectedError
