"""The clock: one place that knows what time it is, in UTC with a zone."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_EPOCH_FROM = 1_000_000_000
"""A larger number than this is a moment (seconds since 1970), not a span."""


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and a Z; sorts as text, so both databases can keep it as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """The instant that :func:`to_text` wrote."""
    return datetime.fromisoformat(text)


def seconds_until(value: str) -> float | None:
    """A span in seconds, a moment in seconds since 1970, or an HTTP date, as seconds from now; None if none."""
    try:
        number = float(value)
    except ValueError:
        pass
    else:
        if not math.isfinite(number):
            return None
        return max(0.0, number - now().timestamp() if number > _EPOCH_FROM else number)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now()).total_seconds())
