"""Tables by name: their columns as the database has them, and the statements on them. Synchronous.

Names come from a flow's author or from records, so none is used before the database itself has named it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from weftline.errors import RequestRejectedError, did_you_mean
from weftline.transports.sql_requests import Insert, Query, Row, Upsert
from weftline.transports.sql_upsert import upsert
from weftline.transports.sql_values import bound, exact


class Tables:
    """The tables that were asked for; one is looked at again when it seems to lack a column."""

    def __init__(self) -> None:
        self._known: dict[str, sa.Table] = {}

    def find(self, connection: sa.Connection, name: str, columns: Iterable[str]) -> sa.Table:
        """The table; :class:`RequestRejectedError` names it, or a column that it does not have."""
        wanted = list(columns)
        table = self._known.get(name)
        if table is None or any(column not in table.c for column in wanted):
            table = self._known[name] = _reflected(connection, name)
        for column in wanted:
            if column not in table.c:
                raise RequestRejectedError(
                    f"the table '{name}' has no column '{column}'", hint=did_you_mean(column, table.c.keys())
                )
        return table

    def insert(self, connection: sa.Connection, asked: Insert) -> int:
        """Add rows; how many."""
        for table, rows in self._grouped(connection, asked):
            connection.execute(table.insert(), rows)
        return len(asked.rows)

    def upsert(self, connection: sa.Connection, asked: Upsert) -> int:
        """Add rows, or change those whose key is there; how many were given."""
        for table, rows in self._grouped(connection, asked, asked.key):
            for name in asked.key:
                if name not in rows[0]:
                    raise RequestRejectedError(f"a row for the table '{asked.table}' lacks its key '{name}'")
            _must_be_unique(connection, table, asked.key)
            connection.execute(*upsert(connection.dialect, table, asked.key, rows))
        return len(asked.rows)

    def page(self, connection: sa.Connection, asked: Query) -> sa.Select[Any]:
        """The rows of a table that stand after a row, in the order of a key; or those that are new, as they came."""
        table = self.find(connection, asked.table, asked.order)
        # A view has no keys that a database would know of: there the author's word is what we have.
        if not _is_view(connection, table):
            _must_be_unique(connection, table, asked.key)
        order = {name: exact(connection.dialect, table.c[name]) for name in asked.order}
        columns = list(order.values())
        names = ["after"] if len(columns) == 1 else [f"after_{name}" for name in asked.order]
        select = sa.select(*(order.get(column.name, column).label(column.name) for column in table.c))
        select = select.order_by(*columns)
        if asked.changed:
            changed = table.c[asked.changed]
            new = changed.is_not(None) if asked.since is None else changed >= bound(asked.since, changed)
            select = select.where(new)
        given = [asked.values.get(name) for name in names]
        if None not in given:
            select = select.where(_beyond(columns, given))
        return select.limit(asked.values.get("limit"))

    def _grouped(
        self, connection: sa.Connection, asked: Insert, key: Sequence[str] = ()
    ) -> Iterable[tuple[sa.Table, list[Row]]]:
        """The rows as the columns' types want them, in groups of the same columns, in their order otherwise.

        Where a key stands twice only neighbours are grouped, so that the last row has the last word.
        """
        groups: list[tuple[frozenset[str], list[Row]]] = []
        place: dict[frozenset[str], list[Row]] = {}
        repeats = len({repr([row.get(name) for name in key]) for row in asked.rows}) < len(asked.rows)
        for row in asked.rows:
            columns = frozenset(row)
            if columns not in place:
                if key and repeats:
                    place.clear()
                place[columns] = []
                groups.append((columns, place[columns]))
            place[columns].append(row)
        for columns, rows in groups:
            table = self.find(connection, asked.table, [*rows[0], *key])
            if not columns:
                raise RequestRejectedError(f"a row for the table '{asked.table}' is empty")
            yield table, [{name: bound(value, table.c[name]) for name, value in row.items()} for row in rows]


def _reflected(connection: sa.Connection, name: str) -> sa.Table:
    schema, _, short = name.rpartition(".")
    try:
        return sa.Table(
            short, sa.MetaData(), schema=schema or None, autoload_with=connection, resolve_fks=False,
            implicit_returning=False,
        )  # fmt: skip
    except sa.exc.NoSuchTableError:
        inspector = sa.inspect(connection)
        known = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
        raise RequestRejectedError(
            f"there is no table '{name}'", hint=did_you_mean(short, known), context={"status": 404}
        ) from None


def _is_view(connection: sa.Connection, table: sa.Table) -> bool:
    if "view" not in table.info:
        table.info["view"] = table.name in sa.inspect(connection).get_view_names(table.schema)
    return bool(table.info["view"])


def _must_be_unique(connection: sa.Connection, table: sa.Table, key: Sequence[str]) -> None:
    """Without a unique key an upsert would add a row again, and a page would leave out rows of the same key."""
    if not table.info.get("unique"):
        inspector = sa.inspect(connection)
        found = [frozenset(column.name for column in table.primary_key)]
        found += [
            frozenset(index["column_names"])  # type: ignore[arg-type]
            for index in inspector.get_indexes(table.name, table.schema)
            if index["unique"] and not index.get("dialect_options", {}).get("postgresql_where")
        ]
        found += [frozenset(one["column_names"]) for one in _unique_constraints(inspector, table)]
        table.info["unique"] = [names for names in found if names]
    if frozenset(key) not in table.info["unique"]:
        known = " or ".join(", ".join(sorted(names)) for names in table.info["unique"])
        raise RequestRejectedError(
            f"{', '.join(key)} is no unique key of the table '{table.name}'",
            hint=f"its unique keys: {known}" if known else "give the table a primary key or a unique index",
        )


def _unique_constraints(inspector: sa.Inspector, table: sa.Table) -> list[Any]:
    try:
        return list(inspector.get_unique_constraints(table.name, table.schema))
    except NotImplementedError:  # where they are listed among the indexes
        return []


def _beyond(columns: Sequence[sa.ColumnElement[Any]], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Rows after one, for a key of several columns: further in the first, or as far and further in the next."""
    column, value = columns[0], bound(values[0], columns[0])
    if len(columns) == 1:
        return sa.and_(column > value)
    return sa.or_(column > value, sa.and_(column == value, _beyond(columns[1:], values[1:])))
