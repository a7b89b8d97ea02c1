"""Intake: a start request becomes a durable run before anything is acknowledged."""

from __future__ import annotations

from typing import Any

from weftline.engine.durable import Durable
from weftline.errors import ConflictError, FlowError, NotFoundError
from weftline.kernel import digest, json, new_id, now, to_text
from weftline.model import FINAL, StartRequest
from weftline.store import Connection, Database
from weftline.store import flows as flow_rows
from weftline.store import runs as rows


class Intake:
    """Admits runs.

    Two writes: the run's row, then its workflow. A crash between them leaves a queued row without a workflow, which
    :meth:`complete` finds at start-up; the run's id is the workflow's id, so doing either again is a no-op.
    """

    def __init__(self, db: Database, durable: Durable) -> None:
        self._db = db
        self._durable = durable

    async def admit(self, request: StartRequest) -> str:
        """The run's id, once the run is durable. A ``dedupe_key`` seen before gives the same run again."""
        if request.dedupe_key is None:
            run_id = new_id("run")
        else:
            run_id = f"run_{digest(request.flow_id, request.dedupe_key, size=13)}"

        def write(connection: Connection) -> None:
            flow = flow_rows.find(connection, request.flow_id)
            if flow is None:
                raise NotFoundError(f"there is no flow '{request.flow_id}'")
            version = request.version or flow.deployed_version
            if version is None:
                raise FlowError(f"the flow '{flow.name}' is not deployed", hint="deploy its draft first")
            rows.add(
                connection,
                _row(run_id, flow.id, flow.name, version, request.trigger)
                | {
                    "payload_id": request.payload_id,
                    "variables": json.encode_text(request.variables),
                    "meta": json.encode_text(request.meta),
                },
            )

        await self._db.write(write)
        await self._durable.start("run", run_id, run_id)
        return run_id

    async def retry(self, run_id: str) -> str:
        """A new run of the same version and time; what the old one's chain confirmed is not sent again."""
        return await self._again(run_id, new_id("run"), "retry")

    async def unpark(self, run_id: str) -> str:
        """Go on with a parked run as a new one; a second time gives the same."""
        return await self._again(run_id, f"run_{digest('unpark', run_id, size=13)}", "authorised")

    async def _again(self, run_id: str, new_run_id: str, trigger: str) -> str:
        def write(connection: Connection) -> bool:
            old = rows.find(connection, run_id)
            if old is None:
                raise NotFoundError(f"there is no run '{run_id}'")
            if old["status"] not in FINAL:
                raise ConflictError(f"the run is still {old['status']}", hint="stop it, or wait until it ends")
            was_parked = rows.unpark(connection, run_id)
            if trigger == "authorised" and not was_parked:
                return False  # a person was quicker, or another worker
            return rows.add(
                connection,
                _row(new_run_id, old["flow_id"], old["flow_name"], old["version"], trigger)
                | {
                    "root_run_id": old["root_run_id"],
                    "retry_of": run_id,
                    "payload_id": old["payload_id"],
                    "variables": json.encode_text(old["variables"]),
                    "meta": json.encode_text(old["meta"]),
                },
            )

        if await self._db.write(write):
            await self._durable.start("run", new_run_id, new_run_id)
        return new_run_id

    async def complete(self) -> int:
        """Give every queued run that has no workflow one (a crash came between the two writes); how many."""
        queued = await self._db.read(
            lambda connection: rows.newest(connection, flow_id=None, status="queued", limit=10_000, before=None)
        )
        missing = [row["id"] for row in queued if await self._durable.status(row["id"]) is None]
        for run_id in missing:
            await self._durable.start("run", run_id, run_id)
        return len(missing)


def _row(run_id: str, flow_id: str, flow_name: str, version: int, trigger: str) -> dict[str, Any]:
    return {
        "id": run_id,
        "flow_id": flow_id,
        "flow_name": flow_name,
        "version": version,
        "status": "queued",
        "trigger": trigger,
        "root_run_id": run_id,
        "retry_of": None,
        "queued_at": to_text(now()),
    }
