"""The two durable workflows: a run, and a chunk of it.

``run`` begins, carries the first chunk and gives the final status. ``carry`` walks one chunk: each turn of its loop
is one durable step (see ``walk``); pages of a pull become chunks of their own, a few under way at once.
"""

from __future__ import annotations

from typing import Any

from weftline.engine.durable import Durable, Handle
from weftline.engine.runs import ActiveRuns
from weftline.engine.walk import Position, Walker, entry_row, position
from weftline.errors import RunStoppedError, WeftlineError
from weftline.kernel import now, to_text
from weftline.model import PayloadRef
from weftline.shapes.cursor import is_further
from weftline.store import Connection, Database, cursors, entries, instances, notices
from weftline.store import runs as rows
from weftline.store.dialects import lock

MANY = 8
"""From so many starts on (those of a retry) each is a workflow of its own."""

WORDS = {
    "success": "succeeded",
    "partial_success": "succeeded in part",
    "parked": "parked until the instance is authorised again",
}

WINDOW = 3
"""Chunks of one pull that are under way at once; back-pressure on the pull."""

Json = dict[str, Any]


class Interpreter:
    """Interprets flow versions. Its workflows' arguments and results are JSON."""

    def __init__(self, db: Database, durable: Durable, active: ActiveRuns) -> None:
        self._db = db
        self._durable = durable
        self._active = active
        durable.workflow("run", self.run)
        durable.workflow("carry", self.carry)

    async def run(self, run_id: str) -> Json:
        """The workflow of a run: begin, carry everything, finish."""
        step = self._durable.step
        begun = await step("begin", self._begin, run_id)
        error = begun["error"]
        starts = begun["starts"]
        if len(starts) > MANY:
            error = await self._carry_many(run_id, starts)
        else:
            for ordinal, start in enumerate(starts):
                try:
                    error = error or (await self.carry(run_id, str(ordinal), start))["error"]
                except WeftlineError as failure:
                    error = failure.to_record()
        return {"status": await step("finish", self._finish, run_id, error)}

    async def _carry_many(self, run_id: str, starts: list[Position]) -> Json | None:
        """Carry what a retry begins with, a few at once; the first error stops what has not begun."""
        window: list[Handle] = []
        error: Json | None = None
        for ordinal, start in enumerate(starts):
            if len(window) >= WINDOW:
                error = (await window.pop(0).result())["error"] or error
            if error is not None:
                break
            window.append(await self._durable.child("carry", f"{run_id}:{ordinal}", run_id, str(ordinal), start))
        for handle in window:
            error = (await handle.result())["error"] or error
        return error

    async def carry(self, run_id: str, chunk_id: str, start: Position) -> Json:
        """The workflow of a chunk: from a position to the ends of the flow."""
        todo = [start]
        window: list[Handle] = []
        error: Json | None = None
        children = ordinal = 0
        while todo and error is None:
            at = todo.pop(0)
            result = await self._durable.step("advance", self._advance, run_id, chunk_id, ordinal, at)
            ordinal += 1
            error = result["error"]
            for child in result["fan"]:
                children += 1
                child_id = f"{chunk_id}.{children}"
                window.append(await self._durable.child("carry", f"{run_id}:{child_id}", run_id, child_id, child))
            todo[:0] = result["next"]
            if result["more"] is not None:
                todo.append(result["more"])
                while len(window) >= WINDOW:
                    error = error or (await window.pop(0).result())["error"]
        for handle in window:
            error = (await handle.result())["error"] or error
        return {"error": error}

    # --- steps ---

    async def _begin(self, run_id: str) -> Json:
        await self._db.write(lambda connection: rows.begin(connection, run_id))
        try:
            running = await self._active.get(run_id)
        except WeftlineError as error:
            return {"starts": [], "error": error.to_record()}
        self._active.note(
            run_id, "run.started", f"Run of '{running.facts.flow_name}' version {running.facts.version}"
        )
        payload = await self._active.trigger_payload(run_id)
        fresh = [position(step_id, [payload], None, f"start:{step_id}") for step_id in running.graph.starts]

        def note(connection: Connection) -> list[Json]:
            retried = (rows.find(connection, run_id) or {}).get("retry_of")
            if retried:
                entries.copy(connection, retried, run_id)
            entries.put_new(connection, [entry_row(run_id, place) for place in fresh])
            return entries.of_run(connection, run_id)

        known = await self._db.write(note)
        starts = [
            {name: row[name] for name in ("refs", "source", "state", "cursor")}
            | {"step": row["step_id"], "entry": row["id"]}
            for row in known
            if not row["done"]
        ]
        return {"starts": starts, "error": None}

    async def _advance(self, run_id: str, chunk_id: str, ordinal: int, at: Position) -> Json:
        running = await self._active.get(run_id)
        if at["state"] is None:  # else it is another page of the same pull
            part_id = chunk_id if ordinal == 0 else f"{chunk_id}#{ordinal}"
            await self._db.write(lambda connection: _note_chunk(connection, run_id, part_id, at))
        walker = Walker(running, chunk_id, ordinal)
        return (await walker.advance(at)).to_json()

    async def _finish(self, run_id: str, error: Json | None) -> str:
        await self._active.flush(run_id)

        def write(connection: Connection) -> str:
            totals = rows.step_totals(connection, [run_id])
            status = _status(totals, error)
            _move_cursors(connection, run_id, well=status in ("success", "partial_success"))
            if error is not None and status == "parked":
                _needs_authorisation(connection, error)
            if rows.finish(connection, run_id, status, None if status == "stopped" else error):
                return status
            found = rows.find(connection, run_id)
            return str(found["status"]) if found else status

        status = await self._db.write(write)
        words = WORDS.get(status, status)
        self._active.note(run_id, "run.finished", f"Run {words}", level="error" if status == "failed" else "info")
        await self._active.forget(run_id)
        return status


def _move_cursors(connection: Connection, run_id: str, *, well: bool) -> None:
    """The next run pulls what is new since this one, if it ended well; see ``FilesChain`` for what is kept anyway."""
    pulls = entries.with_cursor(connection, run_id)
    ended = [row for row in pulls if (well and row["done"]) or row["cursor"].get("kept")]
    run = rows.find(connection, run_id) if ended else None
    if run is None:
        return
    flow_id = run["flow_id"]
    lock(connection, f"cursors {flow_id}")
    for row in ended:
        instance = instances.find(connection, row["source"])
        if instance is None:
            continue
        place = (flow_id, row["step_id"], instance.id)
        if is_further(row["cursor"], cursors.find(connection, *place)):
            cursors.move(connection, *place, row["cursor"], run_id)


def _needs_authorisation(connection: Connection, error: Json) -> None:
    instance = instances.find(connection, error["context"].get("instance", ""))
    if instance is None:
        return
    if instance.health != "needs_authorisation":
        title = f"{instance.document.name} needs authorisation"
        text = f"{title}: {error['message']}. Runs that need it wait, and go on by themselves once it is authorised."
        notices.put(connection, notices.NoticeRow("needs_authorisation", instance.id, title, text))
    instances.set_health(connection, instance.id, "needs_authorisation", error["message"])


def _note_chunk(connection: Connection, run_id: str, chunk_id: str, at: Position) -> None:
    row = {
        "run_id": run_id,
        "id": chunk_id,
        "step_id": at["step"],
        "source": at["source"],
        "refs": at["refs"],
        "records": sum(PayloadRef.from_json(ref).records for ref in at["refs"]),
        "created_at": to_text(now()),
    }
    rows.put_chunk(connection, row)


def _status(totals: list[dict[str, Any]], error: Json | None) -> str:
    """The final status from counts and the error that ended the run, if one did."""
    if error is not None:
        if error["context"].get("needs_consent"):
            return "parked"
        return "stopped" if error["code"] == RunStoppedError.code else "failed"
    failed = sum(row["failed"] for row in totals)
    if not failed:
        return "success"
    moved = sum(row["confirmed"] for row in totals) or sum(
        row["records_out"] for row in totals if row["failed"] and row["records_out"]
    )
    return "partial_success" if moved else "failed"
