"""The language: literals, references, operators, pipes, errors."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from weftline.errors import ExpressionError
from weftline.expr import Limits, compile_expression

SCOPE: dict[str, Any] = {
    "payload": {
        "id": 42,
        "total": Decimal("10.50"),
        "price": "398.00",
        "name": "Ada",
        "note": None,
        "odd key": "odd",
        "in": "word",
        "flags": {"paid": True},
        "line_items": [{"sku": "A", "qty": 2, "tags": ["x", "y"]}, {"sku": "B", "tags": ["z"]}],
        "users": [{"id": 7}],
        "created_at": "2024-05-17T09:30:00Z",
    },
    "now": datetime(2024, 5, 18, tzinfo=UTC),
    "vars": {"key": "name", "at": 1},
}


def run(text: str) -> Any:
    return compile_expression(text).evaluate(SCOPE)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"'it\'s'", "it's"),
        ('"a\\nb\\u0041"', "a\nbA"),
        (r'"\d+"', r"\d+"),
        ("12", 12),
        ("1.10", Decimal("1.10")),
        ("1e3", Decimal("1e3")),
        ("[1, 'a', null, true]", [1, "a", None, True]),
        ("{a: 1, 'b c': {d: []}}", {"a": 1, "b c": {"d": []}}),
        ("payload.id", 42),
        ("payload['odd key']", "odd"),
        ("payload.in", "word"),
        ("payload.line_items[0].sku", "A"),
        ("payload.line_items[-1].sku", "B"),
        ("payload.users.0.id", 7),
        ("payload.line_items[*].sku", ["A", "B"]),
        ("payload.line_items[*].qty", [2, None]),
        ("payload.line_items[*].tags[*]", ["x", "y", "z"]),
        ("payload.line_items.*.sku", ["A", "B"]),
        ("payload.flags[*].paid", [True]),
        ("payload[vars.key]", "Ada"),
        ("payload.line_items[vars.at].sku", "B"),
        ("split('a,b', ',')[1]", "b"),
        ("payload.nothing.at.all", None),
        ("payload.nothing[*].x", None),
        ("payload.name.x", None),
        ("payload.line_items[9].sku", None),
        ("payload.name[0]", None),
    ],
)
def test_values_and_references(text: str, value: Any) -> None:
    found = run(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4", 3),
        ("(1 + 2) * 3", 9),
        ("7 % 3 + -7 % 3", 0),
        ("10 / 4", Decimal("2.5")),
        ("10 / 5", 2),
        ("1 / 3 * 3 == 1", False),
        ("0.1 + 0.2 == 0.3", True),
        ("payload.total * 2 + 1", Decimal("22.00")),
        ("payload.price * 2", Decimal("796.00")),
        ("payload.price - '0.05'", Decimal("397.95")),
        ("-payload.total", Decimal("-10.50")),
        ("payload.note * 2", None),
        ("1 + 2 + 'a' + 3", "3a3"),
        ("'a' + payload.note + 'b'", "ab"),
        ("[1] + [2]", [1, 2]),
        ("1 == 1.0", True),
        ("true == 1", False),
        ("'1' == 1", True),
        ("'x' == 1", False),
        ("null == payload.nothing", True),
        ("payload.price > 100", True),
        ("payload.note > 1", False),
        ("payload.nothing != 'x'", True),
        ("payload.created_at < now()", True),
        ("payload.created_at == '2024-05-17T10:30:00+01:00'", False),
        ("date(payload.created_at) == '2024-05-17T10:30:00+01:00'", True),
        ("'A' in payload.line_items[*].sku", True),
        ("'A' not in ['B']", True),
        ("'da' in payload.name", True),
        ("'paid' in payload.flags", True),
        ("1 in payload.nothing", False),
        ("true and not false or false", True),
        ("true && !false", True),
        ("null || 'x'", "x"),
        ("not payload.id == 42", False),
        ("payload.id > 40 ? 'big' : 'small'", "big"),
        ("false ? 1 : false ? 2 : 3", 3),
        ("payload.note ?? payload.nothing ?? 'x'", "x"),
        ("payload.id ?? 1 / 0", 42),
        ("false and 1 / 0", False),
        ("payload.name | upper", "ADA"),
        ("'  a ' + 'b ' | trim | upper", "A B"),
        ("payload.nothing | default('x') | upper", "X"),
        ("'' | default('x')", "x"),
        ("upper(payload.nothing)", None),
        ("exists(payload.note)", False),
        ("exists(payload.id)", True),
        ("if(payload.id == 42, 'yes', 1 / 0)", "yes"),
        ("count(payload.line_items)", 2),
        ("sum(payload.line_items[*].qty)", 2),
        ("max(payload.line_items[*].qty)", 2),
        ("payload.line_items | where('qty', '>', 1) | map_field('sku') | join('-')", "A"),
    ],
)
def test_operators_and_pipes(text: str, value: Any) -> None:
    found = run(text)
    assert found == value
    assert type(found) is type(value)


def test_big_numbers_and_decimals_stay_exact() -> None:
    big = 12345678901234567890123456789012345678901234567890
    scope = {"a": big, "b": Decimal("0.12345678901234567890123456789012345678901")}
    assert compile_expression("a * a").evaluate(scope) == big * big
    assert str(compile_expression("a + b").evaluate(scope)) == f"{big}.12345678901234567890123456789012345678901"
    assert compile_expression("-0.1234567890123456789012345678901234").evaluate({}) == Decimal(
        "-0.1234567890123456789012345678901234"
    )
    assert compile_expression("x + 0.2").evaluate({"x": 0.1}) == Decimal("0.3")


def test_references_are_listed() -> None:
    found = compile_expression("payload.a[*].b + meta.instance | default(vars['odd key'])").references
    assert found == {"payload.a[*].b", "meta.instance", 'vars["odd key"]'}
    assert compile_expression("payload.a").parts == ("payload", "a")
    assert compile_expression("payload.a + 1").parts is None


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("upper(payload.name", "expected ')'", 18),
        ("uper(payload.name)", "there is no function 'uper'", 0),
        ("payload.name | uper", "there is no function 'uper'", 15),
        ("1 +", "expected a value", 3),
        ("a b", "the expression ends before this", 2),
        ("a = b", "unexpected '='", 2),
        ("'abc", "not closed", 0),
        ("a < b < c", "cannot be chained", 6),
        ("upper()", "does not take 0 arguments", 0),
        ("upper(1, 2)", "does not take 2 arguments", 0),
        ("a.", "expected a field name", 2),
        ("a[1.5]", "an index is", 1),
        ("", "expected a value", 0),
        ("a ? b", "between the two results", 5),
        ("{1: 2}", "expected a key", 1),
        ("a not b", "expected 'in' after 'not'", 6),
    ],
)
def test_what_does_not_compile(text: str, message: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    assert message in caught.value.message
    assert caught.value.context["position"] == position
    line, caret = caught.value.message.split("\n")[1:]
    assert line.strip() == text.strip()
    assert caret == " " * (position + 2) + "^"


def test_hints_name_the_closest() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression("uper(x)")
    assert caught.value.hint == "did you mean 'upper'?"
    with pytest.raises(ExpressionError) as caught:
        compile_expression("paylod.x", roots=frozenset({"payload", "meta"}))
    assert "nothing is called 'paylod'" in caught.value.message
    assert "did you mean 'payload'?" in caught.value.hint
    with pytest.raises(ExpressionError) as caught:
        compile_expression("substring('a')")
    assert caught.value.hint == "write substring(text, start, length?)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0", "division by zero"),
        ("1 % 0", "division by zero"),
        ("payload.name * 2", "is no number"),
        ("payload.flags > 2", "cannot compare an object with a number"),
        ("'a' > 2", "cannot compare"),
        ("upper(payload.flags)", "upper(): needs text, got an object"),
        ("matches('a', '(')", "does not compile"),
        ("matches('a', '(?=a)')", "does not compile"),
        ("1 in 2", "needs a list"),
        ("now() + 1", "cannot be added"),
        ("format_date('x', 'yyyy')", "is no ISO 8601 date"),
        ("format_date('2024-01-01', 'yyyy-mmm')", "means nothing"),
        ("to_timezone('2024-01-01', 'Europe/Lodnon')", "is no time zone"),
        ("add('2024-01-01', 1, 'fortnight')", "is no unit of time"),
        ("add('9999-12-31', 1, 'day')", "out of range"),
        ("number('12,5')", "is no number"),
        ("boolean('paid')", "neither true nor false"),
        ("where([1], 'a', '~', 2)", "is no relation"),
        ("parse_json('{')", "is not JSON"),
        ("base64_decode('%')", "is not base64"),
        ("url_encode('\ud800')", "cannot be encoded"),
        ("keys('x')", "needs an object"),
    ],
)
def test_what_fails_while_it_runs(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        run(text)
    assert message in caught.value.message
    assert caught.value.message.endswith("^")


def test_the_clock_is_never_read() -> None:
    assert run("now()") == SCOPE["now"]
    with pytest.raises(ExpressionError, match="no time"):
        compile_expression("now()").evaluate({})


def test_strict_names_what_is_missing_unless_the_expression_asks() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression("upper(payload.nam)").evaluate_strict(SCOPE)
    assert "'payload.nam' is not there: 'payload' has no field 'nam'" in caught.value.message
    assert caught.value.hint == "did you mean 'name'?"
    with pytest.raises(ExpressionError, match=r"line_items\[\*\].qty"):
        compile_expression("payload.line_items[*].qty").evaluate_strict(SCOPE)
    for text in (
        "payload.x ?? 1",
        "payload.x | trim | default(1)",
        "payload.x == null ? 1 : 2",
        "exists(payload.x) ? 2 : 1",
    ):
        assert compile_expression(text).evaluate_strict(SCOPE) == 1
    with pytest.raises(ExpressionError, match=r"payload\.y"):
        compile_expression("payload.x ?? payload.y").evaluate_strict(SCOPE)


def test_limits_bound_work_and_output() -> None:
    small = Limits(steps=10, output_chars=100)
    with pytest.raises(ExpressionError, match="longer than 100"):
        compile_expression("pad_left('', 200)", limits=small).evaluate({})
    with pytest.raises(ExpressionError, match="too much data"):
        compile_expression("count(a) + count(a)", limits=small).evaluate({"a": list(range(100))})
    once = compile_expression("count(a)", limits=small)
    assert [once.evaluate({"a": list(range(100))}) for _ in range(3)] == [100, 100, 100]


def test_threads_do_not_share_a_budget() -> None:
    one = compile_expression("count(a)", limits=Limits(steps=10))
    found: list[int] = []

    def work() -> None:
        found.extend(one.evaluate({"a": list(range(150))}) for _ in range(200))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [150] * 800
