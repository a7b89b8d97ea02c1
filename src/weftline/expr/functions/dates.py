"""Functions on dates. A date is a moment with a zone, an ISO 8601 text, or Unix seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from weftline.expr import datetimes
from weftline.expr.faults import Fault
from weftline.expr.functions.registry import FUNCTIONS
from weftline.expr.values import to_int

add = FUNCTIONS.group("date")


@add("now()", datetime(2024, 5, 17, 9, 30, tzinfo=UTC))
def now() -> datetime:
    """The time at which the run was queued; the same everywhere in a run and in a retry of it."""
    raise Fault("now() needs a time in its scope")  # the compiler reads the scope instead of calling this


@add("date('2024-05-17T09:30:00+02:00')", datetime.fromisoformat("2024-05-17T09:30:00+02:00"))
def date(value: Any, timezone: Any = None) -> datetime:
    """An ISO 8601 text or Unix seconds as a date; the zone counts where the text names none."""
    return datetimes.as_moment(value, timezone)


@add("parse_date('17/05/2024', 'dd/MM/yyyy')", datetime(2024, 5, 17, tzinfo=UTC))
def parse_date(text: Any, pattern: Any = "iso", timezone: Any = None) -> datetime | None:
    """A text read by a pattern, or by ``iso``, ``unix``, ``unix_ms``. Empty text is null."""
    return None if text == "" else datetimes.parse_moment(text, str(pattern), timezone)


@add("format_date('2024-05-17T09:30:00Z', 'dd MMM yyyy HH:mm', 'Europe/London')", "17 May 2024 10:30")
def format_date(date: Any, pattern: Any = "iso", timezone: Any = None) -> str | int:
    """A date by a pattern, in a time zone if one is named."""
    moment = datetimes.as_moment(date)
    return datetimes.format_moment(moment.astimezone(datetimes.zone(timezone)) if timezone else moment, str(pattern))


@add("add('2024-01-31', 1, 'month') | format_date('date')", "2024-02-29", name="add")
def add_(date: Any, amount: Any, unit: Any) -> datetime:
    """A date moved by seconds, minutes, hours, days, weeks, months, quarters or years."""
    return datetimes.add_time(datetimes.as_moment(date), to_int(amount), str(unit))


@add("start_of('2024-05-17', 'month') | format_date('date')", "2024-05-01")
def start_of(date: Any, unit: Any) -> datetime:
    """The first moment of the hour, day, week (Monday), month, quarter or year."""
    return datetimes.start_of(datetimes.as_moment(date), str(unit))


@add("end_of('2024-02-10', 'month') | format_date('date')", "2024-02-29")
def end_of(date: Any, unit: Any) -> datetime:
    """The last microsecond of the hour, day, week, month, quarter or year."""
    following = datetimes.add_time(datetimes.start_of(datetimes.as_moment(date), str(unit)), 1, str(unit))
    return datetimes.add_time(following, -1, "microsecond")


@add("diff('2024-05-01', '2024-05-17', 'days')", 16)
def diff(start: Any, end: Any, unit: Any = "days") -> int | None:
    """Whole units from one date to another; negative if the second is earlier."""
    if end is None:
        return None
    return datetimes.difference(datetimes.as_moment(start), datetimes.as_moment(end), str(unit))


@add("to_timezone('2024-05-17T09:30:00Z', 'America/New_York') | format_date('HH:mm')", "05:30")
def to_timezone(date: Any, timezone: Any) -> datetime:
    """The same moment on the clock of a time zone."""
    return datetimes.as_moment(date).astimezone(datetimes.zone(str(timezone)))


@add("timestamp('1970-01-02')", 86400)
def timestamp(date: Any) -> str | int:
    """A date as Unix seconds."""
    return datetimes.format_moment(datetimes.as_moment(date), "unix")
