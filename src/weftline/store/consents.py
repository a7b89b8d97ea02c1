"""Consents under way: a person was sent to an application and is not back yet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import now, to_text
from weftline.store.dialects import upsert
from weftline.store.tables import consents

State = Literal["open", "taken", "granted", "refused"]


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One question to a person. Its secret part lies in the vault under ``id``."""

    id: str
    instance_id: str
    state: State
    message: str
    expires_at: str


def put(connection: Connection, row: ConsentRow) -> list[str]:
    """Save a consent; those that expired are forgotten, and their ids returned."""
    gone = sa.delete(consents).where(consents.c.expires_at < to_text(now())).returning(consents.c.id)
    forgotten = list(connection.execute(gone).scalars())
    upsert(connection, consents, [asdict(row)], update=["state", "message"])
    return forgotten


def find(connection: Connection, consent_id: str) -> ConsentRow | None:
    """A consent that has not expired."""
    query = sa.select(consents).where(consents.c.id == consent_id, consents.c.expires_at >= to_text(now()))
    row = connection.execute(query).mappings().first()
    return None if row is None else _row(row)


def settle(connection: Connection, consent_id: str, state: State, message: str = "") -> bool:
    """Take or end a consent, once; whether this call did."""
    done = connection.execute(
        sa.update(consents)
        .where(consents.c.id == consent_id, consents.c.state.in_(("open", "taken")), consents.c.state != state)
        .values(state=state, message=message)
    )
    return bool(done.rowcount)


def _row(row: sa.RowMapping) -> ConsentRow:
    return ConsentRow(row["id"], row["instance_id"], cast("State", row["state"]), row["message"], row["expires_at"])
