"""Runs, their chunks and the counts of each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from weftline.kernel import json, now, to_text
from weftline.model.run import FINAL
from weftline.store.dialects import upsert
from weftline.store.tables import chunks, runs, step_runs

COUNTS = ("records_in", "records_out", "dropped", "failed", "sent", "confirmed", "skipped", "requests", "elapsed_ms")


def add(connection: Connection, row: dict[str, Any]) -> bool:
    """Insert a run; False (and nothing changed) if one of this id exists."""
    if connection.execute(sa.select(runs.c.id).where(runs.c.id == row["id"])).first() is not None:
        return False
    upsert(connection, runs, [row], update=None)
    return True


def find(connection: Connection, run_id: str) -> dict[str, Any] | None:
    """A run's row with its JSON columns as values."""
    row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).mappings().first()
    return None if row is None else _run(row)


def newest(
    connection: Connection, *, flow_id: str | None, status: str | None, limit: int, before: str | None
) -> list[dict[str, Any]]:
    """Runs, newest first."""
    query = sa.select(runs).order_by(runs.c.queued_at.desc(), runs.c.id.desc()).limit(limit)
    if flow_id:
        query = query.where(runs.c.flow_id == flow_id)
    if status:
        query = query.where(runs.c.status == status)
    if before:
        moment = sa.select(runs.c.queued_at).where(runs.c.id == before).scalar_subquery()
        query = query.where(runs.c.queued_at < moment)
    return [_run(row) for row in connection.execute(query).mappings()]


def under_way(connection: Connection, flow_id: str) -> int:
    """How many of a flow's runs have not ended."""
    query = sa.select(sa.func.count()).select_from(runs)
    return int(connection.execute(query.where(runs.c.flow_id == flow_id, runs.c.status.notin_(FINAL))).scalar_one())


def begin(connection: Connection, run_id: str) -> None:
    """Mark a queued run as running; a run that was begun before keeps its time."""
    connection.execute(
        sa.update(runs)
        .where(runs.c.id == run_id, runs.c.status == "queued")
        .values(status="running", started_at=to_text(now()))
    )


def finish(connection: Connection, run_id: str, status: str, error: dict[str, Any] | None) -> bool:
    """Give a run its final status, once; whether this call did."""
    done = connection.execute(
        sa.update(runs)
        .where(runs.c.id == run_id, runs.c.status.notin_(FINAL))
        .values(status=status, ended_at=to_text(now()), error=None if error is None else json.encode_text(error))
    )
    return bool(done.rowcount)


def parked(connection: Connection, limit: int = 100) -> list[tuple[str, str]]:
    """Runs that wait for a person's consent: id, and name of the instance. The oldest come first."""
    query = sa.select(runs.c.id, runs.c.error).where(runs.c.status == "parked").order_by(runs.c.id).limit(limit)
    return [
        (run_id, json.decode(error)["context"].get("instance", "")) for run_id, error in connection.execute(query)
    ]


def unpark(connection: Connection, run_id: str) -> bool:
    """A parked run goes on as another one; whether it was parked until now."""
    parked_until_now = sa.update(runs).where(runs.c.id == run_id, runs.c.status == "parked")
    return bool(connection.execute(parked_until_now.values(status="failed")).rowcount)


def request_stop(connection: Connection, run_id: str) -> None:
    """Ask a run to stop at the next safe place."""
    connection.execute(sa.update(runs).where(runs.c.id == run_id).values(stop_requested=True))


def stops_requested(connection: Connection, run_ids: Sequence[str]) -> set[str]:
    """Those of the runs that were asked to stop."""
    query = sa.select(runs.c.id).where(runs.c.id.in_(run_ids), runs.c.stop_requested)
    return set(connection.execute(query).scalars())


def add_warnings(connection: Connection, run_id: str, count: int) -> None:
    """Count warnings."""
    connection.execute(sa.update(runs).where(runs.c.id == run_id).values(warnings=runs.c.warnings + count))


def put_chunk(connection: Connection, row: dict[str, Any]) -> None:
    """Note a chunk; a second time is a no-op."""
    upsert(connection, chunks, [row | {"refs": json.encode_text(row["refs"])}], update=None)


def list_chunks(connection: Connection, run_id: str, limit: int = 500) -> list[dict[str, Any]]:
    """The chunks of a run in the order they were made."""
    query = sa.select(chunks).where(chunks.c.run_id == run_id).order_by(chunks.c.created_at).limit(limit)
    return [dict(row) | {"refs": json.decode(row["refs"])} for row in connection.execute(query).mappings()]


def find_chunk(connection: Connection, run_id: str, chunk_id: str) -> dict[str, Any] | None:
    """One chunk."""
    query = sa.select(chunks).where(chunks.c.run_id == run_id, chunks.c.id == chunk_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row) | {"refs": json.decode(row["refs"])}


def put_step_runs(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write counts, absolute per chunk and step, so that a replay writes the same again."""
    if rows:
        columns = [*COUNTS, "source", "ports", "error", "ended_at"]
        upsert(connection, step_runs, rows, update=columns)


def step_totals(connection: Connection, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Counts summed over chunks, per run, step and source."""
    query = (
        sa.select(
            step_runs.c.run_id,
            step_runs.c.step_id,
            step_runs.c.source,
            *[sa.func.coalesce(sa.func.sum(step_runs.c[name]), 0).label(name) for name in COUNTS],
            sa.func.min(step_runs.c.started_at).label("started_at"),
            sa.func.max(step_runs.c.ended_at).label("ended_at"),
            sa.func.max(step_runs.c.error).label("error"),
            sa.func.count().label("chunks"),
        )
        .where(step_runs.c.run_id.in_(run_ids))
        .group_by(step_runs.c.run_id, step_runs.c.step_id, step_runs.c.source)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def port_counts(connection: Connection, run_id: str) -> dict[str, dict[str, int]]:
    """Records per step and port, summed over chunks."""
    totals: dict[str, dict[str, int]] = {}
    query = sa.select(step_runs.c.step_id, step_runs.c.ports).where(step_runs.c.run_id == run_id)
    for step_id, ports in connection.execute(query):
        sums = totals.setdefault(step_id, {})
        for port, count in json.decode(ports).items():
            sums[port] = sums.get(port, 0) + count
    return totals


def _run(row: RowMapping) -> dict[str, Any]:
    values = dict(row)
    for name in ("variables", "meta", "error"):
        values[name] = json.decode(values[name]) if values[name] else values[name]
    return values
