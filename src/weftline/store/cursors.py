"""Cursors: where the next run of a flow begins to pull."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import json, now, to_text
from weftline.store.dialects import upsert
from weftline.store.tables import cursors

Json = dict[str, Any]


def find(connection: Connection, flow_id: str, step_id: str, instance_id: str) -> Json | None:
    """Where the last run that ended well left off."""
    query = sa.select(cursors.c.value).where(
        cursors.c.flow_id == flow_id, cursors.c.step_id == step_id, cursors.c.instance_id == instance_id
    )
    text = connection.execute(query).scalar()
    return None if text is None else json.decode(text)


def move(connection: Connection, flow_id: str, step_id: str, instance_id: str, value: Json, run_id: str) -> None:
    """The next run begins here."""
    row = {
        "flow_id": flow_id, "step_id": step_id, "instance_id": instance_id, "value": json.encode_text(value),
        "run_id": run_id, "updated_at": to_text(now()),
    }  # fmt: skip
    upsert(connection, cursors, [row], update=["value", "run_id", "updated_at"])


def of_flow(connection: Connection, flow_id: str) -> list[Json]:
    """The cursors of a flow: step_id, instance_id, value, run_id, updated_at."""
    query = sa.select(cursors).where(cursors.c.flow_id == flow_id).order_by(cursors.c.step_id, cursors.c.instance_id)
    return [dict(row) | {"value": json.decode(row["value"])} for row in connection.execute(query).mappings()]


def forget(connection: Connection, flow_id: str, step_id: str | None = None) -> int:
    """The next run of a flow (or of one of its steps) begins from the start; how many cursors were forgotten."""
    statement = sa.delete(cursors).where(cursors.c.flow_id == flow_id)
    if step_id is not None:
        statement = statement.where(cursors.c.step_id == step_id)
    return int(connection.execute(statement).rowcount)
