"""Conditions: typed rules combined with all, any and not; used by filter and route.

A rule is ``{field, operator, value, type}``; in files the operator may be the key itself:
``{field: total, at_least: 100}``. A text is an expression: ``"payload.total >= 100 and payload.paid"``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from weftline.expr import compile_expression, compile_path, compile_template
from weftline.model import Document, field

Test = Callable[[dict[str, Any]], bool]

OPERATORS: dict[str, str] = {
    "is": "is",
    "is_not": "is not",
    "is_one_of": "is one of",
    "is_none_of": "is none of",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "greater_than": "is greater than",
    "at_least": "is at least",
    "less_than": "is less than",
    "at_most": "is at most",
    "before": "is before",
    "after": "is after",
    "is_empty": "is empty",
    "is_not_empty": "is not empty",
    "is_true": "is true",
    "is_false": "is false",
}
_WITHOUT_VALUE = {"is_empty", "is_not_empty", "is_true", "is_false"}
_LISTS = {"is_one_of", "is_none_of"}


class Rule(Document):
    """One test of one field."""

    field: str = field(title="Field", description="Path in the record", example="financial_status")
    operator: Literal[
        "is", "is_not", "is_one_of", "is_none_of", "contains", "not_contains", "starts_with", "ends_with",
        "greater_than", "at_least", "less_than", "at_most", "before", "after", "is_empty", "is_not_empty",
        "is_true", "is_false",
    ] = Field("is", title="Operator", examples=["is"])  # fmt: skip
    value: Any = Field(None, title="Value", description="May be a template", examples=["paid"])
    type: Literal["auto", "text", "number", "date"] = Field("auto", title="Type", description="How to compare")

    @model_validator(mode="before")
    @classmethod
    def _operator_as_key(cls, values: Any) -> Any:
        if isinstance(values, dict) and "operator" not in values:
            named = [key for key in values if key in OPERATORS]
            if len(named) == 1:
                rest = {key: value for key, value in values.items() if key not in named}
                return rest | {"operator": named[0], "value": values[named[0]]}
        return values

    @model_validator(mode="after")
    def _value_fits(self) -> Self:
        if self.operator in _LISTS and not isinstance(self.value, list):
            raise ValueError(f"'{self.operator}' needs a list of values")
        if self.operator not in _WITHOUT_VALUE and self.value is None:
            raise ValueError(f"'{self.operator}' needs a value; use is_empty to test for nothing")
        return self


class Group(Document):
    """Conditions combined: exactly one of the three."""

    all: list[Condition] | None = Field(None, title="All of")
    any: list[Condition] | None = Field(None, title="Any of")
    not_: Condition | None = Field(None, alias="not", title="Not")

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if sum(part is not None for part in (self.all, self.any, self.not_)) != 1:
            raise ValueError("a group is one of all, any and not")
        return self


Condition = Rule | Group | str
Group.model_rebuild()


def check(condition: Any) -> str:
    """Why a condition cannot be used, or an empty text. Clearer than the union's own errors."""
    if isinstance(condition, dict) and not {"all", "any", "not"} & condition.keys():
        try:
            Rule.model_validate(condition)
        except ValidationError as error:
            return str(error.errors()[0]["msg"])
    return ""


def compile_condition(condition: Condition) -> Test:
    """A condition as a function of a scope whose ``payload`` is the record."""
    match condition:
        case str():
            text = condition.strip()
            if text.startswith("{{") and text.endswith("}}"):
                text = text[2:-2]
            expression = compile_expression(text)
            return lambda scope: bool(expression.evaluate(scope))
        case Group(all=list(parts)):
            tests = [compile_condition(part) for part in parts]
            return lambda scope: all(test(scope) for test in tests)
        case Group(any=list(parts)):
            tests = [compile_condition(part) for part in parts]
            return lambda scope: any(test(scope) for test in tests)
        case Group(not_=part) if part is not None:
            test = compile_condition(part)
            return lambda scope: not test(scope)
        case Rule():
            return _compile_rule(condition)
    raise AssertionError(condition)


def _compile_rule(rule: Rule) -> Test:
    text = rule.field.removeprefix("payload.") if rule.field.startswith("payload.") else rule.field
    path = compile_path(text)
    value = compile_template(rule.value)
    operator = _OPERATIONS[rule.operator]
    kind = rule.type
    if value.is_constant:
        constant = value.render({})
        return lambda scope: operator(path.get(scope["payload"], None), constant, kind)
    return lambda scope: operator(path.get(scope["payload"], None), value.render(scope), kind)


def number(value: Any) -> Decimal | None:
    """The value as an exact number, or None."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str):
        try:
            return Decimal(value.strip())
        except InvalidOperation:
            return None
    return None


def moment(value: Any) -> datetime | None:
    """The value as an instant (UTC when it names no zone), or None."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, str):
        try:
            return moment(datetime.fromisoformat(value))
        except ValueError:
            return None
    return None


def _pair(left: Any, right: Any, kind: str) -> tuple[Any, Any] | None:
    """Both sides as values that compare, or None when they do not."""
    if kind in ("auto", "number"):
        numbers = number(left), number(right)
        if None not in numbers:
            return numbers
    if kind in ("auto", "date"):
        moments = moment(left), moment(right)
        if None not in moments:
            return moments
    if kind in ("auto", "text") and left is not None and right is not None:
        return str(left), str(right)
    return None


def _same(left: Any, right: Any, kind: str) -> bool:
    if kind == "auto" and type(left) is type(right):
        return bool(left == right)
    if left is None or right is None:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return str(left).lower() == str(right).lower()
    pair = _pair(left, right, kind)
    return pair is not None and pair[0] == pair[1]


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any, str], bool]:
    def test(left: Any, right: Any, kind: str) -> bool:
        pair = _pair(left, right, kind)
        return pair is not None and compare(*pair)

    return test


def _contains(left: Any, right: Any, kind: str) -> bool:
    if isinstance(left, list):
        return any(_same(item, right, kind) for item in left)
    return left is not None and str(right) in str(left)


def _empty(left: Any) -> bool:
    return left is None or left in ("", [], {})


def _truth(left: Any) -> bool:
    return left is True or (isinstance(left, str) and left.lower() in ("true", "yes", "1")) or left == 1


_OPERATIONS: dict[str, Callable[[Any, Any, str], bool]] = {
    "is": _same,
    "is_not": lambda left, right, kind: not _same(left, right, kind),
    "is_one_of": lambda left, right, kind: any(_same(left, item, kind) for item in right),
    "is_none_of": lambda left, right, kind: not any(_same(left, item, kind) for item in right),
    "contains": _contains,
    "not_contains": lambda left, right, kind: not _contains(left, right, kind),
    "starts_with": lambda left, right, _: left is not None and str(left).startswith(str(right)),
    "ends_with": lambda left, right, _: left is not None and str(left).endswith(str(right)),
    "greater_than": _ordered(lambda left, right: left > right),
    "at_least": _ordered(lambda left, right: left >= right),
    "less_than": _ordered(lambda left, right: left < right),
    "at_most": _ordered(lambda left, right: left <= right),
    "before": _ordered(lambda left, right: left < right),
    "after": _ordered(lambda left, right: left > right),
    "is_empty": lambda left, _right, _kind: _empty(left),
    "is_not_empty": lambda left, _right, _kind: not _empty(left),
    "is_true": lambda left, _right, _kind: _truth(left),
    "is_false": lambda left, _right, _kind: left is not None and not _truth(left),
}
