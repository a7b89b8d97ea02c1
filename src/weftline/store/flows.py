"""Flows and their versions: one draft, one deployed, any number inactive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from weftline.kernel import json, now, to_text
from weftline.model import Flow, VersionStatus
from weftline.store.tables import flow_versions, flows


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A flow with the numbers of its draft and deployed versions."""

    id: str
    key: str
    name: str
    enabled: bool
    created_at: str
    updated_at: str
    draft_version: int | None
    deployed_version: int | None
    versions: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version without its document."""

    version: int
    status: VersionStatus
    created_at: str
    updated_at: str
    deployed_at: str | None


def _numbers(status: str) -> sa.ScalarSelect[Any]:
    return (
        sa.select(sa.func.max(flow_versions.c.version))
        .where(flow_versions.c.flow_id == flows.c.id, flow_versions.c.status == status)
        .scalar_subquery()
    )


_counted = sa.select(sa.func.count()).where(flow_versions.c.flow_id == flows.c.id).correlate(flows).scalar_subquery()
_rows = sa.select(
    flows,
    _numbers("draft").label("draft_version"),
    _numbers("deployed").label("deployed_version"),
    _counted.label("versions"),
)


def find(connection: Connection, id_key_or_name: str) -> FlowRow | None:
    """The flow of that id, key or name."""
    given = id_key_or_name
    # One flow's name may be another's key: the id decides first, then the key.
    rank = sa.case((flows.c.id == given, 0), (flows.c.key == given, 1), else_=2)
    query = _rows.where(sa.or_(flows.c.id == given, flows.c.key == given, flows.c.name == given)).order_by(rank)
    row = connection.execute(query).mappings().first()
    return None if row is None else _flow(row)


def list_all(connection: Connection) -> list[FlowRow]:
    """All flows by name."""
    return [_flow(row) for row in connection.execute(_rows.order_by(flows.c.name)).mappings()]


def keys(connection: Connection) -> set[str]:
    """Every flow's key."""
    return set(connection.execute(sa.select(flows.c.key)).scalars())


def add(connection: Connection, flow_id: str, key: str, document: Flow) -> None:
    """Add a flow with its first draft."""
    moment = to_text(now())
    connection.execute(
        sa.insert(flows).values(
            id=flow_id, key=key, name=document.name, enabled=True, created_at=moment, updated_at=moment
        )
    )
    put_version(connection, flow_id, 1, "draft", document)


def touch(connection: Connection, flow_id: str, **values: Any) -> None:
    """Change a flow's name, key or enabled."""
    connection.execute(sa.update(flows).where(flows.c.id == flow_id).values(**values, updated_at=to_text(now())))


def remove(connection: Connection, flow_id: str) -> None:
    """Remove a flow and its versions; its runs stay."""
    connection.execute(sa.delete(flow_versions).where(flow_versions.c.flow_id == flow_id))
    connection.execute(sa.delete(flows).where(flows.c.id == flow_id))


def put_version(connection: Connection, flow_id: str, version: int, status: VersionStatus, document: Flow) -> None:
    """Write a version's document and status."""
    moment = to_text(now())
    text = document_text(document)
    changed = connection.execute(
        sa.update(flow_versions)
        .where(flow_versions.c.flow_id == flow_id, flow_versions.c.version == version)
        .values(status=status, document=text, updated_at=moment)
    )
    if not changed.rowcount:
        connection.execute(
            sa.insert(flow_versions).values(
                flow_id=flow_id, version=version, status=status, document=text, created_at=moment, updated_at=moment
            )
        )


def set_status(connection: Connection, flow_id: str, version: int, status: VersionStatus) -> None:
    """Change a version's status; deploying notes the time."""
    values: dict[str, Any] = {"status": status}
    if status == "deployed":
        values["deployed_at"] = to_text(now())
    connection.execute(
        sa.update(flow_versions)
        .where(flow_versions.c.flow_id == flow_id, flow_versions.c.version == version)
        .values(**values)
    )


def versions(connection: Connection, flow_id: str) -> list[VersionRow]:
    """A flow's versions, newest first."""
    query = (
        sa.select(
            flow_versions.c.version,
            flow_versions.c.status,
            flow_versions.c.created_at,
            flow_versions.c.updated_at,
            flow_versions.c.deployed_at,
        )
        .where(flow_versions.c.flow_id == flow_id)
        .order_by(flow_versions.c.version.desc())
    )
    return [VersionRow(*row) for row in connection.execute(query)]


def document(connection: Connection, flow_id: str, version: int) -> Flow | None:
    """A version's document."""
    query = sa.select(flow_versions.c.document).where(
        flow_versions.c.flow_id == flow_id, flow_versions.c.version == version
    )
    text = connection.execute(query).scalar()
    return None if text is None else Flow.model_validate(json.decode(text))


def in_use(connection: Connection) -> list[tuple[FlowRow, int, str, Flow]]:
    """Every draft and deployed version with its flow: what may stand in the way of a removal."""
    query = sa.select(
        flow_versions.c.flow_id, flow_versions.c.version, flow_versions.c.status, flow_versions.c.document
    ).where(flow_versions.c.status.in_(("draft", "deployed")))
    by_id = {row.id: row for row in list_all(connection)}
    return [
        (by_id[flow_id], version, status, Flow.model_validate(json.decode(text)))
        for flow_id, version, status, text in connection.execute(query)
        if flow_id in by_id
    ]


def document_text(document: Flow) -> str:
    """A flow document as it is stored; equal documents give equal texts."""
    return json.encode_text(document.model_dump(mode="python", exclude_defaults=True))


def _flow(row: RowMapping) -> FlowRow:
    return FlowRow(**cast("dict[str, Any]", {**row, "enabled": bool(row["enabled"])}))
