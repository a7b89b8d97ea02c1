"""Instances and their health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from weftline.kernel import json, now, to_text
from weftline.model import Health, Instance
from weftline.store.dialects import upsert
from weftline.store.tables import instances


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """A saved instance."""

    id: str
    document: Instance
    health: Health
    health_message: str
    checked_at: str | None
    created_at: str
    updated_at: str


def find(connection: Connection, name_or_id: str) -> InstanceRow | None:
    """The instance of that name or id."""
    query = sa.select(instances).where(sa.or_(instances.c.name == name_or_id, instances.c.id == name_or_id))
    row = connection.execute(query).mappings().first()
    return None if row is None else _row(row)


def list_all(connection: Connection, connector: str | None = None) -> list[InstanceRow]:
    """All instances by name, or those of one connector."""
    query = sa.select(instances).order_by(instances.c.name)
    if connector is not None:
        query = query.where(instances.c.connector == connector)
    return [_row(row) for row in connection.execute(query).mappings()]


def put(connection: Connection, instance_id: str, document: Instance) -> None:
    """Save an instance."""
    moment = to_text(now())
    row = {
        "id": instance_id,
        "name": document.name,
        "connector": document.connector,
        "document": json.encode_text(document.model_dump(exclude_defaults=True)),
        "health": "unchecked",
        "health_message": "",
        "checked_at": None,
        "created_at": moment,
        "updated_at": moment,
    }
    upsert(connection, instances, [row], update=["name", "connector", "document", "updated_at"])


def set_health(connection: Connection, instance_id: str, health: Health, message: str) -> None:
    """Note the outcome of a check."""
    connection.execute(
        sa.update(instances)
        .where(instances.c.id == instance_id)
        .values(health=health, health_message=message, checked_at=to_text(now()))
    )


def remove(connection: Connection, instance_id: str) -> None:
    """Remove an instance."""
    connection.execute(sa.delete(instances).where(instances.c.id == instance_id))


def _row(row: RowMapping) -> InstanceRow:
    return InstanceRow(
        row["id"],
        Instance.model_validate(json.decode(row["document"])),
        cast("Health", row["health"]),
        row["health_message"],
        row["checked_at"],
        row["created_at"],
        row["updated_at"],
    )
