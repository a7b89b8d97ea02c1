"""Numbers of the overview. They come from runs and step counts, never from single deliveries of old runs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.model.run import FINAL
from weftline.store.tables import deliveries, flows, instances, runs, step_runs


def runs_since(connection: Connection, moment: str) -> dict[str, int]:
    """Runs queued since ``moment`` by status, and those under way whenever they were queued."""
    query = (
        sa.select(runs.c.status, sa.func.count())
        .where(sa.or_(runs.c.queued_at >= moment, runs.c.status.in_(("running", "queued"))))
        .group_by(runs.c.status)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def settled_by_hour(connection: Connection, moment: str) -> dict[str, tuple[int, int]]:
    """Records confirmed and failed at targets since ``moment``, by hour (``2026-11-23T15``)."""
    hour = sa.func.substr(step_runs.c.started_at, 1, 13)
    query = (
        sa.select(hour, sa.func.sum(step_runs.c.confirmed), sa.func.sum(step_runs.c.failed))
        .where(step_runs.c.started_at >= moment)
        .group_by(hour)
    )
    return {row[0]: (int(row[1] or 0), int(row[2] or 0)) for row in connection.execute(query)}


def unsettled(connection: Connection) -> int:
    """Records of runs under way that are intended or sent, but not settled."""
    query = (
        sa.select(sa.func.count())
        .select_from(deliveries)
        .join(runs, runs.c.root_run_id == deliveries.c.root_run_id)
        .where(runs.c.status == "running", deliveries.c.state.in_(("intended", "sent")))
    )
    return int(connection.execute(query).scalar() or 0)


def ill_instances(connection: Connection) -> list[dict[str, Any]]:
    """Instances whose last check did not pass: id, name, health, health_message."""
    query = (
        sa.select(instances.c.id, instances.c.name, instances.c.health, instances.c.health_message)
        .where(instances.c.health.in_(("needs_authorisation", "unreachable")))
        .order_by(instances.c.name)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def troubled_runs(connection: Connection, moment: str) -> list[dict[str, Any]]:
    """Flows whose newest finished run (since ``moment``) did not succeed: run id, flow_name, status, ended_at."""
    newest = (
        sa.select(runs.c.flow_id, sa.func.max(runs.c.queued_at).label("queued_at"))
        .where(runs.c.status.in_(FINAL), runs.c.queued_at >= moment)
        .group_by(runs.c.flow_id)
        .subquery()
    )
    query = (
        sa.select(runs.c.id, runs.c.flow_name, runs.c.status, runs.c.ended_at)
        .join(newest, sa.and_(newest.c.flow_id == runs.c.flow_id, newest.c.queued_at == runs.c.queued_at))
        .join(flows, flows.c.id == runs.c.flow_id)
        .where(runs.c.status.in_(("failed", "partial_success")))
        .order_by(runs.c.queued_at.desc())
        .limit(20)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
