"""Statements that authors wrote, with their values bound. Synchronous."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from weftline.errors import RequestRejectedError, did_you_mean
from weftline.kernel import json
from weftline.transports.sql_requests import Execute, Row
from weftline.transports.sql_text import escaped, is_one_statement, without_end


def query_text(sql: str, values: Row, dialect: sa.Dialect) -> tuple[sa.TextClause, Row]:
    """A statement that reads, and its values; :class:`RequestRejectedError` if it is more than one."""
    if not is_one_statement(sql, dialect.name):
        raise RequestRejectedError("QUERY takes one statement, and this is more", hint="remove what follows the ';'")
    return _text(without_end(sql), [values], dialect), _fit(values, dialect)


def run(connection: sa.Connection, asked: Execute) -> int:
    """Run a statement, once or once per set of values; how many rows it changed."""
    dialect = connection.dialect
    if isinstance(asked.values, dict):
        return max(_once(connection, asked.sql, asked.values), 0)
    if not asked.values:
        return 0
    if any(isinstance(value, list) for values in asked.values for value in values.values()):
        return sum(max(_once(connection, asked.sql, values), 0) for values in asked.values)
    statement = _text(asked.sql, asked.values, dialect)
    result = connection.execute(statement, [_fit(values, dialect) for values in asked.values])
    return result.rowcount if result.rowcount >= 0 else len(asked.values)


def _once(connection: sa.Connection, sql: str, values: Row) -> int:
    statement = _text(sql, [values], connection.dialect)
    return connection.execute(statement, _fit(values, connection.dialect)).rowcount


def _text(sql: str, sets: list[Row], dialect: sa.Dialect) -> sa.TextClause:
    """The statement with its places; each place has a value and each value a place, in every set."""
    statement = sa.text(escaped(sql, dialect.name))
    places = set(statement.compile(dialect=dialect).params)
    for values in sets:
        for name in values:
            if name not in places:
                raise RequestRejectedError(f"the statement has no place ':{name}'", hint=did_you_mean(name, places))
        for name in places:
            if name not in values:
                raise RequestRejectedError(
                    f"the place ':{name}' of the statement has no value", hint=did_you_mean(name, values)
                )
    if len(sets) > 1:
        return statement
    special: list[sa.BindParameter[Any]] = []
    special += [sa.bindparam(name, expanding=True) for name, value in sets[0].items() if isinstance(value, list)]
    # A bound null has no type, which some servers refuse; the word has none to have.
    special += [sa.bindparam(name, literal_execute=True) for name, value in sets[0].items() if value is None]
    return statement.bindparams(*special)


def _fit(values: Mapping[str, Any], dialect: sa.Dialect) -> Row:
    fit: Callable[[Any], Any] = _as_text if dialect.name == "sqlite" else _as_value
    return {
        name: [fit(item) for item in value] if isinstance(value, list) else fit(value)
        for name, value in values.items()
    }


def _as_value(value: Any) -> Any:
    return json.encode_text(value) if isinstance(value, dict | list) else value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else _as_value(value)
