"""The context handed to effect shapes: the engine's side of :class:`weftline.shapes.ShapeContext`."""

from __future__ import annotations

import asyncio
from typing import Any, Literal, cast

from weftline.connectors.session import Session
from weftline.engine.ledger import LedgerDelivery
from weftline.engine.running import Running
from weftline.kernel import now, to_text
from weftline.model import Batch, Exchange, PayloadRef, RunEvent
from weftline.store import Connection, cursors, instances


class StepContext:
    """One step of one chunk of a run."""

    def __init__(self, running: Running, step_id: str, chunk_id: str, part: str) -> None:
        self._running = running
        self._part = part
        self.run = running.facts
        self.step_id = step_id
        self.chunk_id = chunk_id

    async def session(self, instance: str) -> Session:
        """The instance, ready to be called."""
        return await self._running.sessions.get(instance)

    def scope(self, batch: Batch) -> dict[str, Any]:
        """The scope for expressions over this batch."""
        return self._running.scope(batch)

    def delivery(self, target: str, batch: Batch) -> LedgerDelivery:
        """A door to the ledger for this batch; its tally is counted to this step."""
        delivery = self._running.ledger.open(
            self.run, self.step_id, self.chunk_id, target, batch.meta.get("instance"), batch.meta.get("payload_id")
        )
        self._running.tallies[self._part, self.step_id] = delivery.tally
        return delivery

    def exchange(self, exchange: Exchange) -> None:
        """Keep a request and its answer, if there is still room."""
        self._running.log.keep(exchange)

    def wants_exchange(self) -> bool:
        """Whether another successful exchange of this step would be kept."""
        return self._running.log.wants_exchange(self.run.run_id, self.step_id)

    def note(self, kind: str, message: str, *, level: str = "info", **data: Any) -> None:
        """A line in the run log."""
        self._running.log.append(
            RunEvent(
                self.run.run_id,
                kind,
                message,
                cast("Literal['info', 'warning', 'error']", level),
                self.step_id,
                self.chunk_id,
                data,
                to_text(now()),
            )
        )

    def stopping(self) -> bool:
        """Whether a person asked the run to stop."""
        return self._running.stop_requested

    def slots(self, amount: int) -> asyncio.Semaphore:
        """Permits shared by all chunks of the run at this step."""
        return self._running.slots(self.step_id, amount)

    async def cursor(self, instance: str) -> dict[str, Any] | None:
        """Where the last run that ended well left off."""

        def read(connection: Connection) -> dict[str, Any] | None:
            row = instances.find(connection, instance)
            return None if row is None else cursors.find(connection, self.run.flow_id, self.step_id, row.id)

        return await self._running.db.read(read)

    async def keep(self, raw: bytes, count: int, meta: dict[str, Any]) -> PayloadRef:
        """Store a payload."""
        return await self._running.payloads.put(raw, count, meta)
