"""Notices: what people are to be told, until they are. Written with the thing itself, so that a crash loses none."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import json, new_id, now, to_text
from weftline.store.tables import notices

KEPT = timedelta(days=3)
"""A notice that could not be told by then is news no more."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice; ``told`` names the channels that have taken it."""

    kind: str
    instance_id: str
    title: str
    text: str
    id: str = field(default_factory=lambda: new_id("ntc"))
    at: str = field(default_factory=lambda: to_text(now()))
    told: list[str] = field(default_factory=list)
    attempts: int = 0
    next_at: str = field(default_factory=lambda: to_text(now()))


def put(connection: Connection, row: NoticeRow) -> None:
    """Write a notice down; those that are old news are forgotten."""
    connection.execute(sa.delete(notices).where(notices.c.at < to_text(now() - KEPT)))
    connection.execute(sa.insert(notices).values(asdict(row) | {"told": json.encode_text(row.told)}))


def claim(connection: Connection, until: str) -> NoticeRow | None:
    """One notice that is due, for its taker alone ``until`` then."""
    due = (
        sa.select(notices)
        .where(notices.c.next_at <= to_text(now()), notices.c.at >= to_text(now() - KEPT))
        .order_by(notices.c.next_at)
        .limit(1)
    )
    found = connection.execute(due).mappings().first()
    if found is None:
        return None
    taken = sa.update(notices).where(notices.c.id == found["id"], notices.c.next_at == found["next_at"])
    if not connection.execute(taken.values(next_at=until, attempts=found["attempts"] + 1)).rowcount:
        return None
    return NoticeRow(**{**found, "told": json.decode(found["told"]), "attempts": found["attempts"] + 1})


def postpone(connection: Connection, notice_id: str, told: list[str], next_at: str) -> None:
    """Some channels have it; the others are tried again then."""
    connection.execute(
        sa.update(notices).where(notices.c.id == notice_id).values(told=json.encode_text(told), next_at=next_at)
    )


def forget(connection: Connection, notice_id: str) -> None:
    """Everybody has been told."""
    connection.execute(sa.delete(notices).where(notices.c.id == notice_id))
