"""The supervisor of schedules: looks every second which ticks are due and starts one run for each.

Several processes may look at once. A tick is first admitted under a dedupe key that names it, then the schedule is
moved on if it still stands at that tick. So no lock is needed: whoever comes second admits the same run and moves
nothing, and a crash between the two is made good by whoever looks next.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Protocol

from weftline.errors import StorageError, WeftlineError
from weftline.kernel import from_text, logger, now, to_text
from weftline.model import StartRequest
from weftline.store import Database, schedules
from weftline.triggers.schedule import ScheduleConfig

_log = logger("triggers")


class Runs(Protocol):
    """What the supervisor needs of the engine."""

    async def admit(self, request: StartRequest) -> str:
        """The run's id, once it is durable; a dedupe key seen before gives the same run."""

    async def stop(self, run_id: str) -> None:
        """Ask a run to stop."""

    async def runs(
        self, flow_id: str | None = None, status: str | None = None, limit: int = 50, before: str | None = None
    ) -> list[dict[str, Any]]:
        """Runs, newest first."""


class Supervisor:
    """One per process."""

    def __init__(self, db: Database, runs: Runs) -> None:
        self._db = db
        self._runs = runs
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._loop = asyncio.create_task(self._look())

    async def close(self) -> None:
        """Stop looking; a tick under way is finished by whoever looks next."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None

    async def _look(self) -> None:
        while True:
            try:
                await self.tick(now())
            except StorageError as error:
                _log.warning("schedules wait: %s", error)
            except Exception:
                _log.exception("schedules could not be looked at")
            await asyncio.sleep(1.0 - now().microsecond / 1_000_000)

    async def tick(self, moment: datetime) -> int:
        """Start what is due at ``moment``; how many runs were asked for."""
        due = await self._db.read(lambda connection: schedules.due(connection, to_text(moment)))
        started = 0
        for row in due:
            try:
                started += await self._fire(row, moment)
            except StorageError:
                raise
            except Exception:
                # One flow's trouble must not keep the others from their time.
                _log.exception("the schedule '%s' of flow %s could not be carried out", row["key"], row["flow_id"])
        return started

    async def _fire(self, row: dict[str, Any], moment: datetime) -> bool:
        config = ScheduleConfig.model_validate(row["config"])
        flow_id, due_at = row["flow_id"], row["next_at"]
        under_way = await self._under_way(flow_id)
        if under_way and config.overlap == "queue":
            return False
        start = not under_way or config.overlap == "cancel"
        if start:
            request = StartRequest(
                flow_id, "schedule", dedupe_key=f"schedule:{flow_id}:{row['key']}:{due_at}", meta={"due_at": due_at}
            )
            try:
                run_id = await self._runs.admit(request)
            except StorageError:
                raise
            except WeftlineError as error:
                _log.warning("the schedule '%s' of flow %s starts nothing: %s", row["key"], flow_id, error)
                start = False
            else:
                await self._cancel(under_way, run_id)
        else:
            _log.info("the schedule '%s' of flow %s leaves %s out: a run is under way", row["key"], flow_id, due_at)
        # Never from the time that was due: ticks missed while no server ran are one run, not many.
        following = to_text(config.next_after(max(moment, from_text(due_at))))
        await self._db.write(lambda connection: schedules.advance(connection, flow_id, row["key"], due_at, following))
        return start

    async def _under_way(self, flow_id: str) -> list[dict[str, Any]]:
        running = await self._runs.runs(flow_id, "running", 20)
        return running + await self._runs.runs(flow_id, "queued", 20)

    async def _cancel(self, under_way: list[dict[str, Any]], run_id: str) -> None:
        for run in under_way:
            # Another process may have started this very tick before us: that run is the one to keep.
            if run["id"] != run_id:
                await self._runs.stop(run["id"])
