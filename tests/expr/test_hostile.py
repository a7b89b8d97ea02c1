"""Nothing that a document says can crash, hang or grow the process."""

from __future__ import annotations

import contextlib
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weftline.errors import ExpressionError
from weftline.expr import FUNCTIONS, compile_expression, compile_path, compile_template

WORDS = [
    *FUNCTIONS,
    "payload",
    ".",
    "a",
    "[",
    "]",
    "[*]",
    "(",
    ")",
    "{",
    "}",
    "{{",
    "}}",
    "'",
    '"',
    "x",
    ",",
    ":",
    "?",
    "??",
    "|",
]
WORDS += [
    "||",
    "&&",
    "and",
    "or",
    "not",
    "in",
    "==",
    "<",
    "+",
    "-",
    "*",
    "/",
    "%",
    "1",
    "2.50",
    "1e9999",
    "null",
    "true",
    " ",
    "\\",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=60)
SCOPE: dict[str, Any] = {
    "payload": {"a": [{"x": 1}, {"x": Decimal("1E+9000")}], "x": "text"},
    "a": 10**300,
    "x": None,
}


@given(TEXTS)
def test_parsing_and_running_fail_only_with_expression_errors(text: str) -> None:
    for make in (lambda: compile_expression(text).evaluate, lambda: compile_template(text).render):
        try:
            made = make()
            found = made(SCOPE)
        except ExpressionError:
            continue
        assert not isinstance(found, float)
    with contextlib.suppress(ExpressionError):
        compile_path(text).get(SCOPE)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
)
def test_sums_and_products_are_exact(a: Decimal, b: Decimal) -> None:
    scope = {"a": a, "b": b}
    from fractions import Fraction

    for text, exact in (
        ("a + b", Fraction(a) + Fraction(b)),
        ("a - b", Fraction(a) - Fraction(b)),
        ("a * b", Fraction(a) * Fraction(b)),
    ):
        assert Fraction(compile_expression(text).evaluate(scope)) == exact
    assert Decimal(compile_expression("text(a)").evaluate(scope)) == a
    assert "E" not in compile_expression("text(a)").evaluate(scope)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200 + "1" + ")" * 200,
        "[" * 200 + "]" * 200,
        "{a:" * 200 + "1" + "}" * 200,
        "upper(" * 200 + "'a'" + ")" * 200,
        "not " * 500 + "a",
        "-" * 500 + "a",
        "!" * 500 + "a",
        "a ? " * 300 + "b" + " : c" * 300,
        "1" + " - 1" * 300,
        "a" + "[a" * 200 + "]" * 200,
        "1" * 2000,
        "a" + ".b" * 20_000,
        "1" + " + 1" * 5000,
    ],
)
def test_deep_and_long_expressions_are_refused(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ExpressionError):
        compile_expression(text)
    with pytest.raises(ExpressionError):
        compile_template("{{" + text + "}}")
    assert time.perf_counter() - started < 2


def test_long_flat_chains_and_pipes_are_fine() -> None:
    assert compile_expression("1" + " + 1" * 1000).evaluate({}) == 1001
    assert compile_expression("a" + " or a" * 1000 + " or 5").evaluate({"a": None}) == 5
    assert compile_expression("'a'" + " | trim" * 50).evaluate({}) == "a"


@pytest.mark.parametrize(
    "text",
    [
        "replace(a, 'x', a)",
        "replace(replace(replace(b, 'x', b), 'x', b), 'x', b)",
        "a + a + a + a + a + a",
        "a * 2",
        "pad_left('x', 999999999)",
        "join(many, a)",
        "replace_pattern(a, 'x', a)",
        "9e9999 * 9e9999",
        "1e9999 + 1",
        "floor(1e9999)",
        "round(1e9999, 100)",
        "text(1e9999)",
        "format_number(1e9999, 2)",
        "number('1e9999') | text",
        "timestamp(1e9999)",
        "n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n * n",
        "sort(lots) | sort | sort | sort | sort | sort",
        "round(1, 999999999)",
        "add('2024-01-01', 1e30, 'days')",
        "url_encode(long)",
        "base64(long)",
    ],
)
def test_growth_is_refused_in_time(text: str) -> None:
    scope = {
        "a": "x" * 300_000,
        "b": "x" * 1000,
        "long": "é" * 999_999 + "xx",
        "many": ["y"] * 1000,
        "n": 10**300,
        "lots": [1, "a"] * 50_000,
    }
    started = time.perf_counter()
    with pytest.raises(ExpressionError):
        compile_expression(text).evaluate(scope)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*b", "(a?){200}a{200}", "((a{100}){100}){100}"])
def test_patterns_cannot_run_away(pattern: str) -> None:
    started = time.perf_counter()
    with contextlib.suppress(ExpressionError):
        compile_expression("matches(t, p) or extract(t, p) == replace_pattern(t, p, 'x')").evaluate(
            {"t": "a" * 3000 + "!", "p": pattern}
        )
    assert time.perf_counter() - started < 2


def test_deep_values_do_not_crash() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for text in ("text(d)", "json(d)", "d == e", "unique([d])", "flatten(d)", "sort([d, d])"):
        other: Any = []
        for _ in range(5000):
            other = [other]
        with contextlib.suppress(ExpressionError):
            compile_expression(text).evaluate({"d": deep, "e": other})
    with pytest.raises(ExpressionError):
        compile_template(deep)
