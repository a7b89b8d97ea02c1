"""Rows of schedules: when each schedule trigger of an enabled, deployed flow is due next."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import json
from weftline.store.dialects import upsert
from weftline.store.tables import schedules

Row = dict[str, Any]


def of_flow(connection: Connection, flow_id: str) -> dict[str, Row]:
    """A flow's schedules by key, with ``config`` as values."""
    query = sa.select(schedules).where(schedules.c.flow_id == flow_id)
    return {row["key"]: _row(row) for row in connection.execute(query).mappings()}


def put(connection: Connection, flow_id: str, key: str, next_at: str, config: dict[str, Any]) -> None:
    """Add or change a schedule."""
    row = {"flow_id": flow_id, "key": key, "next_at": next_at, "config": json.encode_text(config)}
    upsert(connection, schedules, [row], update=["next_at", "config"])


def remove(connection: Connection, flow_id: str, key: str) -> None:
    """Remove a schedule."""
    connection.execute(sa.delete(schedules).where(schedules.c.flow_id == flow_id, schedules.c.key == key))


def due(connection: Connection, moment: str, limit: int = 200) -> list[Row]:
    """Schedules whose time has come, the longest due first."""
    query = sa.select(schedules).where(schedules.c.next_at <= moment).order_by(schedules.c.next_at).limit(limit)
    return [_row(row) for row in connection.execute(query).mappings()]


def advance(connection: Connection, flow_id: str, key: str, due_at: str, next_at: str) -> bool:
    """Set the next time if the schedule still stands at ``due_at``; whether it did."""
    changed = connection.execute(
        sa.update(schedules)
        .where(schedules.c.flow_id == flow_id, schedules.c.key == key, schedules.c.next_at == due_at)
        .values(next_at=next_at)
    )
    return bool(changed.rowcount)


def _row(row: Any) -> Row:
    return dict(row) | {"config": json.decode(row["config"])}
