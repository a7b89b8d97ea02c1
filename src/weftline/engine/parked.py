"""Parked runs: a person must let an instance in again; then they go on by themselves."""

from __future__ import annotations

import asyncio

from weftline.engine.intake import Intake
from weftline.kernel.telemetry import logger
from weftline.store import Connection, Database, instances, runs

LOOK_S = 2.0


class ParkedRuns:
    """Looks again and again which parked runs may go on, so that a crash between consent and run loses none."""

    def __init__(self, db: Database, intake: Intake) -> None:
        self._db = db
        self._intake = intake

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look_once()
            except Exception as error:
                logger("engine").warning("parked runs were not looked at: %s", error)

    async def look_once(self) -> list[str]:
        """Continue what may go on; the ids of the new runs."""
        return [await self._intake.unpark(run_id) for run_id in await self._db.read(_ready)]


def _ready(connection: Connection) -> list[str]:
    health: dict[str, bool] = {}
    for _, name in (found := runs.parked(connection)):
        if name not in health:
            row = instances.find(connection, name)
            # An instance that is gone lets its runs fail, which says so.
            health[name] = row is None or row.health != "needs_authorisation"
    return [run_id for run_id, name in found if health[name]]
