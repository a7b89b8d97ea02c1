"""Recovery: workers say that they live; one sweeper hands a dead worker's workflows on.

A worker writes its heartbeat every ``BEAT_S``; one that was silent for ``DEAD_S`` is dead. A worker whose own
heartbeat could not be written for half of that stops itself before it does anything more, so that a stale worker and
its successor do not work at the same run (DBOS fences the records of a stale worker, not what it does to the world).
The sweep is repeated, not done once: a database that restarts amid a hand-over would otherwise strand runs.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from datetime import timedelta

from weftline.engine.durable import Durable
from weftline.kernel import now, to_text
from weftline.kernel.telemetry import logger
from weftline.store import Connection, Database, workers
from weftline.store.dialects import try_lock

BEAT_S = 5.0
DEAD_S = 20.0
SWEEP_S = 10.0


class Recovery:
    """Heartbeat, sweeper and self-fence of one process."""

    def __init__(self, db: Database, durable: Durable, on_fenced: Callable[[], None]) -> None:
        self._db = db
        self._durable = durable
        self._on_fenced = on_fenced
        self._last_beat = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Write the first heartbeat and begin."""
        await self._beat_once()
        self._tasks = [asyncio.create_task(self._beat()), asyncio.create_task(self._sweep())]

    async def close(self) -> None:
        """Stop, and say goodbye, so that others need not wait to take over."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        executor_id = self._durable.executor_id
        await self._db.write(lambda connection: workers.say_goodbye(connection, executor_id))

    async def _beat_once(self) -> None:
        executor_id, moment, facts = self._durable.executor_id, to_text(now()), {"pid": os.getpid()}
        await self._db.write(lambda connection: workers.beat(connection, executor_id, moment, facts))
        self._last_beat = time.monotonic()

    async def _beat(self) -> None:
        while True:
            try:
                await self._beat_once()
            except Exception as error:
                logger("recovery").warning("heartbeat failed: %s", error)
            if time.monotonic() - self._last_beat > DEAD_S / 2:
                logger("recovery").error("no heartbeat for %.0f s: this worker stops itself", DEAD_S / 2)
                self._on_fenced()
                return
            await asyncio.sleep(BEAT_S)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await self.sweep_once()
            except Exception as error:
                logger("recovery").warning("sweep failed: %s", error)

    async def sweep_once(self) -> list[str]:
        """Hand on what dead workers left; the executor ids that were found dead."""
        before = to_text(now() - timedelta(seconds=DEAD_S))
        mine = self._durable.executor_id

        def find(connection: Connection) -> list[str]:
            if not try_lock(connection, "weftline.sweep"):
                return []
            return workers.silent_since(connection, before, but=mine)

        dead = await self._db.write(find)
        if dead:
            count = await self._durable.take_over(dead)
            if count:
                logger("recovery").warning("took over %d workflows of %s", count, ", ".join(dead))
        return dead
