"""Durable workflows: the only file that knows DBOS Transact.

A *workflow* is an async function of JSON arguments that survives the process; its *steps* are remembered, so that a
replay after a crash does not do them again (the step in flight is done again: effects must bear that). Everything
that crosses is JSON.

Facts of DBOS 3.4 that this file respects: workflows run on the loop that ``launch`` was called on; the executor pool
is unbounded unless told; recovery takes only workflows of the same application version and executor id, so both are
fixed by us; a dead worker's workflows are taken over only when someone says that it is dead (``take_over``).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID

from weftline.errors import EngineError, StorageError
from weftline.kernel import json
from weftline.kernel.telemetry import logger

Json = Any
Workflow = Callable[..., Awaitable[Json]]

INTERPRETER_VERSION = "1"
"""Raise it when a change of the interpreter could replay a running workflow differently."""

RUN_QUEUE = "runs"
CHUNK_QUEUE = "chunks"

LEAVE_S = 10.0
"""How long workflows under way may take to let go when the process ends."""

_PRIORITY = {"highest": 1, "high": 2, "regular": 3, "low": 4, "lowest": 5}


_ERROR = "$error"


class _JsonText(Serializer):
    """History as readable JSON; never pickle, which would run what it reads."""

    def serialize(self, data: Any) -> str:
        if isinstance(data, BaseException):
            return json.encode_text({_ERROR: f"{type(data).__name__}: {data}"})
        return json.encode_text({"args": list(data["args"]), "kwargs": data["kwargs"]} if _is_input(data) else data)

    def deserialize(self, serialized_data: str) -> Any:
        value = json.decode(serialized_data)
        if isinstance(value, dict) and value.keys() == {_ERROR}:
            return EngineError(value[_ERROR], hint="see the server's log")
        return {"args": tuple(value["args"]), "kwargs": value["kwargs"]} if _is_input(value) else value

    def name(self) -> str:
        return "weftline_json"


def _is_input(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"args", "kwargs"}


class Handle(Protocol):
    """A started workflow."""

    async def result(self) -> Json:
        """Its result, once it has one."""


class _DbosHandle:
    def __init__(self, handle: Any, poll_s: float) -> None:
        self._handle = handle
        self._poll_s = poll_s

    async def result(self) -> Json:
        return await self._handle.get_result(polling_interval_sec=self._poll_s)


class Durable:
    """Starts workflows, runs steps, takes over from the dead. One per process."""

    def __init__(self, database_url: str, executor_id: str, *, run_slots: int, chunk_slots: int) -> None:
        self._url = database_url
        self._is_sqlite = database_url.startswith("sqlite")
        self.executor_id = executor_id
        self._run_slots = run_slots
        self._chunk_slots = chunk_slots
        self._workflows: dict[str, Any] = {}
        self._under_way: set[asyncio.Task[Any]] = set()
        # One process owns a SQLite file, so nothing is gained by handing chunks to others through a queue.
        self._spread = not self._is_sqlite
        self._poll_s = 0.05

    def workflow(self, name: str, function: Workflow) -> None:
        """Register a workflow before :meth:`launch`."""

        async def run(*args: Json) -> Json:
            task = asyncio.current_task()
            if task is None:
                return await function(*args)
            self._under_way.add(task)
            try:
                return await function(*args)
            finally:
                self._under_way.discard(task)

        run.__qualname__ = run.__name__ = name
        self._workflows[name] = run

    async def launch(self) -> None:
        """Start working; the process's own unfinished workflows go on."""
        config: DBOSConfig = {
            "name": "weftline",
            "application_version": INTERPRETER_VERSION,
            "executor_id": self.executor_id,
            "max_executor_threads": 16,
            "serializer": _JsonText(),
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": 1.0,
            "scheduler_polling_interval_sec": 3600.0,
        }
        if self._is_sqlite:
            config["system_database_url"] = self._url
            config["system_database_engine"] = _sqlite_engine(self._url)
        else:
            config["system_database_url"] = self._url.replace("postgresql+psycopg://", "postgresql://")
            config["sys_db_pool_size"] = 12
        DBOS(config=config)
        for name, function in self._workflows.items():
            self._workflows[name] = DBOS.workflow(name=name)(function)
        DBOS.launch()
        await DBOS.register_queue_async(
            RUN_QUEUE, worker_concurrency=self._run_slots, polling_interval_sec=0.1 if self._is_sqlite else 0.2
        )
        if self._spread:
            await DBOS.register_queue_async(
                CHUNK_QUEUE, worker_concurrency=self._chunk_slots, polling_interval_sec=0.1
            )

    async def start(self, name: str, workflow_id: str, *args: Json) -> None:
        """Enqueue a workflow, durably. A known ``workflow_id`` is a no-op."""
        with SetWorkflowID(workflow_id):
            await DBOS.enqueue_workflow_async(RUN_QUEUE, self._workflows[name], *args)

    async def child(self, name: str, workflow_id: str, *args: Json) -> Handle:
        """From within a workflow: start another, in this process or (with PostgreSQL) on any."""
        with SetWorkflowID(workflow_id):
            if self._spread:
                handle = await DBOS.enqueue_workflow_async(CHUNK_QUEUE, self._workflows[name], *args)
            else:
                handle = await DBOS.start_workflow_async(self._workflows[name], *args)
        return _DbosHandle(handle, self._poll_s)

    async def step(self, name: str, function: Callable[..., Awaitable[Json]], *args: Json) -> Json:
        """From within a workflow: do ``function`` once and remember its JSON result.

        While our own store does not answer, the step waits and tries again: nothing is lost by waiting.
        """
        return await DBOS.run_step_async({"name": name}, _patient, function, *args)

    async def status(self, workflow_id: str) -> str | None:
        """PENDING, ENQUEUED, SUCCESS, ERROR, CANCELLED, ... or None when unknown."""
        found = await DBOS.get_workflow_status_async(workflow_id)
        return None if found is None else found.status

    async def take_over(self, executor_ids: list[str]) -> int:
        """Make the unfinished workflows of dead executors run again, here or elsewhere; how many there were.

        DBOS has this under a private name. Its update has the dead executor's id as predicate, so a workflow that
        another worker has just taken is left alone, and calling it twice does no harm.
        """
        handles = await asyncio.to_thread(DBOS._recover_pending_workflows, executor_ids)
        return len(handles)

    async def close(self) -> None:
        """Stop working. What is under way stays unfinished and goes on at the next launch."""
        logging.getLogger("dbos").setLevel(logging.ERROR)  # it warns of each task that is cancelled
        # A workflow that is cancelled is left as it is; one that met a closed store would be recorded as failed.
        await self._leave()
        # The registry too: DBOS is one per process, and another Durable may follow this one.
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=0)
        await self._leave()  # what a queue handed out meanwhile
        # DBOS made its own threads the loop's default and has just ended them: the loop must not be left with those.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="default"))

    async def _leave(self) -> None:
        """Cancel the workflows under way and wait until they have let go."""
        under_way = list(self._under_way)
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way, timeout=LEAVE_S)


async def _patient(function: Callable[..., Awaitable[Json]], *args: Json) -> Json:
    delay_s = 0.5
    while True:
        try:
            return await function(*args)
        except StorageError as error:
            if error.recovery != "retry":
                raise
            logger("engine").warning("%s; trying again in %.0f s", error, delay_s)
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, 15.0)


def _sqlite_engine(url: str) -> sa.Engine:
    # DBOS leaves the journal in DELETE mode; WAL with FULL sync is as durable and much faster. It begins its
    # transactions itself, so its engine must not carry our own BEGIN.
    parsed = sa.make_url(url)
    engine = sa.create_engine(parsed, pool_size=16, max_overflow=8, connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
