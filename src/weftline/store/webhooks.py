"""Rows of webhooks: the public id of each webhook trigger."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.store.tables import flow_versions, flows, secrets, webhooks

Row = dict[str, Any]


def owner(webhook_id: str) -> str:
    """Under which name the vault keeps a webhook's secret."""
    return f"webhook:{webhook_id}"


def of_flow(connection: Connection, flow_id: str) -> dict[str, str]:
    """A flow's webhooks: public id by key."""
    query = sa.select(webhooks.c.key, webhooks.c.id).where(webhooks.c.flow_id == flow_id).order_by(webhooks.c.key)
    return {row[0]: row[1] for row in connection.execute(query)}


def add(connection: Connection, row: Row) -> None:
    """Add a webhook."""
    connection.execute(sa.insert(webhooks).values(row))


def remove(connection: Connection, webhook_id: str) -> None:
    """Remove a webhook and its secret."""
    connection.execute(sa.delete(secrets).where(secrets.c.owner == owner(webhook_id)))
    connection.execute(sa.delete(webhooks).where(webhooks.c.id == webhook_id))


def find(connection: Connection, webhook_id: str) -> Row | None:
    """A webhook with its flow: key, flow_id, name, enabled; version and document of what is deployed, or None."""
    query = (
        sa.select(
            webhooks.c.key, webhooks.c.flow_id, flows.c.name, flows.c.enabled,
            flow_versions.c.version, flow_versions.c.document, flow_versions.c.deployed_at,
        )
        .join(flows, flows.c.id == webhooks.c.flow_id)
        .outerjoin(
            flow_versions,
            sa.and_(flow_versions.c.flow_id == flows.c.id, flow_versions.c.status == "deployed"),
        )
        .where(webhooks.c.id == webhook_id)
    )  # fmt: skip
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)
