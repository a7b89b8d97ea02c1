"""What values are and how they turn into each other: exact numbers, text, truth, order.

Numbers are ``int`` and ``Decimal``; a float that comes from outside is read by its shortest spelling and never
leaves again. Sums and products are exact or refused; a quotient that does not end keeps 34 digits.
"""

from __future__ import annotations

import decimal
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from weftline.expr.datetimes import parse_iso
from weftline.expr.faults import Fault
from weftline.expr.limits import MAX_TEXT_CHARS
from weftline.kernel import json as wire

__all__ = [
    "as_number",
    "compare",
    "divide",
    "equal",
    "exact",
    "parse_number",
    "quotient",
    "to_int",
    "to_text",
    "truthy",
    "type_of",
]

_TRAPS = [decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow]
exact = decimal.Context(prec=2000, Emax=9999, Emin=-9999, traps=[*_TRAPS, decimal.Inexact])
"""Sums and products: exact, or an error."""
quotient = decimal.Context(prec=34, Emax=9999, Emin=-9999, traps=_TRAPS, rounding=decimal.ROUND_HALF_EVEN)
"""Quotients: 34 significant digits, as decimal128 has."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_MAX_DIGITS = 2000


def type_of(value: Any) -> str:
    """The name of a value's type as documents call it."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | Decimal() | float():
            return "number"
        case str():
            return "text"
        case list() | tuple():
            return "list"
        case datetime() | date():
            return "date"
        case _:
            return "object"


def to_text(value: Any) -> str:
    """A value as text: null is empty, decimals without exponent, lists joined by commas, objects as JSON."""
    if value.__class__ is str:
        return value
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            try:
                return str(value)
            except ValueError:
                raise Fault("the number has too many digits") from None
        case Decimal():
            shown = str(value)
            if "E" not in shown:
                return shown
            if abs(value.adjusted()) > _MAX_DIGITS:
                raise Fault("the number has too many digits")
            return f"{value:f}"
        case float():
            return to_text(as_number(value))
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case list() | tuple():
            return joined(value, ",")
        case _ if not value and value.__class__ is not dict:  # MISSING
            return ""
        case _:
            return wire.encode_text(value)


def joined(items: Any, separator: str) -> str:
    """The items' texts with ``separator`` between them, refused before it grows too long."""
    texts = [to_text(item) for item in items]
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_TEXT_CHARS:
        raise Fault(f"the text would be longer than {MAX_TEXT_CHARS:,} characters")
    return separator.join(texts)


def parse_number(text: str) -> int | Decimal | None:
    """The number that a text spells (``12``, ``-1.50``, ``1e3``), or None."""
    stripped = text.strip()
    if len(stripped) > _MAX_DIGITS or not _NUMBER.fullmatch(stripped):
        return None
    return int(stripped) if stripped.lstrip("+-").isdigit() else Decimal(stripped)


def as_number(value: Any) -> int | Decimal:
    """A number, or a text that spells one; :class:`Fault` otherwise."""
    kind = value.__class__
    if kind is int or kind is Decimal:
        if kind is Decimal and not value.is_finite():
            raise Fault("not a finite number")
        return value  # type: ignore[no-any-return]
    found: int | Decimal | None = None
    if kind is str:
        found = parse_number(value)
        if found is None:
            raise Fault(f"the text '{value[:40]}' is no number", "convert it with number(), or give default() first")
    elif kind is float:
        found = Decimal(repr(value))
        if not found.is_finite():
            raise Fault("not a finite number")
    if found is None:
        raise Fault(f"needs a number, got {_a(value)}")
    return found


def to_int(value: Any) -> int:
    """A whole number (``2``, ``"2"``, ``2.0``); :class:`Fault` otherwise."""
    number = as_number(value)
    if isinstance(number, Decimal):
        if abs(number.adjusted()) > _MAX_DIGITS or number != number.to_integral_value():
            raise Fault(f"needs a whole number, got {str(number)[:40]}")
        return int(number)
    return number


def divide(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """The quotient: whole where it is, else a decimal of at most 34 digits."""
    if not right:
        raise Fault("division by zero")
    if isinstance(left, int) and isinstance(right, int):
        whole, rest = divmod(left, right)
        if not rest:
            return whole
    return quotient.divide(Decimal(left), Decimal(right))


def truthy(value: Any) -> bool:
    """False for null, false, 0, and empty text, lists and objects."""
    return bool(value)


def equal(left: Any, right: Any) -> bool:
    """Equality without surprises: true is not 1; a number equals the text that spells it; dates equal instants."""
    if left.__class__ is right.__class__ and left.__class__ is not datetime:
        return bool(left == right)
    if left is None or right is None:
        return False
    return compare(left, right, strict=False) == 0


def compare(left: Any, right: Any, *, strict: bool = True) -> int | None:
    """-1, 0 or 1; None where one is null. Values without an order: :class:`Fault`, or None if not ``strict``."""
    if left is None or right is None:
        return None
    kinds = {type_of(left), type_of(right)}
    pair: tuple[Any, Any] | None = None
    if kinds in ({"number"}, {"number", "text"}):
        pair = _numbers(left, right)
    elif kinds in ({"date"}, {"date", "text"}):
        pair = _instants(left, right)
    elif kinds in ({"text"}, {"boolean"}, {"list"}) or (kinds == {"object"} and not strict):
        pair = left, right
    if pair is None:
        if strict:
            raise Fault(f"cannot compare {_a(left)} with {_a(right)}")
        return None
    if pair[0] == pair[1]:
        return 0
    if not strict:
        return 1
    try:
        return -1 if pair[0] < pair[1] else 1
    except TypeError:
        raise Fault(f"cannot compare {_a(left)} with {_a(right)}") from None


def _numbers(left: Any, right: Any) -> tuple[Any, Any] | None:
    try:
        return as_number(left), as_number(right)
    except Fault:
        return None


def _instants(left: Any, right: Any) -> tuple[Any, Any] | None:
    moments = []
    for value in (left, right):
        moment = parse_iso(value) if isinstance(value, str) else value
        if moment is None:
            return None
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
        moments.append(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return moments[0], moments[1]


def _a(value: Any) -> str:
    name = type_of(value)
    return "null" if name == "null" else f"an {name}" if name == "object" else f"a {name}"
