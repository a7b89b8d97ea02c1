"""The overview."""

from __future__ import annotations

from typing import Literal

from weftline.api.answers.base import Answer


class RunsToday(Answer):
    """Runs queued since midnight UTC, by status."""

    success: int = 0
    partial_success: int = 0
    failed: int = 0
    stopped: int = 0
    parked: int = 0
    running: int = 0
    queued: int = 0


class RecordsToday(Answer):
    """Records since midnight UTC; ``waiting`` are those of runs under way that are not settled yet."""

    confirmed: int
    failed: int
    waiting: int


class HourPoint(Answer):
    """Records settled in the hour that begins at ``at``."""

    at: str
    confirmed: int
    failed: int


class Attention(Answer):
    """Something that a person should look at; ``link`` is a path of the web UI."""

    kind: Literal["instance", "run", "flow"]
    message: str
    link: str


class SummaryAnswer(Answer):
    """How things are."""

    sentence: str
    runs_today: RunsToday
    records_today: RecordsToday
    throughput: list[HourPoint]
    attention: list[Attention]
