"""Rows on their way out of a database, a few hundred at a time. Synchronous, but may be closed from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from weftline.errors import RequestRejectedError
from weftline.kernel import json
from weftline.transports.sql_values import shown

BATCH = 250
"""Rows held in memory at once."""


class Rows:
    """One result, with the connection that it is read from. Its transaction is rolled back in the end."""

    def __init__(self, leave: Callable[[sa.Connection, sa.CursorResult[Any]], None]) -> None:
        self._leave = leave
        # Whoever waits may be cancelled while a thread still reads: closing waits for that thread.
        self._lock = threading.Lock()
        self._connection: sa.Connection | None = None
        self._result: sa.CursorResult[Any] | None = None
        self._names: list[str] = []
        self._closed = False

    def open(self, engine: sa.Engine, select: Callable[[sa.Connection], sa.CursorResult[Any]]) -> None:
        """Connect, and begin to read."""
        with self._lock:
            if self._closed:
                return
            self._connection = engine.connect()
            self._result = result = select(self._connection)
            if not result.returns_rows:
                raise RequestRejectedError("the statement reads nothing", hint="send what writes with EXECUTE")
            self._names = [str(name) for name in result.keys()]  # noqa: SIM118 - not a mapping
            for name in self._names:
                if self._names.count(name) > 1:
                    raise RequestRejectedError(
                        f"two columns of the result are named '{name}'", hint="give one another name with AS"
                    )

    def batch(self) -> bytes:
        """The next rows as JSON objects with commas between; nothing at the end."""
        with self._lock:
            if self._result is None:
                return b""
            rows = self._result.fetchmany(BATCH)
            if not rows:
                self._result = None
            records = [dict(zip(self._names, map(shown, row), strict=True)) for row in rows]
            return json.encode(records)[1:-1]

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._closed = True
            connection, self._connection = self._connection, None
            if connection is None:
                return
            if self._result is not None:
                self._leave(connection, self._result)
            connection.close()
