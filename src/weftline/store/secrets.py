"""Rows of sealed secrets."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import now, to_text
from weftline.store.dialects import upsert
from weftline.store.tables import secrets


def put(connection: Connection, owner: str, key: str, sealed: bytes) -> None:
    """Write a sealed value."""
    row = {"owner": owner, "key": key, "sealed": sealed, "updated_at": to_text(now())}
    upsert(connection, secrets, [row], update=["sealed", "updated_at"])


def of_owner(connection: Connection, owner: str) -> list[tuple[str, bytes]]:
    """Keys and sealed values of an owner."""
    query = sa.select(secrets.c.key, secrets.c.sealed).where(secrets.c.owner == owner).order_by(secrets.c.key)
    return [(key, sealed) for key, sealed in connection.execute(query)]


def everything(connection: Connection) -> list[tuple[str, str, bytes]]:
    """Every sealed value."""
    query = sa.select(secrets.c.owner, secrets.c.key, secrets.c.sealed)
    return [(owner, key, sealed) for owner, key, sealed in connection.execute(query)]


def delete(connection: Connection, owner: str, key: str | None) -> None:
    """Remove one value, or all of an owner."""
    statement = sa.delete(secrets).where(secrets.c.owner == owner)
    connection.execute(statement if key is None else statement.where(secrets.c.key == key))
