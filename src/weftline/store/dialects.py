"""What differs between SQLite and PostgreSQL, counted and named.

1. ``upsert``: both have ON CONFLICT, under two names in SQLAlchemy.
2. ``open_engine`` in database.py: pragmas and pool.
3. ``try_lock`` and ``lock``: advisory locks exist on PostgreSQL only; SQLite has one process and one writer,
   so the lock is always ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def upsert(
    connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]], *, update: Sequence[str] | None
) -> int:
    """Insert rows; where the primary key exists, overwrite the columns of ``update`` (None: leave the row alone).

    Gives how many rows were written.
    """
    if not rows:
        return 0
    statement: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    if update is None:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    else:
        statement = statement.on_conflict_do_update(
            index_elements=keys, set_={name: statement.excluded[name] for name in update}
        )
    return int(connection.execute(statement, list(rows)).rowcount)


def try_lock(connection: Connection, name: str) -> bool:
    """Take a named lock for the rest of this transaction, without waiting."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtext(name)))).scalar())


def lock(connection: Connection, name: str) -> None:
    """Take a named lock for the rest of this transaction; wait for it."""
    if connection.dialect.name != "sqlite":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(name))))
