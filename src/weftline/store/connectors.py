"""Installed connectors and the versions they replaced."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from weftline.kernel import json, now, to_text
from weftline.model import Connector
from weftline.store.dialects import upsert
from weftline.store.tables import connector_history, connectors


@dataclass(frozen=True, slots=True)
class ConnectorRow:
    """An installed connector. ``base`` is as the marketplace had it: another than ``document`` once a workspace has
    edited it, None for one of the workspace's own."""

    document: Connector
    base: Connector | None
    installed_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class OldVersion:
    """What stood in a connector's place before."""

    document: Connector
    base: Connector | None
    replaced_at: str


def find(connection: Connection, slug: str) -> ConnectorRow | None:
    """The installed connector of that slug."""
    row = connection.execute(sa.select(connectors).where(connectors.c.slug == slug)).mappings().first()
    return None if row is None else _row(row)


def list_all(connection: Connection) -> list[ConnectorRow]:
    """All installed connectors by slug."""
    return [_row(row) for row in connection.execute(sa.select(connectors).order_by(connectors.c.slug)).mappings()]


def put(connection: Connection, document: Connector, base: Connector | None = None) -> None:
    """Install a connector, or put a new version in place of the old one, which is kept in the history."""
    moment = to_text(now())
    old = connection.execute(sa.select(connectors).where(connectors.c.slug == document.slug)).mappings().first()
    if old is not None:
        connection.execute(
            sa.insert(connector_history).values(
                slug=old["slug"],
                version=old["version"],
                document=old["document"],
                base=old["base"],
                replaced_at=moment,
            )
        )
    row = {
        "slug": document.slug,
        "version": document.version,
        "document": _text(document),
        "base": None if base is None else _text(base),
        "installed_at": moment,
        "updated_at": moment,
    }
    upsert(connection, connectors, [row], update=["version", "document", "base", "updated_at"])


def history(connection: Connection, slug: str) -> list[OldVersion]:
    """What stood in its place, the last one first."""
    query = (
        sa.select(connector_history).where(connector_history.c.slug == slug).order_by(connector_history.c.id.desc())
    )
    return [
        OldVersion(_document(row["document"]), row["base"] and _document(row["base"]), row["replaced_at"])
        for row in connection.execute(query).mappings()
    ]


def remove(connection: Connection, slug: str) -> None:
    """Remove an installed connector; its history stays."""
    connection.execute(sa.delete(connectors).where(connectors.c.slug == slug))


def _row(row: RowMapping) -> ConnectorRow:
    base = row["base"] and _document(row["base"])
    return ConnectorRow(_document(row["document"]), base, row["installed_at"], row["updated_at"])


def _document(text: str) -> Connector:
    return Connector.model_validate(json.decode(text))


def _text(document: Connector) -> str:
    return json.encode_text(document.model_dump(exclude_defaults=True))
