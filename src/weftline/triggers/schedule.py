"""The schedule trigger: intervals, times of day, or cron, in any time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from croniter import CroniterError
from pydantic import BaseModel, StringConstraints, field_validator, model_validator

from weftline.model import Document, Key, field
from weftline.triggers.base import Trigger
from weftline.triggers.ticks import UNITS_S, next_cron, next_interval, next_time_of_day

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]

_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY = re.compile(r"^(?:([1-9]\d{0,5})\s+)?(second|minute|hour|day|week)s?$")
_RANDOM = re.compile(r"^[rh](?:$|[(/])", re.IGNORECASE)


class ScheduleConfig(Document):
    """When runs start: exactly one of ``every``, ``at`` and ``cron``."""

    key: Key = field("schedule", title="Key", description="Unique among the flow's triggers", example="nightly")
    every: str | None = field(None, title="Every", description="An interval", example="15 minutes")
    at: list[TimeOfDay] = field(list, title="At", description="Times of day", example=["09:00", "17:30"])
    days: list[Day] = field(list, title="Days", description="Days of the week; none: all", example=["mon", "fri"])
    cron: str | None = field(
        None, title="Cron", description="Five fields, or six with seconds first", example="0 6 * * 1-5"
    )
    timezone: str = field("UTC", title="Time zone", example="Europe/London")
    overlap: Literal["skip", "queue", "cancel"] = field(
        "skip",
        title="While a run is under way",
        description="skip: leave this time out; queue: start when it has ended; cancel: stop it and start",
    )

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"'{zone}' is not a time zone such as Europe/London")
        return zone

    @field_validator("every")
    @classmethod
    def _interval(cls, every: str | None) -> str | None:
        if every is not None and not _EVERY.match(every):
            raise ValueError(f"'{every}' is not an interval such as '15 minutes', '2 hours' or '1 day'")
        return every

    @field_validator("cron")
    @classmethod
    def _cron(cls, cron: str | None) -> str | None:
        if cron is None:
            return None
        fields = cron.split()
        if len(fields) not in (5, 6) or any(_RANDOM.match(part) for part in fields):
            raise ValueError(
                f"'{cron}' is not a cron of five fields such as '0 6 * * 1-5', or six with seconds first"
            )
        try:
            next_cron(datetime(2026, 1, 1, tzinfo=UTC), cron, ZoneInfo("UTC"))
        except (CroniterError, ValueError, KeyError) as error:
            raise ValueError(f"'{cron}' is not a cron that ever comes: {error}") from None
        return " ".join(fields)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum((self.every is not None, bool(self.at), self.cron is not None)) != 1:
            raise ValueError("give exactly one of 'every', 'at' and 'cron'")
        if self.cron is not None and self.days:
            raise ValueError("'days' does not go with 'cron', which names days itself")
        return self

    def next_after(self, moment: datetime) -> datetime:
        """The first instant after ``moment`` at which a run is due, in UTC."""
        zone = ZoneInfo(self.timezone)
        days = frozenset(_DAYS.index(day) for day in self.days)
        if self.cron is not None:
            return next_cron(moment, self.cron, zone)
        if self.every is not None:
            amount, unit = self._parts(self.every)
            return next_interval(moment, amount, unit, zone, days)
        return next_time_of_day(moment, [time.fromisoformat(text) for text in self.at], zone, days)

    @staticmethod
    def _parts(every: str) -> tuple[int, str]:
        found = _EVERY.match(every)
        if found is None or found[2] not in UNITS_S:
            raise ValueError(f"'{every}' is not an interval")
        return int(found[1] or 1), found[2]


class ScheduleTrigger(Trigger):
    """Starts runs at set times."""

    kind: ClassVar[str] = "schedule"
    title: ClassVar[str] = "Schedule"
    Config: ClassVar[type[BaseModel]] = ScheduleConfig

    @staticmethod
    def describe(config: Any) -> str:
        """In a few words."""
        if config.every is not None:
            text = f"every {config.every}"
        elif config.at:
            text = f"at {', '.join(config.at)}"
        else:
            text = f"cron {config.cron}"
        if config.days:
            text += f" on {', '.join(day.capitalize() for day in config.days)}"
        return text if config.timezone == "UTC" and config.every else f"{text} ({config.timezone})"
