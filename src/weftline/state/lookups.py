"""Lookup tables of the store, as maps read them."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from weftline.errors import NotFoundError, did_you_mean
from weftline.expr import to_text
from weftline.mapping.lookups import Direction, MemoryLookups
from weftline.store import Connection, Database
from weftline.store import lookups as rows

LOOK_AGAIN_S = 1.0
"""A table is used this long before the store is asked whether it has changed."""

KEPT_ROWS = 50_000
"""Tables up to this size lie in memory, some 10 MB at most; larger ones are asked value by value."""


class StoredLookups:
    """Finds partners of values; see :class:`weftline.mapping.Lookups`.

    Maps ask for every record, so it is plain and quick, not awaited: a table in memory answers at once, and once a
    second one short query asks which tables have changed. :meth:`refresh` does that query off the event loop.
    """

    def __init__(self, db: Database, *, look_again_s: float = LOOK_AGAIN_S, kept_rows: int = KEPT_ROWS) -> None:
        self._db = db
        self._look_again_s = look_again_s
        self._kept_rows = kept_rows
        self._stamps: dict[str, str] = {}
        self._tables: dict[str, tuple[str, MemoryLookups | None]] = {}
        self._looked_at = float("-inf")
        self._lock = threading.Lock()

    def find(self, name: str, value: Any, direction: Direction) -> Any | None:
        """The other side of the first pair that holds ``value``, or None; an unknown table is a NotFoundError."""
        self._look_again()
        stamp = self._stamps.get(name)
        if stamp is None:
            raise NotFoundError(f"there is no lookup table '{name}'", hint=did_you_mean(name, self._stamps))
        known = self._tables.get(name)
        if known is None or known[0] != stamp:
            known = (stamp, self._load(name))
            self._tables[name] = known
        table = known[1]
        if table is not None:
            return table.find(name, value, direction)
        return self._db.read_now(lambda connection: rows.partner(connection, name, to_text(value), direction))

    async def refresh(self) -> None:
        """Ask now, off the event loop, which tables have changed, if the last answer is too old."""
        await asyncio.to_thread(self._look_again)

    def _look_again(self) -> None:
        if time.monotonic() - self._looked_at < self._look_again_s:
            return
        with self._lock:
            self._stamps = self._db.read_now(rows.stamps)
            self._tables = {name: known for name, known in self._tables.items() if name in self._stamps}
            self._looked_at = time.monotonic()

    def _load(self, name: str) -> MemoryLookups | None:
        def read(connection: Connection) -> list[tuple[str, str]] | None:
            if rows.size(connection, name) > self._kept_rows:
                return None
            return rows.load_table(connection, name)

        found = self._db.read_now(read)
        return None if found is None else MemoryLookups({name: found})
