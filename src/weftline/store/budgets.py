"""Budgets of calls that all workers share."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.store.dialects import upsert
from weftline.store.tables import budgets


def reserve(connection: Connection, key: str, moment: float, span_s: float) -> tuple[float, float, str]:
    """Reserve ``span_s`` seconds of a budget's time line; where they begin, until when the budget is paused, and why.

    ``moment`` and the answer are seconds since the epoch.
    """
    upsert(connection, budgets, [{"key": key}], update=None)
    start = sa.case((budgets.c.next_at > moment, budgets.c.next_at), else_=moment)
    statement = (
        sa.update(budgets)
        .where(budgets.c.key == key)
        .values(next_at=start + span_s)
        .returning(budgets.c.next_at, budgets.c.paused_until, budgets.c.reason)
    )
    row = connection.execute(statement).one()
    return row[0] - span_s, row[1], row[2]


def pause(connection: Connection, key: str, until: float, reason: str) -> None:
    """Stop a budget for all workers; an earlier end than the one it has changes nothing."""
    upsert(connection, budgets, [{"key": key}], update=None)
    next_at = sa.case((budgets.c.next_at > until, budgets.c.next_at), else_=until)
    connection.execute(
        sa.update(budgets)
        .where(budgets.c.key == key, budgets.c.paused_until < until)
        .values(paused_until=until, reason=reason, next_at=next_at)
    )


def forget(connection: Connection, key: str) -> None:
    """Nobody draws from a budget any more."""
    connection.execute(sa.delete(budgets).where(budgets.c.key == key))
