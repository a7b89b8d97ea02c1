"""Transforms on dates. Patterns are those of the expression language: yyyy-MM-dd HH:mm:ss, iso, unix, unix_ms."""

from __future__ import annotations

from typing import Any, Literal

from weftline.expr import datetimes
from weftline.expr.values import to_int
from weftline.mapping.base import NumberSetting, Scope, Transform, TransformConfig
from weftline.mapping.lookups import Lookups
from weftline.model.fields import field

Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
_PROBE = datetimes.as_moment("2024-05-17T09:30:00Z")


class DateFormatTransform(Transform):
    """Write a date another way, in another time zone if wanted."""

    kind, title, group = "date_format", "Format date", "date"

    class Config(TransformConfig):
        """How it is read and written."""

        format: str = field(
            "iso",
            title="To",
            description="A pattern such as yyyy-MM-dd HH:mm:ss, or iso, date, unix, unix_ms",
            example="yyyy-MM-dd",
        )
        from_format: str = field(
            "iso", title="From", description="The pattern of the source, or iso, unix, unix_ms", example="dd/MM/yyyy"
        )
        timezone: str | None = field(
            None, title="Time zone", description="Written on this clock; empty: as it came", example="Europe/London"
        )
        from_timezone: str | None = field(
            None,
            title="Source time zone",
            description="Where the source names none; else UTC",
            example="Europe/Paris",
        )

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        datetimes.format_moment(_PROBE, config.format)
        datetimes.check_pattern(config.from_format)
        self._zone = datetimes.zone(config.timezone) if config.timezone else None
        if config.from_timezone:
            datetimes.zone(config.from_timezone)

    def apply(self, value: Any, scope: Scope) -> Any:
        if value == "":
            return None
        moment = datetimes.parse_moment(value, self.config.from_format, self.config.from_timezone)
        return datetimes.format_moment(moment.astimezone(self._zone) if self._zone else moment, self.config.format)


class DateAddTransform(Transform):
    """Move a date forward, or back by a negative amount."""

    kind, title, group = "date_add", "Add to date", "date"

    class Config(TransformConfig):
        """By how much."""

        amount: int | str = field(title="Amount", description="A whole number or a {{ reference }}", example=7)
        unit: Unit = field("day", title="Unit", description="Days and longer keep the time of day", example="day")

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._amount = NumberSetting(config.amount)

    def apply(self, value: Any, scope: Scope) -> Any:
        if value == "":
            return None
        amount = self._amount(scope)
        return datetimes.add_time(datetimes.as_moment(value), to_int(amount), self.config.unit)


class StartOfTransform(Transform):
    """The first moment of the day, week, month, ... that a date lies in."""

    kind, title, group = "start_of", "Start of", "date"

    class Config(TransformConfig):
        """Of what, and on which clock."""

        unit: Unit = field("day", title="Unit", description="Weeks begin on Monday", example="month")
        timezone: str | None = field(
            None, title="Time zone", description="On this clock; empty: as it came", example="Europe/London"
        )

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._zone = datetimes.zone(config.timezone) if config.timezone else None

    def apply(self, value: Any, scope: Scope) -> Any:
        if value == "":
            return None
        moment = datetimes.as_moment(value)
        return datetimes.start_of(moment.astimezone(self._zone) if self._zone else moment, self.config.unit)
