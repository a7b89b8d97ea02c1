"""When schedules are due, most of all around the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from weftline.triggers.schedule import ScheduleConfig

NEW_YORK = "America/New_York"


def ticks(start: str, count: int, **config: Any) -> list[str]:
    schedule = ScheduleConfig.model_validate(config)
    zone = ZoneInfo(schedule.timezone)
    moment = datetime.fromisoformat(start)
    found = []
    for _ in range(count):
        moment = schedule.next_after(moment)
        found.append(moment.astimezone(zone).strftime("%m-%d %H:%M:%S %Z").replace(":00 ", " "))
    return found


def test_intervals_are_aligned_and_strictly_later() -> None:
    assert ticks("2026-11-23T10:07:30Z", 3, every="15 minutes") == [
        "11-23 10:15 UTC",
        "11-23 10:30 UTC",
        "11-23 10:45 UTC",
    ]
    assert ticks("2026-11-23T10:15:00Z", 1, every="15 minutes") == ["11-23 10:30 UTC"]
    assert ticks("2026-11-23T10:07:00Z", 2, every="2 hours") == ["11-23 12:00 UTC", "11-23 14:00 UTC"]
    assert ticks("2026-11-23T10:07:00Z", 2, every="minute") == ["11-23 10:08 UTC", "11-23 10:09 UTC"]


def test_a_day_is_a_local_day() -> None:
    assert ticks("2026-10-23T12:00:00Z", 3, every="1 day", timezone="Europe/London") == [
        "10-24 00:00 BST", "10-25 00:00 BST", "10-26 00:00 GMT",
    ]  # fmt: skip


def test_intervals_may_leave_days_out() -> None:
    # Friday evening to Monday, local days.
    assert ticks("2026-11-20T23:40:00Z", 2, every="30 minutes", days=["mon", "fri"]) == [
        "11-23 00:00 UTC", "11-23 00:30 UTC",
    ]  # fmt: skip


def test_times_of_day_on_days() -> None:
    assert ticks("2026-11-20T20:00:00Z", 3, at=["09:00", "17:30"], days=["mon", "fri"], timezone=NEW_YORK) == [
        "11-20 17:30 EST", "11-23 09:00 EST", "11-23 17:30 EST",
    ]  # fmt: skip


def test_a_time_that_the_clocks_skip_is_made_up_for() -> None:
    # London, 29 March 2026: 01:00 becomes 02:00.
    for config in ({"at": ["01:30"]}, {"cron": "30 1 * * *"}):
        assert ticks("2026-03-28T12:00:00Z", 2, timezone="Europe/London", **config) == [
            "03-29 02:30 BST",
            "03-30 01:30 BST",
        ]


def test_a_time_that_comes_twice_fires_once() -> None:
    # London, 25 October 2026: 02:00 becomes 01:00 again.
    for config in ({"at": ["01:30"]}, {"cron": "30 1 * * *"}):
        assert ticks("2026-10-24T12:00:00Z", 2, timezone="Europe/London", **config) == [
            "10-25 01:30 BST",
            "10-26 01:30 GMT",
        ]


def test_a_cron_of_every_hour_follows_elapsed_time() -> None:
    assert ticks("2026-10-24T23:59:00Z", 6, cron="*/30 * * * *", timezone="Europe/London") == [
        "10-25 01:00 BST", "10-25 01:30 BST", "10-25 01:00 GMT", "10-25 01:30 GMT", "10-25 02:00 GMT",
        "10-25 02:30 GMT",
    ]  # fmt: skip
    assert ticks("2026-03-29T00:29:00Z", 3, cron="*/30 * * * *", timezone="Europe/London") == [
        "03-29 00:30 GMT", "03-29 02:00 BST", "03-29 02:30 BST",
    ]  # fmt: skip


def test_zones_with_half_hours() -> None:
    assert ticks("2026-11-23T00:00:00Z", 1, cron="0 9 * * *", timezone="Asia/Kolkata") == ["11-23 09:00 IST"]
    # Lord Howe moves its clocks by half an hour: 02:00 becomes 02:30 on 4 October 2026.
    assert ticks("2026-10-03T10:00:00Z", 1, at=["02:15"], timezone="Australia/Lord_Howe")[0].startswith("10-04 02:45")


def test_six_fields_begin_with_seconds() -> None:
    assert ticks("2026-11-23T10:00:00Z", 2, cron="*/20 * * * * *") == ["11-23 10:00:20 UTC", "11-23 10:00:40 UTC"]


def test_a_leap_day_is_waited_for() -> None:
    schedule = ScheduleConfig(cron="0 0 29 2 *")
    assert schedule.next_after(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "exactly one of"),
        ({"every": "1 day", "cron": "0 0 * * *"}, "exactly one of"),
        ({"every": "often"}, "not an interval"),
        ({"every": "0 minutes"}, "not an interval"),
        ({"cron": "0 0 * *"}, "not a cron of five fields"),
        ({"cron": "61 0 * * *"}, "not a cron that ever comes"),
        ({"cron": "0 0 30 2 *"}, "not a cron that ever comes"),
        ({"cron": "R * * * *"}, "not a cron of five fields"),
        ({"at": ["25:00"]}, "pattern"),
        ({"every": "1 day", "timezone": "Mars/Base"}, "not a time zone"),
        ({"cron": "0 0 * * *", "days": ["mon"]}, "'days' does not go with 'cron'"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ScheduleConfig.model_validate(config)


CONFIGS = st.one_of(
    st.builds(
        lambda n, unit: {"every": f"{n} {unit}"},
        st.integers(1, 90),
        st.sampled_from(["seconds", "minutes", "hours", "days"]),
    ),
    st.builds(lambda hour, minute: {"at": [f"{hour:02}:{minute:02}"]}, st.integers(0, 23), st.integers(0, 59)),
    st.sampled_from(
        [{"cron": text} for text in ("*/7 * * * *", "15 2 * * *", "0 1-3 * * 0", "30 */5 * * *", "0 0 1 * *")]
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    CONFIGS,
    st.sampled_from(
        ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata", "UTC"]
    ),
    st.integers(0, 366 * 86400),
)
def test_ticks_go_on_and_none_is_left_out(config: dict[str, Any], zone: str, start_s: int) -> None:
    schedule = ScheduleConfig.model_validate(config | {"timezone": zone})
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=start_s)
    found = [moment]
    for _ in range(4):
        found.append(schedule.next_after(found[-1]))
    assert all(earlier < later for earlier, later in pairwise(found))
    # Asking a second before a tick gives that very tick: the answer does not depend on when one asks.
    for tick in found[1:]:
        assert schedule.next_after(tick - timedelta(seconds=1)) == tick
