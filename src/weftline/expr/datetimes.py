"""Dates: ISO 8601, patterns such as ``yyyy-MM-dd HH:mm:ss``, time zones and calendar arithmetic.

Patterns use the letters of Unicode LDML, the ones that Java, Swift and .NET users know. Text in quotes is taken as
it is, two quotes are one. A moment without a zone is read as UTC unless a zone is given.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from weftline.expr.faults import Fault, nearby

__all__ = [
    "add_time",
    "as_moment",
    "check_pattern",
    "difference",
    "format_moment",
    "parse_iso",
    "parse_moment",
    "start_of",
    "zone",
]

MONTHS = list(calendar.month_name)[1:]
DAYS = list(calendar.day_name)
UNITS = ("microsecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
_SPANS = {"microsecond": 1, "second": 10**6, "minute": 60 * 10**6, "hour": 3600 * 10**6}
_TOKENS = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|(')")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Piece = tuple[str, Callable[[datetime], Any]]


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """A time zone by its IANA name (``Europe/London``), ``UTC``, ``Z``, or an offset such as ``+02:00``."""
    if name in ("UTC", "Z", "utc"):
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset:
        sign, hours, minutes = offset.groups()
        span = timedelta(hours=int(hours), minutes=int(minutes))
        if span < timedelta(days=1):
            return timezone(-span if sign == "-" else span)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = nearby(name, available_timezones(), shown=0) if len(name) < 60 else ""
        raise Fault(
            f"'{name[:60]}' is no time zone", hint if "mean" in hint else "use e.g. 'Europe/London'"
        ) from None


def parse_iso(text: str) -> datetime | None:
    """The moment that an ISO 8601 text names, or None. A date alone is its midnight; no zone stays no zone."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def as_moment(value: Any, zone_name: str | None = None) -> datetime:
    """A date, ISO text or Unix seconds as a moment with a zone (``zone_name``, else UTC, where it has none)."""
    if value.__class__ is str:
        found = parse_iso(value)
        if found is None:
            raise Fault(f"'{value[:40]}' is no ISO 8601 date", "read it with parse_date(text, pattern)")
        value = found
    elif not isinstance(value, datetime):
        if isinstance(value, date):
            value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone is set below
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            value = from_unix(value, 1)
        else:
            raise Fault("needs a date, ISO 8601 text or Unix seconds")
    if value.tzinfo is None:
        return value.replace(tzinfo=zone(zone_name) if zone_name else UTC)  # type: ignore[no-any-return]
    return value  # type: ignore[no-any-return]


def from_unix(number: int | Decimal, per_second: int) -> datetime:
    """The moment of a Unix time counted in 1/``per_second`` seconds."""
    if abs(Decimal(number)) > 10**15:
        raise Fault("the Unix time is out of range")
    return _EPOCH + timedelta(microseconds=int(number * (10**6 // per_second)))


def format_moment(moment: datetime, pattern: str) -> str | int:
    """A moment by pattern; ``iso``, ``date``, ``unix`` and ``unix_ms`` are patterns by name."""
    template, fields = _formatter(pattern)
    if fields is None:
        return _NAMED[pattern](moment)
    return template % tuple([field(moment) for field in fields])


def parse_moment(value: Any, pattern: str = "iso", zone_name: str | None = None) -> datetime:
    """A text by pattern (or ``iso``, ``date``, ``unix``, ``unix_ms``) as a moment with a zone."""
    if pattern in ("iso", "date") or isinstance(value, datetime):
        return as_moment(value, zone_name)
    if pattern in ("unix", "unix_ms"):
        try:
            return from_unix(Decimal(str(value).strip()[:40]), 1 if pattern == "unix" else 1000)
        except ArithmeticError:
            raise Fault(f"'{str(value)[:40]}' is no Unix time") from None
    regex, names = _reader(pattern)
    found = regex.fullmatch(str(value).strip())
    if found is None:
        raise Fault(f"'{str(value)[:40]}' does not follow the pattern '{pattern}'")
    return _assemble(dict(zip(names, found.groups(), strict=True)), pattern, zone_name)


def check_pattern(pattern: str) -> None:
    """A :class:`Fault` unless the pattern can be read by."""
    if pattern not in _NAMED:
        _reader(pattern)


# -- patterns


def _offset(colon: bool, zulu: bool, short: bool = False) -> Callable[[datetime], str]:
    def show(moment: datetime) -> str:
        minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
        if zulu and minutes == 0:
            return "Z"
        hours, rest = divmod(abs(minutes), 60)
        tail = "" if short and not rest else f"{':' if colon else ''}{rest:02d}"
        return f"{'-' if minutes < 0 else '+'}{hours:02d}{tail}"

    return show


def _fraction(digits: int) -> Callable[[datetime], str]:
    return lambda moment: f"{moment.microsecond:06d}".ljust(digits, "0")[:digits]


_FIELDS: dict[str, Piece] = {
    "yyyy": ("%04d", lambda d: d.year),
    "y": ("%d", lambda d: d.year),
    "yy": ("%02d", lambda d: d.year % 100),
    "Q": ("%d", lambda d: (d.month + 2) // 3),
    "M": ("%d", lambda d: d.month),
    "MM": ("%02d", lambda d: d.month),
    "MMM": ("%s", lambda d: MONTHS[d.month - 1][:3]),
    "MMMM": ("%s", lambda d: MONTHS[d.month - 1]),
    "w": ("%d", lambda d: d.isocalendar()[1]),
    "ww": ("%02d", lambda d: d.isocalendar()[1]),
    "YYYY": ("%04d", lambda d: d.isocalendar()[0]),
    "D": ("%d", lambda d: d.timetuple().tm_yday),
    "DDD": ("%03d", lambda d: d.timetuple().tm_yday),
    "d": ("%d", lambda d: d.day),
    "dd": ("%02d", lambda d: d.day),
    "E": ("%s", lambda d: DAYS[d.weekday()][:3]),
    "EEE": ("%s", lambda d: DAYS[d.weekday()][:3]),
    "EEEE": ("%s", lambda d: DAYS[d.weekday()]),
    "u": ("%d", lambda d: d.isoweekday()),
    "a": ("%s", lambda d: "PM" if d.hour >= 12 else "AM"),
    "H": ("%d", lambda d: d.hour),
    "HH": ("%02d", lambda d: d.hour),
    "h": ("%d", lambda d: d.hour % 12 or 12),
    "hh": ("%02d", lambda d: d.hour % 12 or 12),
    "m": ("%d", lambda d: d.minute),
    "mm": ("%02d", lambda d: d.minute),
    "s": ("%d", lambda d: d.second),
    "ss": ("%02d", lambda d: d.second),
    "z": ("%s", lambda d: d.tzname() or ""),
    "VV": ("%s", lambda d: str(d.tzinfo or "UTC")),
    "Z": ("%s", _offset(colon=False, zulu=False)),
    "ZZZZZ": ("%s", _offset(colon=True, zulu=True)),
    "X": ("%s", _offset(colon=False, zulu=True, short=True)),
    "XX": ("%s", _offset(colon=False, zulu=True)),
    "XXX": ("%s", _offset(colon=True, zulu=True)),
    "xx": ("%s", _offset(colon=False, zulu=False)),
    "xxx": ("%s", _offset(colon=True, zulu=False)),
    **{"S" * digits: ("%s", _fraction(digits)) for digits in range(1, 10)},
}
_NAMED: dict[str, Callable[[datetime], str | int]] = {
    "iso": lambda d: d.isoformat().replace("+00:00", "Z"),
    "date": lambda d: d.date().isoformat(),
    "unix": lambda d: (d - _EPOCH) // timedelta(seconds=1),
    "unix_ms": lambda d: (d - _EPOCH) // timedelta(milliseconds=1),
}
_NUMERIC = {"yyyy": r"(\d{4})", "yy": r"(\d{2})", "MM": r"(\d{2})", "dd": r"(\d{2})", "DDD": r"(\d{3})"}
_NUMERIC |= dict.fromkeys(("HH", "hh", "mm", "ss"), r"(\d{2})") | {"y": r"(\d{1,4})"}
_NUMERIC |= dict.fromkeys(("M", "d", "H", "h", "m", "s"), r"(\d{1,2})")
_NUMERIC |= dict.fromkeys(("MMM", "MMMM", "E", "EEE", "EEEE"), r"([A-Za-z]+)")
_NUMERIC |= {"a": r"([AaPp]\.?[Mm]\.?)", **{"S" * digits: rf"(\d{{{digits}}})" for digits in range(1, 10)}}
_NUMERIC |= dict.fromkeys(("Z", "X", "XX", "XXX", "ZZZZZ", "xx", "xxx"), r"(Z|[+-]\d\d(?::?\d\d)?)")


def _pieces(pattern: str) -> list[tuple[str, str]]:
    """(literal, '') or ('', field) in order."""
    if len(pattern) > 200:
        raise Fault("the date pattern is too long")
    out: list[tuple[str, str]] = []
    for found in _TOKENS.finditer(pattern):
        quoted, letter, open_quote = found.groups()
        if open_quote:
            raise Fault(f"the date pattern '{pattern}' has a quote that is not closed")
        if letter:
            if found.group() not in _FIELDS:
                hint = "quote plain text: yyyy-MM-dd'T'HH:mm:ss; letters: y M d H h m s S a E D Q w z Z X"
                raise Fault(f"the date pattern '{pattern}' has '{found.group()}', which means nothing", hint)
            out.append(("", found.group()))
        else:
            literal = found.group() if quoted is None else quoted.replace("''", "'") or "'"
            out.append((literal, ""))
    return out


@lru_cache(maxsize=512)
def _formatter(pattern: str) -> tuple[str, tuple[Callable[[datetime], Any], ...] | None]:
    if pattern in _NAMED:
        return "", None
    template, fields = "", []
    for literal, name in _pieces(pattern):
        if name:
            template += _FIELDS[name][0]
            fields.append(_FIELDS[name][1])
        else:
            template += literal.replace("%", "%%")
    return template, tuple(fields)


@lru_cache(maxsize=512)
def _reader(pattern: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    regex, names = "", []
    for literal, name in _pieces(pattern):
        if not name:
            regex += re.escape(literal)
            continue
        if name not in _NUMERIC:
            raise Fault(f"'{name}' in the date pattern '{pattern}' can be written but not read")
        regex += _NUMERIC[name]
        names.append(name)
    return re.compile(regex, re.ASCII), tuple(names)


def _assemble(got: dict[str, str], pattern: str, zone_name: str | None) -> datetime:
    def number(*names: str, default: int) -> int:
        return next((int(got[name]) for name in names if name in got), default)

    year = number("yyyy", "y", default=1970)
    if "yy" in got:
        year = int(got["yy"]) + (1900 if int(got["yy"]) > 68 else 2000)
    month = number("MM", "M", default=1)
    for name in ("MMM", "MMMM"):
        if name in got:
            month = next((at for at, full in enumerate(MONTHS, 1) if _same_word(got[name], full)), 0)
    hour = number("HH", "H", default=-1)
    if hour < 0:
        hour = number("hh", "h", default=0)
        if "a" in got:
            hour = hour % 12 + (12 if got["a"][0] in "Pp" else 0)
    fraction = next((text for name, text in got.items() if name[0] == "S"), "0")
    offset = next((text for name, text in got.items() if name[0] in "ZXx"), "")
    try:
        moment = datetime(
            year,
            month,
            number("dd", "d", default=1),
            hour,
            number("mm", "m", default=0),
            number("ss", "s", default=0),
            int(fraction.ljust(6, "0")[:6]),
            tzinfo=zone(offset if len(offset) != 3 else offset + ":00") if offset else zone(zone_name or "UTC"),
        )
    except ValueError as error:
        raise Fault(f"no such date by the pattern '{pattern}': {error}") from None
    return moment + timedelta(days=int(got["DDD"]) - 1) if "DDD" in got else moment


def _same_word(word: str, full: str) -> bool:
    return word.lower() in (full.lower(), full[:3].lower())


# -- arithmetic


def unit_of(name: str) -> str:
    """The unit's singular name; plurals are understood."""
    unit = name.lower().removesuffix("s")
    if unit not in UNITS:
        raise Fault(f"'{name[:40]}' is no unit of time", nearby(unit, UNITS, shown=9))
    return unit


def add_time(moment: datetime, amount: int, unit: str) -> datetime:
    """The moment ``amount`` units later. Hours and less are true spans; days and more keep the wall clock."""
    unit = unit_of(unit)
    if abs(amount) > 10**14:
        raise Fault("the span is out of range")
    if unit in _SPANS:
        home = moment.tzinfo
        return (moment.astimezone(UTC) + timedelta(microseconds=amount * _SPANS[unit])).astimezone(home)
    if unit in ("day", "week"):
        return moment + timedelta(days=amount * (7 if unit == "week" else 1))
    months = amount * {"month": 1, "quarter": 3, "year": 12}[unit] + moment.month - 1
    year, month = moment.year + months // 12, months % 12 + 1
    if not 1 <= year <= 9999:
        raise Fault("the date is out of range")
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def start_of(moment: datetime, unit: str) -> datetime:
    """The first moment of the unit that holds ``moment``, on its own clock; weeks begin on Monday."""
    unit = unit_of(unit)
    order = {"second": 0, "minute": 1, "hour": 2}
    if unit == "microsecond":
        return moment
    fresh = {"microsecond": 0}
    for name in ("second", "minute", "hour"):
        if order[name] < order.get(unit, 3):
            fresh[name] = 0
    moment = moment.replace(**fresh)  # type: ignore[arg-type]
    if unit == "week":
        return moment - timedelta(days=moment.weekday())
    if unit in ("month", "quarter", "year"):
        month = {"month": moment.month, "quarter": (moment.month - 1) // 3 * 3 + 1, "year": 1}[unit]
        moment = moment.replace(month=month, day=1)
    return moment


def difference(start: datetime, end: datetime, unit: str) -> int:
    """Whole units from ``start`` to ``end``, negative if ``end`` is earlier."""
    unit = unit_of(unit)
    if unit in ("month", "quarter", "year"):
        end = end.astimezone(start.tzinfo)
        months = (end.year - start.year) * 12 + end.month - start.month
        if months and (add_time(start, months, "month") > end) == (months > 0):
            moved = add_time(start, months, "month")
            if moved != end:
                months -= 1 if months > 0 else -1
        size = {"month": 1, "quarter": 3, "year": 12}[unit]
        return abs(months) // size * (1 if months >= 0 else -1)
    span = end - start
    micro = (span.days * 86400 + span.seconds) * 10**6 + span.microseconds
    size = _SPANS.get(unit) or (7 if unit == "week" else 1) * 86400 * 10**6
    return abs(micro) // size * (1 if micro >= 0 else -1)
