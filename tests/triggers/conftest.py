"""Flows in the store, an intake that keeps what it is asked, and the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from weftline.errors import FlowError
from weftline.kernel import digest, new_id, now, to_text
from weftline.model import Flow, StartRequest
from weftline.payloads import PayloadStore
from weftline.store import Database, flows
from weftline.store import runs as run_rows
from weftline.triggers import Webhooks, sync
from weftline.vault import KeyRing, Vault

AddFlow = Callable[..., str]


class Intake:
    """The engine's intake without the engine: admits runs into the store, and runs nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.requests: list[StartRequest] = []
        self.stopped: list[str] = []
        self.refuse: Exception | None = None

    async def admit(self, request: StartRequest) -> str:
        if self.refuse is not None:
            raise self.refuse
        run_id = f"run_{digest(request.flow_id, request.dedupe_key)}" if request.dedupe_key else new_id("run")
        row = {
            "id": run_id, "flow_id": request.flow_id, "flow_name": "F", "version": 1, "status": "running",
            "trigger": request.trigger, "root_run_id": run_id, "queued_at": to_text(now()),
        }  # fmt: skip
        if await self._db.write(lambda connection: run_rows.add(connection, row)):
            self.requests.append(request)
        return run_id

    async def stop(self, run_id: str) -> None:
        self.stopped.append(run_id)

    async def runs(
        self, flow_id: str | None = None, status: str | None = None, limit: int = 50, before: str | None = None
    ) -> list[dict[str, Any]]:
        return await self._db.read(
            lambda connection: run_rows.newest(connection, flow_id=flow_id, status=status, limit=limit, before=before)
        )

    async def finish_all(self) -> None:
        for run in await self.runs(status="running"):
            await self._db.write(lambda connection, run=run: run_rows.finish(connection, run["id"], "success", None))


@pytest.fixture
def intake(db: Database) -> Intake:
    return Intake(db)


@pytest.fixture
def payloads(db: Database) -> PayloadStore:
    return PayloadStore(db, None)


@pytest.fixture
def webhooks(db: Database, intake: Intake, payloads: PayloadStore) -> Webhooks:
    return Webhooks(db, intake, payloads, Vault(KeyRing([b"k" * 32])))


@pytest.fixture
def add_flow(db: Database) -> AddFlow:
    """``add_flow(*triggers, name=, enabled=, moment=)``: a deployed flow; its id."""

    def add(*triggers: dict[str, Any], name: str = "F", enabled: bool = True, **options: Any) -> str:
        flow_id = new_id("flow")
        document = Flow.model_validate({"name": name, "triggers": list(triggers)})

        def write(connection: Any) -> None:
            flows.add(connection, flow_id, name.lower(), document)
            flows.set_status(connection, flow_id, 1, "deployed")
            flows.touch(connection, flow_id, enabled=enabled)
            sync(connection, flow_id, document, enabled, **options)

        db.write_now(write)
        return flow_id

    return add


NOT_DEPLOYED = FlowError("the flow 'F' is not deployed")
