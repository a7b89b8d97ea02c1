"""Values on their way between JSON and a database: exact, and without surprises."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import mssql

from weftline.errors import RequestRejectedError
from weftline.kernel import json

_PLAIN = (str, int, bool, type(None))


def shown(value: Any) -> Any:
    """A column's value as JSON has it: moments in UTC as ISO 8601, bytes as base64, decimals to the last digit."""
    if value.__class__ in _PLAIN:
        return value
    match value:
        case Decimal():
            return value if value.is_finite() else str(value)
        case float():
            return Decimal(repr(value)) if math.isfinite(value) else str(value)
        case datetime():
            moment = value if value.tzinfo is None else value.astimezone(UTC)
            return moment.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return duration(value)
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(value).decode()
        case Mapping():
            return {str(key): shown(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [shown(item) for item in value]
        case int():
            return int(value)
    return str(value)


def duration(value: timedelta) -> str:
    """An ISO 8601 duration of days and seconds, such as ``P1DT3600.5S``."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    seconds = Decimal(value.seconds) + Decimal(value.microseconds).scaleb(-6)
    text = f"{seconds.normalize():f}" if seconds else "0"
    return f"{sign}P{value.days}DT{text}S"


def clock_time(value: timedelta) -> str:
    """The same as hours, minutes and seconds, for databases whose times of day come as spans."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06d}" if value.microseconds else ""
    return f"{sign}{hours + 24 * value.days:02d}:{minutes:02d}:{seconds:02d}{fraction}"


def exact(dialect: sa.Dialect, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """A column as its values can be compared with what was read of it: SQL Server's moments have digits beyond
    microseconds, which no Python moment holds."""
    if dialect.name == "mssql" and isinstance(column.type, sa.DateTime):
        kind: Any = mssql.DATETIMEOFFSET if isinstance(column.type, mssql.DATETIMEOFFSET) else mssql.DATETIME2
        return sa.cast(column, kind(6))
    return column


def bound(value: Any, column: sa.ColumnElement[Any]) -> Any:
    """A JSON value as a column's type wants it; :class:`RequestRejectedError` names the column it does not fit."""
    if value is None or isinstance(column.type, sa.JSON):
        return value
    try:
        wanted = column.type.python_type
    except NotImplementedError:  # a type of the database's own: its server reads it from text
        wanted = str
    try:
        return _as_type(value, wanted, zoned=bool(getattr(column.type, "timezone", False)))
    except (ValueError, TypeError, ArithmeticError, binascii.Error):
        raise RequestRejectedError(
            f"the value of the column '{getattr(column, 'name', column)}' is no {column.type}: {str(value)[:80]!r}"
        ) from None


def _as_type(value: Any, wanted: type, *, zoned: bool) -> Any:
    if wanted is list or (isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))):
        return value
    if wanted is datetime:
        moment = datetime.fromisoformat(value)
        # A column without a zone keeps UTC: what its server would make of an offset differs from one to the next.
        return moment if zoned or moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    if wanted is date:
        return datetime.fromisoformat(value).date()
    if wanted is time:
        return time.fromisoformat(value)
    if wanted is bytes:
        return base64.b64decode(value, validate=True)
    if wanted is UUID:
        return UUID(value)
    if wanted in (Decimal, float):
        return wanted(value)
    if wanted is int:
        return int(value) if isinstance(value, bool) or Decimal(value) == int(Decimal(value)) else Decimal(value)
    if wanted is bool:
        return _truth(value)
    if wanted is str:
        return json.encode_text(value) if isinstance(value, dict | list | bool) else str(value)
    return value


def _truth(value: Any) -> bool:
    known = {"true": True, "false": False, "1": True, "0": False}
    return known[value.lower()] if isinstance(value, str) and value.lower() in known else bool(int(value))
