"""UPSERT in the words of each database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from weftline.transports.sql_requests import Row


def upsert(
    dialect: sa.Dialect, table: sa.Table, key: Sequence[str], rows: list[Row]
) -> tuple[sa.Executable, list[Row]]:
    """A statement for rows of the same columns, and what to run it with; all but the key is changed."""
    columns = list(rows[0])
    others = [name for name in columns if name not in key]
    if dialect.name in ("postgresql", "sqlite"):
        insert: Any = (postgresql if dialect.name == "postgresql" else sqlite).insert(table)
        target = [table.c[name] for name in key]
        if not others:
            return insert.on_conflict_do_nothing(index_elements=target), rows
        changes = {name: insert.excluded[name] for name in others}
        return insert.on_conflict_do_update(index_elements=target, set_=changes), rows
    if dialect.name in ("mysql", "mariadb"):
        added = mysql.insert(table)
        # With nothing to change a key is set to itself, since IGNORE would hide other errors as well.
        changed = {name: added.inserted[name] for name in others} or {key[0]: table.c[key[0]]}
        return added.on_duplicate_key_update(changed), rows
    places = {name: f"c{number}" for number, name in enumerate(columns)}
    merge = _merge(dialect, table, key, places, others)
    return merge, [{places[name]: value for name, value in row.items()} for row in rows]


def _as_text(preparer: Any, name: str) -> str:
    """A quoted name as ``text`` wants it, which takes colons for places and doubles percent signs by itself."""
    return (name.replace("%%", "%") if preparer._double_percents else name).replace(":", r"\:")


def _value(dialect: sa.Dialect, column: sa.Column[Any], place: str) -> str:
    """The place of a value. To SQL Server a null is a number, unless something says otherwise."""
    if dialect.name == "mssql" and isinstance(column.type, sa.Date | sa.Time | sa.DateTime | sa.Uuid):
        return f"CAST(:{place} AS {dialect.type_compiler_instance.process(column.type)})"
    return f":{place}"


def _merge(
    dialect: sa.Dialect, table: sa.Table, key: Sequence[str], places: Mapping[str, str], others: Sequence[str]
) -> sa.TextClause:
    """MERGE, of SQL:2003, a row at a time; ``places`` are the names that the columns' values are bound by."""
    preparer = dialect.identifier_preparer
    named = {name: _as_text(preparer, preparer.quote(name)) for name in places}
    row = ", ".join(f"{_value(dialect, table.c[name], place)} AS {named[name]}" for name, place in places.items())
    # HOLDLOCK: without it two of them at once may both find nothing, and both insert.
    hold, dual, end = (" WITH (HOLDLOCK)", "", ";") if dialect.name == "mssql" else ("", " FROM DUAL", "")
    same = " AND ".join(f"target.{named[name]} = source.{named[name]}" for name in key)
    changes = ", ".join(f"target.{named[name]} = source.{named[name]}" for name in others)
    matched = f" WHEN MATCHED THEN UPDATE SET {changes}" if changes else ""
    whole = _as_text(preparer, preparer.format_table(table))
    # Names are the database's own, quoted by its dialect.
    statement = (
        f"MERGE INTO {whole}{hold} target USING (SELECT {row}{dual}) source ON ({same}){matched}"  # noqa: S608
        f" WHEN NOT MATCHED THEN INSERT ({', '.join(named.values())})"
        f" VALUES ({', '.join(f'source.{name}' for name in named.values())}){end}"
    )
    if dialect.name == "mssql" and any(table.c[name].identity is not None for name in places):
        statement = f"SET IDENTITY_INSERT {whole} ON; {statement} SET IDENTITY_INSERT {whole} OFF;"
    binds = [sa.bindparam(place, type_=table.c[name].type) for name, place in places.items()]
    return sa.text(statement).bindparams(*binds)
