"""Leases: one holder at a time across all workers, for a bounded time; gone with the time if the holder dies."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import now, to_text
from weftline.store.dialects import upsert
from weftline.store.tables import leases


def take(connection: Connection, name: str, holder: str, until: datetime) -> bool:
    """Take a lease if nobody holds it; whether it is ours now."""
    free = {"name": name, "holder": "", "until": "", "note": ""}
    upsert(connection, leases, [free], update=None)
    # One statement decides: of two workers at once the second finds the row changed.
    taken = connection.execute(
        sa.update(leases)
        .where(leases.c.name == name, leases.c.until <= to_text(now()))
        .values(holder=holder, until=to_text(until), note="")
    )
    return bool(taken.rowcount)


def note(connection: Connection, name: str) -> str:
    """What the holder left while the lease lasts; empty when it has lapsed or says nothing."""
    query = sa.select(leases.c.note).where(leases.c.name == name, leases.c.until > to_text(now()))
    return connection.execute(query).scalar() or ""


def leave(connection: Connection, name: str, holder: str, note: str = "", until: datetime | None = None) -> None:
    """Let go of a lease of ours; with a ``note`` it stays closed ``until`` then, and tells others why."""
    connection.execute(
        sa.update(leases)
        .where(leases.c.name == name, leases.c.holder == holder)
        .values(holder="", until="" if until is None else to_text(until), note=note)
    )


def clear(connection: Connection, name: str) -> None:
    """Forget a lease and its note."""
    connection.execute(sa.delete(leases).where(leases.c.name == name))
