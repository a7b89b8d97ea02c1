"""When things are due: arithmetic of intervals, times of day and cron over time zones. Pure functions.

All instants are UTC with a zone; "local" times are naive, in the schedule's own zone. When clocks go forward, a local
time that does not exist is taken as late as the clocks moved; when they go back, a local time that comes twice is the
first of the two. Intervals, and crons whose hour starts with ``*``, follow elapsed time and do neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

UNITS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_EVERY_DAY = frozenset(range(7))


def next_interval(after: datetime, amount: int, unit: str, zone: ZoneInfo, days: frozenset[int]) -> datetime:
    """The next multiple of ``amount`` units.

    Seconds, minutes and hours are counted from midnight UTC of 1970; days and weeks are local midnights. ``days``
    (0 is Monday; empty is all) leaves out the other days of the week.
    """
    allowed = days or _EVERY_DAY
    if unit in ("day", "week"):
        return _next_midnight(after, amount * UNITS_S[unit] // UNITS_S["day"], zone, allowed)
    period_s = amount * UNITS_S[unit]
    moment = after
    while True:
        passed_s = int((moment - _EPOCH).total_seconds())
        tick = _EPOCH + timedelta(seconds=(passed_s // period_s + 1) * period_s)
        local = tick.astimezone(zone)
        if local.weekday() in allowed:
            return tick
        midnight = datetime.combine(local.date() + _DAY, time())
        moment = _instant(midnight, zone) - timedelta(seconds=1)


def _next_midnight(after: datetime, every_days: int, zone: ZoneInfo, allowed: frozenset[int]) -> datetime:
    date = after.astimezone(zone).date()
    while True:
        if date.toordinal() % every_days == 0 and date.weekday() in allowed:
            tick = _instant(datetime.combine(date, time()), zone)
            if tick > after:
                return tick
        date += _DAY


def next_time_of_day(after: datetime, times: Sequence[time], zone: ZoneInfo, days: frozenset[int]) -> datetime:
    """The next of the local ``times`` on one of ``days`` (0 is Monday; empty is all)."""
    allowed = days or _EVERY_DAY
    # A time of yesterday may have been pushed past midnight by a clock change.
    date = after.astimezone(zone).date() - _DAY
    while True:
        if date.weekday() in allowed:
            ticks = [_instant(datetime.combine(date, moment), zone) for moment in times]
            found = min((tick for tick in ticks if tick > after), default=None)
            if found is not None:
                return found
        date += _DAY


def next_cron(after: datetime, expression: str, zone: ZoneInfo) -> datetime:
    """The next instant that a cron of five fields (or six, seconds first) names in ``zone``."""
    hour = expression.split()[-4]
    return _next_elapsed(after, expression, zone) if hour.startswith("*") else _next_fixed(after, expression, zone)


def _next_fixed(after: datetime, expression: str, zone: ZoneInfo) -> datetime:
    """For crons that name hours: each local time once a day, whatever the clocks do."""
    local = _naive(after, zone)
    # Start early enough to see times that a clock change pushed beyond ``after``.
    moment = local - timedelta(hours=1)
    best: datetime | None = None
    while best is None or moment <= _naive(best, zone):
        moment = _following(moment, expression)
        tick = _instant(moment, zone)
        if tick > after and (best is None or tick < best):
            best = tick
    return best


def _next_elapsed(after: datetime, expression: str, zone: ZoneInfo) -> datetime:
    """For crons of every hour: what the wall clock shows from instant to instant, also twice or never."""
    while True:
        offset = after.astimezone(zone).utcoffset() or timedelta()
        tick = (_following(_naive(after, zone), expression) - offset).replace(tzinfo=UTC)
        change = _offset_change(after, tick, zone)
        if change is None:
            return tick
        # Between the two the clocks change: look again from the first second of the new time.
        after = change - timedelta(seconds=1)
        offset = change.astimezone(zone).utcoffset() or timedelta()
        local = (after + offset).replace(tzinfo=None)
        tick = (_following(local, expression) - offset).replace(tzinfo=UTC)
        if _offset_change(change, tick, zone) is None:
            return tick
        after = change


def _offset_change(start: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant after ``start`` and up to ``end`` with another offset from UTC, to the second."""

    def offset(seconds: int) -> timedelta | None:
        return (start + timedelta(seconds=seconds)).astimezone(zone).utcoffset()

    low, span = 0, int((end - start).total_seconds())
    at_start = offset(0)
    # Zones change a few times a year: steps of a week do not jump over two changes that undo each other.
    high = min(span, 7 * 86400)
    while offset(high) == at_start:
        if high >= span:
            return None
        low, high = high, min(span, high + 7 * 86400)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == at_start else (low, middle)
    return (start + timedelta(seconds=high)).replace(microsecond=0)


def _following(local: datetime, expression: str) -> datetime:
    seconds_first = len(expression.split()) == 6
    found: datetime = croniter(expression, local, ret_type=datetime, second_at_beginning=seconds_first).get_next(
        datetime
    )
    return found


def _naive(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    # With fold 0 a local time that does not exist is read with the offset before the change, hence later.
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
