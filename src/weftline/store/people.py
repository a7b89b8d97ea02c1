"""Users, their sessions, and API keys. Tokens and keys are here as hashes only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.store.tables import api_keys, sessions, users

Row = dict[str, Any]


def any_user(connection: Connection) -> bool:
    """Whether there is a user at all."""
    return connection.execute(sa.select(users.c.id).limit(1)).first() is not None


def add_user(connection: Connection, row: Row) -> None:
    """Add a user."""
    connection.execute(sa.insert(users).values(row))


def user_named(connection: Connection, name: str) -> Row | None:
    """The user of that name, with the password's hash."""
    return _one(connection, sa.select(users).where(users.c.name == name))


def user_of(connection: Connection, user_id: str) -> Row | None:
    """The user of that id, with the password's hash."""
    return _one(connection, sa.select(users).where(users.c.id == user_id))


def set_password(connection: Connection, user_id: str, password_hash: str, *, must_change: bool) -> None:
    """Give a user another password."""
    connection.execute(
        sa.update(users).where(users.c.id == user_id).values(password_hash=password_hash, must_change=must_change)
    )


def set_password_hash(connection: Connection, user_id: str, old: str, new: str) -> None:
    """The same password under newer hashing parameters, unless it was changed meanwhile."""
    connection.execute(
        sa.update(users).where(users.c.id == user_id, users.c.password_hash == old).values(password_hash=new)
    )


def add_session(connection: Connection, row: Row, now: str) -> None:
    """Add a session; those that have ended are swept on the way."""
    connection.execute(sa.delete(sessions).where(sessions.c.expires_at < now))
    connection.execute(sa.insert(sessions).values(row))


def session_user(connection: Connection, token_hash: str, now: str) -> Row | None:
    """The user of a session that has not ended, with the session's ``expires_at``."""
    query = (
        sa.select(users, sessions.c.expires_at)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(sessions.c.token_hash == token_hash, sessions.c.expires_at > now)
    )
    return _one(connection, query)


def extend_session(connection: Connection, token_hash: str, expires_at: str) -> None:
    """Let a session live longer."""
    connection.execute(sa.update(sessions).where(sessions.c.token_hash == token_hash).values(expires_at=expires_at))


def end_session(connection: Connection, token_hash: str) -> None:
    """End one session."""
    connection.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))


def end_sessions(connection: Connection, user_id: str, *, but: str) -> None:
    """End every session of a user but one."""
    connection.execute(sa.delete(sessions).where(sessions.c.user_id == user_id, sessions.c.token_hash != but))


def list_keys(connection: Connection) -> list[Row]:
    """Every API key, newest first, without its hash."""
    shown = [column for column in api_keys.c if column.name != "key_hash"]
    return [dict(row) for row in connection.execute(sa.select(*shown).order_by(api_keys.c.id.desc())).mappings()]


def add_key(connection: Connection, row: Row) -> None:
    """Add an API key."""
    connection.execute(sa.insert(api_keys).values(row))


def key_of(connection: Connection, key_hash: str) -> Row | None:
    """The API key of that hash."""
    return _one(connection, sa.select(api_keys).where(api_keys.c.key_hash == key_hash))


def touch_key(connection: Connection, key_id: str, now: str) -> None:
    """An API key was used."""
    connection.execute(sa.update(api_keys).where(api_keys.c.id == key_id).values(used_at=now))


def remove_key(connection: Connection, key_id: str) -> bool:
    """Remove an API key; whether it was there."""
    return bool(connection.execute(sa.delete(api_keys).where(api_keys.c.id == key_id)).rowcount)


def _one(connection: Connection, query: sa.Select[Any]) -> Row | None:
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)
