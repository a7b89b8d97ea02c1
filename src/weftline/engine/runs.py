"""The runs that this process works on."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any, Literal

from weftline.connectors.sessions import Sessions
from weftline.engine.facts import Workshops
from weftline.engine.ledger import Ledger
from weftline.engine.plan import build
from weftline.engine.running import Running
from weftline.errors import NotFoundError
from weftline.kernel import from_text, json, now, to_text
from weftline.model import Flow, PayloadRef, RunEvent, RunFacts
from weftline.payloads import PayloadStore
from weftline.runlog import RunLog
from weftline.store import Connection, Database
from weftline.store import flows as flow_rows
from weftline.store import runs as rows

KEPT = 32
"""Runs held open at once; the rest are loaded again when needed."""


class ActiveRuns:
    """Loads runs with their pinned flow version, watches for stop requests, and forgets them."""

    def __init__(
        self,
        db: Database,
        payloads: PayloadStore,
        sessions: Sessions,
        log: RunLog,
        workshops: Workshops,
        chunk_slots: int,
    ) -> None:
        self._db = db
        self._payloads = payloads
        self._sessions = sessions
        self._log = log
        self._workshops = workshops
        self._ledger = Ledger(db)
        self._chunk_slots = chunk_slots
        self._open: OrderedDict[str, Running] = OrderedDict()
        self._loading: dict[str, asyncio.Lock] = {}

    async def get(self, run_id: str) -> Running:
        """The run, loaded at first use; :class:`DefinitionError` if its flow version cannot be built."""
        lock = self._loading.setdefault(run_id, asyncio.Lock())
        async with lock:
            running = self._open.get(run_id)
            if running is None:
                running = await self._load(run_id)
                self._open[run_id] = running
                while len(self._open) > KEPT:
                    oldest, _ = self._open.popitem(last=False)
                    self._loading.pop(oldest, None)
            else:
                self._open.move_to_end(run_id)
        return running

    async def _load(self, run_id: str) -> Running:
        def read(connection: Connection) -> tuple[dict[str, Any], Flow | None, str] | None:
            row = rows.find(connection, run_id)
            if row is None:
                return None
            # Relative dates of a retry are anchored at the time the first run was queued, so nothing is missed.
            root = rows.find(connection, row["root_run_id"]) or row
            return row, flow_rows.document(connection, row["flow_id"], row["version"]), root["queued_at"]

        found = await self._db.read(read)
        if found is None or found[1] is None:
            raise NotFoundError(f"the run '{run_id}' or its flow version is gone", hint="start the flow again")
        row, flow, anchor = found[0], found[1], found[2]
        variables = {variable.key: variable.value for variable in flow.settings.variables}
        facts = RunFacts(
            run_id,
            row["root_run_id"],
            row["flow_id"],
            row["flow_name"],
            row["version"],
            from_text(anchor),
            variables | row["variables"],
        )
        return Running(
            build(flow, await self._workshops.open()),
            facts,
            self._db,
            self._payloads,
            self._sessions,
            self._ledger,
            self._log,
            asyncio.Semaphore(self._chunk_slots),
            stop_requested=bool(row["stop_requested"]),
        )

    async def trigger_payload(self, run_id: str) -> PayloadRef:
        """What the trigger brought: its payload, or a list of one empty record."""
        row = await self._db.read(lambda connection: rows.find(connection, run_id))
        if row is None:
            raise NotFoundError(f"the run '{run_id}' is gone")
        if row["payload_id"] is None:
            return await self._payloads.put(b"[{}]", 1, dict(row["meta"]))
        raw = await self._payloads.raw(row["payload_id"])
        value = json.decode(raw)
        return PayloadRef(
            row["payload_id"], len(raw), len(value) if isinstance(value, list) else 1, dict(row["meta"])
        )

    async def watch_stops(self) -> None:
        """Look for stop requests once a second; runs until cancelled."""
        while True:
            await asyncio.sleep(1.0)
            if self._open:
                ids = list(self._open)
                stopped = await self._db.read(lambda connection: rows.stops_requested(connection, ids))  # noqa: B023
                for run_id in stopped & self._open.keys():
                    self._open[run_id].stop_requested = True

    def stop_now(self, run_id: str) -> None:
        """Spare the wait of :meth:`watch_stops` in the process that took the request."""
        if run_id in self._open:
            self._open[run_id].stop_requested = True

    def note(self, run_id: str, kind: str, message: str, level: Literal["info", "warning", "error"] = "info") -> None:
        """A line in the run's log."""
        self._log.append(RunEvent(run_id, kind, message, level, at=to_text(now())))

    async def flush(self, run_id: str) -> None:
        """Outcomes and log lines taken so far are written when this returns."""
        await self._ledger.flush()
        await self._log.flush()

    async def flush_all(self) -> None:
        """Outcomes and log lines of every run are written when this returns."""
        await self._ledger.flush()
        await self._log.flush()

    async def forget(self, run_id: str) -> None:
        """The run is over."""
        await self._log.flush()
        self._open.pop(run_id, None)
        self._loading.pop(run_id, None)
        self._log.forget(run_id)
