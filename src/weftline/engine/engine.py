"""The engine's face: admit, stop, retry, and read runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass
from typing import Any, Literal

from weftline.connectors.sessions import Sessions
from weftline.engine import views
from weftline.engine.durable import Durable
from weftline.engine.facts import ReadSample, Workshops
from weftline.engine.inspect import Inspector
from weftline.engine.intake import Intake
from weftline.engine.interpreter import Interpreter
from weftline.engine.parked import ParkedRuns
from weftline.engine.plan import lint
from weftline.engine.recover import Recovery
from weftline.engine.runs import ActiveRuns
from weftline.errors import NotFoundError, StorageError
from weftline.mapping import Lookups
from weftline.model import Flow, StartRequest
from weftline.model.problem import Problem
from weftline.payloads import PayloadStore
from weftline.runlog import RunLog
from weftline.store import Database, deliveries, runlog
from weftline.store import runs as rows

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Where and how much."""

    database_url: str
    executor_id: str
    run_slots: int = 8
    chunk_slots: int = 4
    """Chunks of one run that this process carries at once."""


class Engine:
    """One per process. ``start`` takes up what an earlier process of the same executor id left unfinished."""

    def __init__(
        self,
        options: EngineOptions,
        db: Database,
        payloads: PayloadStore,
        sessions: Sessions,
        lookups: Lookups,
        samples: ReadSample,
    ) -> None:
        self._db = db
        self._log = RunLog(db)
        self._workshops = Workshops(db, lookups, samples)
        self._durable = Durable(
            options.database_url,
            options.executor_id,
            run_slots=options.run_slots,
            chunk_slots=options.chunk_slots * 2,
        )
        self._active = ActiveRuns(db, payloads, sessions, self._log, self._workshops, options.chunk_slots)
        self._intake = Intake(db, self._durable)
        Interpreter(db, self._durable, self._active)
        self._inspector = Inspector(db, payloads, self._active)
        self._recovery = Recovery(db, self._durable, _stop_process)
        self._parked = ParkedRuns(db, self._intake)
        self._watching: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to work."""
        await self._recovery.start()
        await self._durable.launch()
        await self._intake.complete()
        self._watching = [
            asyncio.create_task(self._active.watch_stops()),
            asyncio.create_task(self._parked.watch()),
        ]

    async def close(self) -> None:
        """Stop working; unfinished runs go on at the next start."""
        for task in self._watching:
            task.cancel()
        await self._durable.close()
        with contextlib.suppress(StorageError):  # else those records are looked up or sent again at the next start
            await self._active.flush_all()
        await self._log.close()
        await self._recovery.close()

    # --- acts ---

    async def admit(self, request: StartRequest) -> str:
        """The run's id, once the run is durable; see :meth:`Intake.admit`."""
        return await self._intake.admit(request)

    async def stop(self, run_id: str) -> None:
        """Ask a run to stop at the next safe place: requests under way are finished and recorded."""
        await self._db.write(lambda connection: rows.request_stop(connection, run_id))
        self._active.stop_now(run_id)

    async def retry(self, run_id: str) -> str:
        """A new run that sends what is not yet confirmed; see :meth:`Intake.retry`."""
        return await self._intake.retry(run_id)

    async def lint(self, flow: Flow) -> list[Problem]:
        """What is wrong with a flow in this workspace; errors keep it from being deployed."""
        return lint(flow, await self._workshops.open())

    # --- reading ---

    async def run(self, run_id: str, *, with_document: bool = True) -> Json:
        """One run as the API shows it."""
        return await self._db.read(
            lambda connection: views.run_detail(connection, run_id, with_document=with_document)
        )

    async def runs(
        self, flow_id: str | None = None, status: str | None = None, limit: int = 50, before: str | None = None
    ) -> list[Json]:
        """Runs, newest first."""
        return await self._db.read(
            lambda connection: views.run_rows(
                connection, rows.newest(connection, flow_id=flow_id, status=status, limit=limit, before=before)
            )
        )

    async def events(self, run_id: str, after: int = 0, limit: int = 200) -> list[Json]:
        """Log lines after an id."""
        return await self._db.read(lambda connection: runlog.events_after(connection, run_id, after, limit))

    async def deliveries(
        self,
        run_id: str,
        state: str | None = None,
        search: str | None = None,
        source: str | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Json:
        """A page of the delivery ledger."""
        return await self._db.read(
            lambda connection: views.delivery_page(
                connection, run_id, state=state, search=search, source=source, limit=limit, after=after
            )
        )

    async def search_deliveries(self, text: str) -> list[Json]:
        """Deliveries of any run whose record key begins with ``text``."""
        return await self._db.read(lambda connection: deliveries.search(connection, text))

    async def exchanges(self, run_id: str, step: str | None = None, limit: int = 50) -> list[Json]:
        """Kept requests and answers."""
        return await self._db.read(lambda connection: runlog.list_exchanges(connection, run_id, step, limit))

    async def chunks(self, run_id: str, step: str | None = None) -> list[Json]:
        """Chunks of a run that pass a step."""
        await self._must_exist(run_id)
        return await self._inspector.chunks(run_id, step)

    async def payload(
        self,
        run_id: str,
        chunk: str,
        step: str,
        side: Literal["in", "out"] = "in",
        payload: int = 0,
        offset: int = 0,
        limit: int = 20,
    ) -> Json:
        """Records that a step saw or gave."""
        await self._must_exist(run_id)
        return await self._inspector.payload(
            run_id, chunk, step, side=side, number=payload, offset=offset, limit=limit
        )

    async def _must_exist(self, run_id: str) -> None:
        if await self._db.read(lambda connection: rows.find(connection, run_id)) is None:
            raise NotFoundError(f"there is no run '{run_id}'")


def _stop_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
