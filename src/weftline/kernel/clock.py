"""The clock: one place that knows what time it is, in UTC with a zone."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and a Z; sorts as text, so both databases can keep it as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """The instant that :func:`to_text` wrote."""
    return datetime.fromisoformat(text)
