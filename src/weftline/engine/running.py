"""What this process knows of a run that it works on: the graph, the facts, the sockets; nothing that must survive."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from weftline.connectors.sessions import Sessions
from weftline.engine.ledger import Ledger
from weftline.engine.plan import Graph
from weftline.model import Batch, RunFacts
from weftline.payloads import PayloadStore
from weftline.runlog import RunLog
from weftline.shapes import Tally
from weftline.store import Database


@dataclass(slots=True)
class Running:
    """A run in this process. May be thrown away and made anew at any time."""

    graph: Graph
    facts: RunFacts
    db: Database
    payloads: PayloadStore
    sessions: Sessions
    ledger: Ledger
    log: RunLog
    chunk_slots: asyncio.Semaphore
    stop_requested: bool = False
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    _slots: dict[tuple[str, int], asyncio.Semaphore] = field(default_factory=dict)

    def scope(self, batch: Batch) -> dict[str, Any]:
        """The roots of expressions over a batch; shapes add ``payload`` per record."""
        return {
            "meta": batch.meta,
            "vars": self.facts.variables,
            "run": {"id": self.facts.run_id, "flow": self.facts.flow_name, "queued_at": self.facts.queued_at},
            "now": self.facts.queued_at,
        }

    def slots(self, step_id: str, amount: int) -> asyncio.Semaphore:
        """Permits that all chunks of the run share at a step, in this process."""
        return self._slots.setdefault((step_id, amount), asyncio.Semaphore(amount))
