"""Run events and exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import json
from weftline.model import Exchange, RunEvent
from weftline.store.tables import exchanges, run_events


def append_events(connection: Connection, events: Sequence[RunEvent]) -> None:
    """Append events, in order."""
    if events:
        connection.execute(
            sa.insert(run_events),
            [
                {
                    "run_id": event.run_id, "at": event.at, "level": event.level, "kind": event.kind,
                    "step_id": event.step_id, "chunk_id": event.chunk_id, "message": event.message,
                    "data": json.encode_text(event.data),
                }
                for event in events
            ],
        )  # fmt: skip


def append_exchanges(connection: Connection, items: Sequence[Exchange]) -> None:
    """Append exchanges."""
    if items:
        connection.execute(
            sa.insert(exchanges),
            [
                {
                    "run_id": item.run_id, "step_id": item.step_id, "chunk_id": item.chunk_id,
                    "instance": item.instance, "record_key": item.record_key, "at": item.at, "status": item.status,
                    "elapsed_ms": item.elapsed_ms, "request": json.encode_text(item.request),
                    "response": json.encode_text(item.response),
                    "error": None if item.error is None else json.encode_text(item.error),
                }
                for item in items
            ],
        )  # fmt: skip


def events_after(connection: Connection, run_id: str, after: int, limit: int) -> list[dict[str, Any]]:
    """Events of a run with an id above ``after``, in order."""
    query = (
        sa.select(run_events)
        .where(run_events.c.run_id == run_id, run_events.c.id > after)
        .order_by(run_events.c.id)
        .limit(limit)
    )
    return [dict(row) | {"data": json.decode(row["data"])} for row in connection.execute(query).mappings()]


def newest_event(connection: Connection, run_id: str, kind: str) -> dict[str, Any] | None:
    """The last event of a kind."""
    query = (
        sa.select(run_events)
        .where(run_events.c.run_id == run_id, run_events.c.kind == kind)
        .order_by(run_events.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row) | {"data": json.decode(row["data"])}


def list_exchanges(connection: Connection, run_id: str, step_id: str | None, limit: int) -> list[dict[str, Any]]:
    """Exchanges of a run, failures first, then newest first."""
    query = sa.select(exchanges).where(exchanges.c.run_id == run_id)
    if step_id:
        query = query.where(exchanges.c.step_id == step_id)
    query = query.order_by(exchanges.c.error.is_(None), exchanges.c.id.desc()).limit(limit)
    found = []
    for row in connection.execute(query).mappings():
        values = dict(row)
        for name in ("request", "response", "error"):
            values[name] = json.decode(values[name]) if values[name] else None
        found.append(values)
    return found
