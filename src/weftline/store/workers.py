"""Heartbeats of server processes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import json
from weftline.store.dialects import upsert
from weftline.store.tables import workers

_GONE = "1970-01-01T00:00:00.000000Z"


def beat(connection: Connection, executor_id: str, moment: str, facts: dict[str, Any]) -> None:
    """This worker lives."""
    row = {"executor_id": executor_id, "started_at": moment, "seen_at": moment, "facts": json.encode_text(facts)}
    upsert(connection, workers, [row], update=["seen_at", "facts"])


def say_goodbye(connection: Connection, executor_id: str) -> None:
    """This worker has stopped: what it left may be taken over at once."""
    connection.execute(sa.update(workers).where(workers.c.executor_id == executor_id).values(seen_at=_GONE))


def silent_since(connection: Connection, before: str, *, but: str) -> list[str]:
    """Workers not heard of since ``before``."""
    query = sa.select(workers.c.executor_id).where(workers.c.seen_at < before, workers.c.executor_id != but)
    return list(connection.execute(query).scalars())


def alive_since(connection: Connection, after: str) -> list[dict[str, Any]]:
    """Workers heard of since ``after``."""
    query = sa.select(workers).where(workers.c.seen_at >= after).order_by(workers.c.executor_id)
    return [dict(row) | {"facts": json.decode(row["facts"])} for row in connection.execute(query).mappings()]
