"""The run log: events and exchanges are gathered and written in batches."""

from __future__ import annotations

import asyncio
from collections import Counter

from weftline.kernel import now, to_text
from weftline.kernel.telemetry import logger
from weftline.model import Exchange, RunEvent
from weftline.store import Connection, Database, runs
from weftline.store import runlog as rows

KEPT_EXCHANGES = 20
"""Successful exchanges kept per run and step; failures are kept up to ``KEPT_FAILURES``."""

KEPT_FAILURES = 200


class RunLog:
    """Takes events at once and writes them soon; ``flush`` makes them durable.

    Losing the last moment's lines in a crash loses no fact that matters: counts, outcomes and payloads are written
    with the work itself.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._events: list[RunEvent] = []
        self._exchanges: list[Exchange] = []
        self._kept: Counter[tuple[str, str, bool]] = Counter()
        self._due: asyncio.TimerHandle | None = None
        self._writes: set[asyncio.Task[None]] = set()

    def append(self, event: RunEvent) -> None:
        """Take an event; its time is now unless it has one."""
        self._events.append(event if event.at else _stamped(event))
        self._wake()

    def wants_exchange(self, run_id: str, step_id: str) -> bool:
        """Whether another successful exchange of this step would be kept."""
        return self._kept[run_id, step_id, True] < KEPT_EXCHANGES

    def keep(self, exchange: Exchange) -> None:
        """Take an exchange, if there is still room for one of its sort."""
        sort = (exchange.run_id, exchange.step_id, exchange.error is None)
        if self._kept[sort] >= (KEPT_EXCHANGES if exchange.error is None else KEPT_FAILURES):
            return
        self._kept[sort] += 1
        self._exchanges.append(exchange)
        self._wake()

    def forget(self, run_id: str) -> None:
        """The run is over: its counters are no longer needed."""
        for sort in [sort for sort in self._kept if sort[0] == run_id]:
            del self._kept[sort]

    async def flush(self) -> None:
        """Everything taken so far is written when this returns."""
        events, self._events = self._events, []
        exchanges, self._exchanges = self._exchanges, []
        if not events and not exchanges:
            return
        warnings = Counter(event.run_id for event in events if event.level != "info")

        def write(connection: Connection) -> None:
            rows.append_events(connection, events)
            rows.append_exchanges(connection, exchanges)
            for run_id, count in warnings.items():
                runs.add_warnings(connection, run_id, count)

        await self._db.write(write)

    def _wake(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(0.25, self._start_flush)

    def _start_flush(self) -> None:
        self._due = None
        task = asyncio.get_running_loop().create_task(self._flush_or_log())
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _flush_or_log(self) -> None:
        try:
            await self.flush()
        except Exception:
            logger("runlog").exception("run events could not be written")

    async def close(self) -> None:
        """Write what is left."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self.flush()


def _stamped(event: RunEvent) -> RunEvent:
    return RunEvent(
        event.run_id,
        event.kind,
        event.message,
        event.level,
        event.step_id,
        event.chunk_id,
        event.data,
        to_text(now()),
    )
