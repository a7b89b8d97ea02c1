"""Every function's example is true, and dates follow their patterns."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from weftline.errors import ExpressionError
from weftline.expr import FUNCTIONS, compile_expression

NOW = datetime(2024, 5, 17, 9, 30, tzinfo=UTC)


def run(text: str, **scope: Any) -> Any:
    return compile_expression(text).evaluate({"now": NOW, **scope})


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_example_is_true_and_docs_are_complete(name: str) -> None:
    function = FUNCTIONS[name]
    found = run(function.example)
    assert found == function.result
    assert type(found) is type(function.result)
    assert name in function.example
    assert function.doc.endswith(".")
    assert function.signature.startswith(f"{name}(")


@pytest.mark.parametrize("name", list(FUNCTIONS))
@pytest.mark.parametrize("value", [None, True, 5, Decimal("1.5"), "text", "", [], [None, "a", 1], {}, {"a": 1}, NOW])
def test_no_value_crashes_a_function(name: str, value: Any) -> None:
    function = FUNCTIONS[name]
    for count in range(function.at_least, (function.at_most if function.at_most is not None else 3) + 1):
        call = compile_expression(f"{name}({', '.join(['v'] * count)})")
        try:
            found = call.evaluate({"v": value, "now": NOW})
        except ExpressionError:
            continue
        assert not isinstance(found, float)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd HH:mm:ss", "2024-05-07 15:04:09"),
        ("d/M/yy h:m:s a", "7/5/24 3:4:9 PM"),
        ("EEEE, dd MMMM yyyy", "Tuesday, 07 May 2024"),
        ("E d MMM", "Tue 7 May"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2024-05-07T15:04:09.012+01:00"),
        ("yyyyMMddHHmmssZ", "20240507150409+0100"),
        ("'Q'Q y, 'week' w, 'day' D", "Q2 2024, week 19, day 128"),
        ("h 'o''clock'", "3 o'clock"),
        ("z", "BST"),
        ("VV", "Europe/London"),
        ("100%d", "100%7"),
        ("iso", "2024-05-07T15:04:09.012000+01:00"),
        ("date", "2024-05-07"),
    ],
)
def test_formats(pattern: str, text: str) -> None:
    scope = {"d": "2024-05-07T14:04:09.012Z", "p": pattern}
    assert run("format_date(d, p, 'Europe/London')", **scope) == text


@pytest.mark.parametrize(
    ("text", "pattern", "iso"),
    [
        ("07.05.2024 15:04", "dd.MM.yyyy HH:mm", "2024-05-07T13:04:00Z"),
        ("7 May 2024", "d MMM yyyy", "2024-05-06T22:00:00Z"),
        ("7 may 99 12:30 am", "d MMM yy h:mm a", "1999-05-06T22:30:00Z"),
        ("20240507T150409+0530", "yyyyMMdd'T'HHmmssXX", "2024-05-07T09:34:09Z"),
        ("1715090649", "unix", "2024-05-07T14:04:09Z"),
        ("1715090649012", "unix_ms", "2024-05-07T14:04:09.012000Z"),
        ("2024128", "yyyyDDD", "2024-05-06T22:00:00Z"),
        ("2024-05-07", "iso", "2024-05-06T22:00:00Z"),
    ],
)
def test_parses(text: str, pattern: str, iso: str) -> None:
    assert run("parse_date(t, p, 'Europe/Berlin') | to_timezone('UTC') | text", t=text, p=pattern) == iso


def test_months_clamp_days_keep_the_clock_hours_are_true() -> None:
    assert run("add('2024-03-31', -1, 'month') | format_date('date')") == "2024-02-29"
    before = "to_timezone('2024-03-30T12:00:00Z', 'Europe/London')"
    assert run(f"{before} | add(1, 'day') | text") == "2024-03-31T12:00:00+01:00"
    assert run(f"{before} | add(24, 'hours') | text") == "2024-03-31T13:00:00+01:00"
    assert run("diff('2024-01-31', '2024-02-28', 'months')") == 0
    assert run("diff('2024-02-29', '2024-01-29', 'months')") == -1
    assert run("diff('2024-01-31', '2025-01-31', 'years')") == 1
    assert run("start_of('2024-05-17', 'week') | format_date('date')") == "2024-05-13"
    assert run("start_of('2024-05-17T09:30:05Z', 'hour') | text") == "2024-05-17T09:00:00Z"
    assert run("end_of('2024-05-17', 'quarter') | format_date('date')") == "2024-06-30"


def test_numbers_are_read_as_written() -> None:
    assert run("number('1,234.50')") == Decimal("1234.50")
    assert run("number('1.234,50', ',')") == Decimal("1234.50")
    assert run("number('')") is None
    assert run("round(2.5)") == 3
    assert run("round(2.5, 0, 'half_even')") == 2
    assert run("round(1250, -2)") == 1300
    assert str(run("round(1.005, 2)")) == "1.01"
    assert run("format_number(-1234567.891, 1, '.', ',')") == "-1.234.567,9"


def test_lists_keep_their_order_and_types() -> None:
    rows = [{"n": 2, "c": "x"}, {"n": None, "c": "y"}, {"n": 1, "c": "x"}]
    assert run("sort(r, 'n', 'desc') | map_field('n')", r=rows) == [2, 1, None]
    assert run("sort([2, 'a', 1.5, null])") == [Decimal("1.5"), 2, "a", None]
    assert run("unique([1, true, 1.0, '1'])") == [1, True, "1"]
    assert run("unique(r, 'c') | count", r=rows) == 2
    assert run("group(r, 'c').x | count", r=rows) == 2
