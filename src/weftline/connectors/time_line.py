"""Budgets' time lines in the store: all workers of one database take their places from them."""

from __future__ import annotations

import asyncio
import time

from weftline.errors import StorageError
from weftline.kernel.telemetry import logger
from weftline.store import Database, budgets


class StoredTimeLine:
    """One budget's; see :class:`weftline.connectors.pacing.TimeLine`."""

    def __init__(self, db: Database, key: str) -> None:
        self._db = db
        self._key = key
        self._telling: set[asyncio.Task[None]] = set()

    async def reserve(self, span_s: float) -> tuple[float, float, str]:
        """Where the next ``span_s`` seconds begin."""
        return await self._db.write(lambda connection: budgets.reserve(connection, self._key, time.time(), span_s))

    def stop(self, until: float, reason: str) -> None:
        """Tell the others; this worker knows it already and need not wait."""

        async def tell() -> None:
            try:
                await self._db.write(lambda connection: budgets.pause(connection, self._key, until, reason))
            except StorageError as error:
                logger("pacing").warning("other workers were not told that %s waits: %s", self._key, error)

        task = asyncio.create_task(tell())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
