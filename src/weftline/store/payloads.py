"""Rows of payloads: small bodies inline, others elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import now, to_text
from weftline.store.dialects import upsert
from weftline.store.tables import payloads


def add(connection: Connection, payload_id: str, size_bytes: int, body: bytes | None) -> None:
    """Note a payload; ``body`` is None when its bytes lie outside the database. A second time is a no-op."""
    row = {"id": payload_id, "size_bytes": size_bytes, "body": body, "created_at": to_text(now())}
    upsert(connection, payloads, [row], update=None)


def body_of(connection: Connection, payload_id: str) -> tuple[bool, bytes | None]:
    """Whether the payload is known, and its inline body."""
    row = connection.execute(sa.select(payloads.c.body).where(payloads.c.id == payload_id)).first()
    return (False, None) if row is None else (True, row[0])
