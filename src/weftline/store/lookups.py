"""Cross-reference lookups: tables of left and right values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import now, to_text
from weftline.store.dialects import upsert
from weftline.store.tables import lookup_rows, lookups


def names(connection: Connection) -> list[str]:
    """Every lookup's name."""
    return list(connection.execute(sa.select(lookups.c.name).order_by(lookups.c.name)).scalars())


def stamps(connection: Connection) -> dict[str, str]:
    """When each lookup was last changed."""
    rows = connection.execute(sa.select(lookups.c.name, lookups.c.updated_at))
    return {row.name: row.updated_at for row in rows}


def sizes(connection: Connection) -> list[tuple[str, int]]:
    """Names and numbers of rows."""
    query = (
        sa.select(lookups.c.name, sa.func.count(lookup_rows.c.left_value))
        .outerjoin(lookup_rows, lookup_rows.c.lookup == lookups.c.name)
        .group_by(lookups.c.name)
        .order_by(lookups.c.name)
    )
    return [(name, count) for name, count in connection.execute(query)]


def size(connection: Connection, name: str) -> int:
    """How many rows a lookup has."""
    query = sa.select(sa.func.count()).select_from(lookup_rows).where(lookup_rows.c.lookup == name)
    return int(connection.execute(query).scalar_one())


def partner(
    connection: Connection, name: str, value: str, direction: Literal["left_to_right", "right_to_left"]
) -> str | None:
    """The other side of the first pair that holds ``value``, or None."""
    searched, wanted = lookup_rows.c.left_value, lookup_rows.c.right_value
    if direction == "right_to_left":
        searched, wanted = wanted, searched
    query = sa.select(wanted).where(lookup_rows.c.lookup == name, searched == value)
    return connection.execute(query.order_by(lookup_rows.c.left_value).limit(1)).scalar()


def exists(connection: Connection, name: str) -> bool:
    """Whether there is a lookup of that name."""
    return connection.execute(sa.select(lookups.c.name).where(lookups.c.name == name)).first() is not None


def load_table(connection: Connection, name: str) -> list[tuple[str, str]]:
    """A lookup's rows, left and right."""
    query = (
        sa.select(lookup_rows.c.left_value, lookup_rows.c.right_value)
        .where(lookup_rows.c.lookup == name)
        .order_by(lookup_rows.c.left_value)
    )
    return [(left, right) for left, right in connection.execute(query)]


def put(connection: Connection, name: str, rows: Sequence[tuple[str, str]]) -> None:
    """Write a lookup in place of any of that name."""
    upsert(connection, lookups, [{"name": name, "updated_at": to_text(now())}], update=["updated_at"])
    connection.execute(sa.delete(lookup_rows).where(lookup_rows.c.lookup == name))
    if rows:
        connection.execute(
            sa.insert(lookup_rows),
            [{"lookup": name, "left_value": left, "right_value": right} for left, right in rows],
        )


def remove(connection: Connection, name: str) -> None:
    """Remove a lookup."""
    connection.execute(sa.delete(lookup_rows).where(lookup_rows.c.lookup == name))
    connection.execute(sa.delete(lookups).where(lookups.c.name == name))
