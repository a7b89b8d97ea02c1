"""The delivery ledger's rows: one per record key, request body and target step of a chain of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import json
from weftline.store.dialects import upsert
from weftline.store.tables import deliveries, runs

_KEY = (deliveries.c.root_run_id, deliveries.c.step_id, deliveries.c.record_key, deliveries.c.body_hash)

_settle = (
    sa.update(deliveries)
    .where(
        deliveries.c.root_run_id == sa.bindparam("b_root"),
        deliveries.c.step_id == sa.bindparam("b_step"),
        deliveries.c.record_key == sa.bindparam("b_key"),
        deliveries.c.body_hash == sa.bindparam("b_hash"),
    )
    .values(
        state=sa.bindparam("state"),
        status_code=sa.bindparam("status_code"),
        result_id=sa.bindparam("result_id"),
        attempts=deliveries.c.attempts + sa.bindparam("b_attempts"),
        error=sa.bindparam("error"),
        run_id=sa.bindparam("run_id"),
        updated_at=sa.bindparam("updated_at"),
    )
)


def known(
    connection: Connection, root_run_id: str, step_id: str, record_keys: Sequence[str]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows that exist for these record keys, by (record key, body hash)."""
    query = sa.select(deliveries).where(
        deliveries.c.root_run_id == root_run_id,
        deliveries.c.step_id == step_id,
        deliveries.c.record_key.in_(record_keys),
    )
    return {(row["record_key"], row["body_hash"]): dict(row) for row in connection.execute(query).mappings()}


def intend(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Write intents; rows that exist stay as they are. Gives how many are new."""
    return upsert(connection, deliveries, rows, update=None)


def settle(connection: Connection, rows: Sequence[dict[str, Any]], moment: str) -> None:
    """Write outcomes in one statement; each row has the key as ``b_root, b_step, b_key, b_hash``."""
    if rows:
        connection.execute(_settle, [row | {"updated_at": moment} for row in rows])


def page(
    connection: Connection,
    root_run_id: str,
    *,
    state: str | None,
    search: str | None,
    source: str | None,
    limit: int,
    after: str | None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Deliveries of a chain of runs by key; the second value is the cursor of the next page."""
    query = sa.select(deliveries).where(deliveries.c.root_run_id == root_run_id)
    if state:
        query = query.where(deliveries.c.state == state)
    if source:
        query = query.where(deliveries.c.source == source)
    if search:
        query = query.where(deliveries.c.record_key.contains(search, autoescape=True))
    if after:
        step_id, record_key, body_hash = json.decode(after)
        query = query.where(
            sa.tuple_(deliveries.c.step_id, deliveries.c.record_key, deliveries.c.body_hash)
            > sa.tuple_(sa.literal(step_id), sa.literal(record_key), sa.literal(body_hash))
        )
    query = query.order_by(*_KEY[1:]).limit(limit + 1)
    rows = [_delivery(row) for row in connection.execute(query).mappings()]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], json.encode_text([last["step_id"], last["record_key"], last["body_hash"]])


def search(connection: Connection, text: str, limit: int = 50) -> list[dict[str, Any]]:
    """Deliveries of any run whose record key is, or begins with, ``text``; newest first."""
    query = (
        sa.select(deliveries, runs.c.flow_name, runs.c.flow_id)
        .join(runs, runs.c.id == deliveries.c.run_id)
        .where(deliveries.c.record_key >= text, deliveries.c.record_key < text + "\U0010ffff")
        .order_by(deliveries.c.updated_at.desc())
        .limit(limit)
    )
    return [_delivery(row) for row in connection.execute(query).mappings()]


def states(connection: Connection, root_run_id: str) -> list[tuple[str, str | None, str, int]]:
    """How many deliveries are in which state: (step id, source, state, count)."""
    query = (
        sa.select(deliveries.c.step_id, deliveries.c.source, deliveries.c.state, sa.func.count())
        .where(deliveries.c.root_run_id == root_run_id)
        .group_by(deliveries.c.step_id, deliveries.c.source, deliveries.c.state)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def _delivery(row: Any) -> dict[str, Any]:
    values = dict(row)
    values["error"] = json.decode(values["error"]) if values["error"] else None
    return values
