"""Carries a chunk through consecutive shapes.

One call of :meth:`Walker.advance` is one durable step: it opens the payloads at a position, lets them pass pure
shapes until and including an effect, writes counts, and says where to go on. Only references and counts leave it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from weftline.engine.context import StepContext
from weftline.engine.plan import Node, error_port
from weftline.engine.running import Running
from weftline.errors import FlowError, RunStoppedError, WeftlineError
from weftline.kernel import json, now, to_text
from weftline.kernel.telemetry import logger
from weftline.model import Batch, FailedRecord, Outcome, PayloadRef
from weftline.shapes import EffectShape, PureShape
from weftline.store import Connection, entries
from weftline.store import runs as run_rows

Position = dict[str, Any]
"""JSON: ``step``, ``refs`` (payloads), ``source`` (instance that records come from), ``entry`` (its id in
``store.entries``; empty where a retry comes by again anyway) and, of a pull, ``state`` and ``cursor``."""


def position(
    step_id: str, refs: Sequence[PayloadRef], source: str | None, entry: str = "", state: dict[str, Any] | None = None
) -> Position:
    """A place in a flow where payloads stand."""
    place = {"step": step_id, "refs": [ref.to_json() for ref in refs], "source": source, "state": state}
    return place | {"entry": entry, "cursor": None}


def entry_row(run_id: str, at: Position, *, done: bool = False) -> dict[str, Any]:
    """A position as a row of ``store.entries``."""
    return {
        "run_id": run_id, "id": at["entry"], "step_id": at["step"], "source": at["source"], "refs": at["refs"],
        "state": at["state"], "cursor": at["cursor"], "done": done,
    }  # fmt: skip


@dataclass(slots=True)
class Advance:
    """What one durable step gave: positions to go on from in this chunk, positions for chunks of their own, the
    position to come back to when a pull has more pages, and the error that ended it."""

    next: list[Position] = field(default_factory=list)
    fan: list[Position] = field(default_factory=list)
    more: Position | None = None
    error: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON, for a durable step."""
        return {"next": self.next, "fan": self.fan, "more": self.more, "error": self.error}


@dataclass(slots=True)
class _Count:
    """Counts of one shape in one durable step; see ``store.runs.COUNTS``."""

    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(run_rows.COUNTS, 0))
    ports: dict[str, int] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    started_at: str = field(default_factory=lambda: to_text(now()))

    def add(self, **counts: int) -> None:
        for name, count in counts.items():
            self.values[name] += count


class Walker:
    """Walks one position of one run. Made for a single :meth:`advance`."""

    def __init__(self, running: Running, chunk_id: str, ordinal: int) -> None:
        self._running = running
        self._chunk_id = chunk_id
        # Counts are absolute per durable step, so that doing it again after a crash writes the same row.
        self._part = f"{chunk_id}#{ordinal}"
        self._counts: dict[str, _Count] = {}
        self._source: str | None = None
        self._entries: list[dict[str, Any]] = []
        self._result = Advance()

    async def advance(self, at: Position) -> Advance:
        """Carry the payloads at a position as far as one durable step goes. What a flow can do wrong is no raise."""
        self._source = at["source"]
        step_id = at["step"]
        try:
            if self._running.stop_requested:
                raise RunStoppedError("the run was stopped")  # noqa: TRY301
            node = self._running.graph.nodes[step_id]
            refs = [PayloadRef.from_json(ref) for ref in at["refs"]]
            if isinstance(node.shape, EffectShape) and node.shape.sources() is not None:
                await self._pull(node, node.shape, refs, at)
            else:
                async with self._running.chunk_slots:
                    for ref in refs:
                        await self._open_and_pass(node, ref)
        except WeftlineError as error:
            self._fail(error.context.get("step_id") or step_id, error.to_record())
        except Exception as error:
            logger("engine").exception("run %s, step %s", self._running.facts.run_id, step_id)
            self._fail(step_id, WeftlineError(f"unexpected {type(error).__name__}: {error}").to_record())
        await self._write_counts()
        return self._result

    def _fail(self, step_id: str, record: dict[str, Any]) -> None:
        record["context"] = {"step_id": step_id} | record["context"]
        self._result.error = record
        self._count(step_id).error = record
        if record["code"] != RunStoppedError.code:
            text = f"{step_id}: {record['message']}"
            self._context(step_id).note("step.failed", text, level="error", error=record)

    # --- pulling ---

    async def _pull(self, node: Node, shape: EffectShape, refs: list[PayloadRef], at: Position) -> None:
        sources = shape.sources() or []
        entry = at["entry"]
        if at["source"] is None or at["source"] not in sources:
            if len(sources) == 1:
                at = at | {"source": sources[0]}
            else:
                self._result.fan = [
                    position(node.step.id, refs, source, entry and f"{entry}/{source}") for source in sources
                ]
                self._note_entries(at, self._result.fan, done=True)
                return
        self._source = at["source"]
        count = self._count(node.step.id)
        batch = None
        if refs:
            batch = Batch(await self._running.payloads.records(refs[0].id), refs[0].meta)
        started = time.monotonic()
        pulled = await shape.pull(self._context(node.step.id), batch, at["source"], at["state"], at["cursor"])
        count.add(
            records_out=pulled.records, requests=pulled.requests, elapsed_ms=int((time.monotonic() - started) * 1000)
        )
        targets = node.links.get("out", [])
        count.ports["out"] = pulled.records
        onward = [
            position(target, pulled.refs, at["source"], entry and f"{entry}>{self._part}>{target}")
            for target in targets
            if pulled.refs
        ]
        more = None
        was_first = at["state"] is None
        at = at | {"state": pulled.next_state, "cursor": pulled.cursor}
        if pulled.next_state is not None:
            more = at
        elif len(refs) > 1:
            more = at | {"refs": at["refs"][1:]}
        self._note_entries(more or at, onward, done=more is None)
        self._result.more = more
        # A short answer goes on in this chunk: fewer workflows, fewer commits.
        if more is None and was_first:
            self._result.next = onward
        else:
            self._result.fan = onward

    def _note_entries(self, at: Position, onward: list[Position], *, done: bool) -> None:
        """What a retry must know of a pull: how far it is, and what it gave."""
        if at["entry"]:
            run_id = self._running.facts.run_id
            self._entries = [entry_row(run_id, at, done=done), *(entry_row(run_id, place) for place in onward)]

    # --- passing shapes ---

    async def _open_and_pass(self, node: Node, ref: PayloadRef) -> None:
        records = await self._running.payloads.records(ref.id)
        batch = Batch(records, dict(ref.meta), list(range(len(records))))
        batch.meta.setdefault("payload_id", ref.id)
        await self._pass(node, batch)
        await self._write_counts()

    async def _pass(self, node: Node, batch: Batch) -> None:
        if self._running.stop_requested:
            raise RunStoppedError("the run was stopped")
        step_id = node.step.id
        shape = node.shape
        count = self._count(step_id)
        started = time.monotonic()
        if isinstance(shape, EffectShape):
            if shape.sources() is not None:  # a pull amid the flow stands at the head of its own durable step
                self._result.next.append(position(step_id, [await self._keep(batch)], None))
                return
            count.add(records_in=len(batch.records))
            try:
                outcome = await shape.send(self._context(step_id), batch)
            finally:
                tally = self._running.tallies.pop((self._part, step_id), None)
                if tally is not None:
                    count.add(
                        sent=tally.sent, confirmed=tally.confirmed, skipped=tally.skipped, requests=tally.requests
                    )
        elif isinstance(shape, PureShape):
            count.add(records_in=len(batch.records))
            outcome = shape.run(batch, self._running.scope(batch))
        else:
            raise FlowError(f"step '{step_id}' is neither pure nor an effect")
        count.add(
            records_out=sum(len(piece.records) for pieces in outcome.ports.values() for piece in pieces),
            dropped=outcome.dropped,
            failed=len(outcome.failed),
            elapsed_ms=int((time.monotonic() - started) * 1000),
        )
        for port, pieces in outcome.ports.items():
            count.ports[port] = count.ports.get(port, 0) + sum(len(piece.records) for piece in pieces)
        if outcome.failed:
            await self._divert(node, batch, outcome.failed)
        await self._onward(node, outcome)

    async def _onward(self, node: Node, outcome: Outcome) -> None:
        after_effect = isinstance(node.shape, EffectShape)
        for port, pieces in outcome.ports.items():
            for target in node.links.get(port, []):
                for piece in pieces:
                    if not piece.records:
                        continue
                    if after_effect:  # answers are kept before anything is done with them
                        self._result.next.append(position(target, [await self._keep(piece)], self._source))
                    else:
                        await self._pass(self._running.graph.nodes[target], piece)

    async def _divert(self, node: Node, batch: Batch, failed: list[FailedRecord]) -> None:
        """Failed records go to the catch of the try they stand in; without one they are kept and reported."""
        step_id = node.step.id
        first = failed[0].error
        catcher = self._running.graph.nodes[node.catch] if node.catch else None
        kept = await self._running.payloads.put(
            json.encode([item.record for item in failed]),
            len(failed),
            {"step_id": step_id, "error": first["message"]},
        )
        many = f"{len(failed)} records" if len(failed) != 1 else "1 record"
        self._context(step_id).note(
            "record.caught" if catcher else "record.failed",
            f"{step_id}: {many} {'caught' if catcher else 'failed'}: {first['message']}",
            level="warning" if catcher else "error",
            count=len(failed),
            payload_id=kept.id,
            errors=[{"position": item.position} | item.error for item in failed[:5]],
        )
        if catcher is None:
            if self._running.graph.flow.settings.on_record_error == "stop":
                raise WeftlineError(
                    f"{many} failed and the flow is set to stop: {first['message']}",
                    hint=first["hint"],
                    context={"step_id": step_id},
                )
            return
        by_error: dict[tuple[str, str], list[FailedRecord]] = {}
        for item in failed:
            by_error.setdefault((item.error["code"], item.error["message"]), []).append(item)
        for (code, message), items in by_error.items():
            caught = Batch(
                [item.record for item in items],
                batch.meta | {"error_code": code, "error_message": message, "error_step": step_id},
            )
            await self._onward(catcher, Outcome({error_port(catcher): [caught]}))

    # --- small things ---

    async def _keep(self, batch: Batch) -> PayloadRef:
        return await self._running.payloads.put(json.encode(batch.records), len(batch.records), batch.meta)

    def _context(self, step_id: str) -> StepContext:
        return StepContext(self._running, step_id, self._chunk_id, self._part)

    def _count(self, step_id: str) -> _Count:
        return self._counts.setdefault(step_id, _Count())

    async def _write_counts(self) -> None:
        moment = to_text(now())
        rows = [
            {
                "run_id": self._running.facts.run_id, "chunk_id": self._part, "step_id": step_id,
                "source": self._source, "ports": json.encode_text(count.ports),
                "error": None if count.error is None else json.encode_text(count.error),
                "started_at": count.started_at, "ended_at": moment,
            }
            | count.values
            for step_id, count in self._counts.items()
        ]  # fmt: skip
        noted = self._entries

        def write(connection: Connection) -> None:
            run_rows.put_step_runs(connection, rows)
            entries.put(connection, noted)

        if rows or noted:
            await self._running.db.write(write)
