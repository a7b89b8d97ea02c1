"""Entries: where records came into a run. A retry begins with them instead of asking the sources again.

A start is an entry, and so is every payload that a pull gave. A pull's entry also says how far it is. Rows are
written in the durable step that pulled, so they never say more than what is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from weftline.kernel import json
from weftline.store.dialects import upsert
from weftline.store.tables import entries

Json = dict[str, Any]
_AS_JSON = ("refs", "state", "cursor")


def put(connection: Connection, rows: Sequence[Json]) -> None:
    """Write entries: run_id, id, step_id, source, refs, state and cursor (of a pull), done (nothing more to do)."""
    upsert(connection, entries, _written(rows), update=[*_AS_JSON, "source", "done"])


def put_new(connection: Connection, rows: Sequence[Json]) -> None:
    """Write those entries that are not there yet."""
    upsert(connection, entries, _written(rows), update=None)


def of_run(connection: Connection, run_id: str) -> list[Json]:
    """The entries of a run."""
    return _read(connection, sa.select(entries).where(entries.c.run_id == run_id))


def with_cursor(connection: Connection, run_id: str) -> list[Json]:
    """Those of a run's pulls that know what is new."""
    query = sa.select(entries).where(entries.c.run_id == run_id)
    return _read(connection, query.where(entries.c.cursor.is_not(None)))


def copy(connection: Connection, from_run: str, to_run: str) -> None:
    """A retry takes over the entries of the run that it retries; those it has already are left as they are."""
    query = sa.select(entries).where(entries.c.run_id == from_run)
    rows = [dict(row) | {"run_id": to_run} for row in connection.execute(query).mappings()]
    upsert(connection, entries, rows, update=None)


def _written(rows: Sequence[Json]) -> list[Json]:
    return [
        row | {name: None if row[name] is None else json.encode_text(row[name]) for name in _AS_JSON} for row in rows
    ]


def _read(connection: Connection, query: sa.Select[Any]) -> list[Json]:
    return [
        dict(row) | {name: None if row[name] is None else json.decode(row[name]) for name in _AS_JSON}
        for row in connection.execute(query.order_by(entries.c.id)).mappings()
    ]
