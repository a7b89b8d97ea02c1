"""What the operators do. Each takes two values; null in arithmetic gives null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from weftline.expr.faults import Fault
from weftline.expr.limits import MAX_TEXT_CHARS
from weftline.expr.values import as_number, compare, divide, equal, exact, to_text, type_of

__all__ = ["BINARY", "minus", "plus"]

_BIG = 1 << 8000
_SIMPLE = (int, str, Decimal)


def plus(left: Any, right: Any) -> Any:
    """The exact sum; with text on either side both are joined as text; two lists become one."""
    a, b = left.__class__, right.__class__
    if a is int and b is int:
        return left + right
    if a is str or b is str:
        text = to_text(left) + to_text(right)
        if len(text) > MAX_TEXT_CHARS:
            raise Fault(f"the text would be longer than {MAX_TEXT_CHARS:,} characters")
        return text
    if left is None or right is None:
        return None
    if a is list and b is list:
        return left + right
    if type_of(left) == "date":
        raise Fault("a date cannot be added to", "move it with add(date, amount, unit)")
    return exact.add(as_number(left), as_number(right))


def _subtract(left: Any, right: Any) -> Any:
    if left.__class__ is int and right.__class__ is int:
        return left - right
    if left is None or right is None:
        return None
    if type_of(left) == "date":
        raise Fault("a date cannot be subtracted from", "use diff(start, end, unit) or add(date, -1, unit)")
    return exact.subtract(as_number(left), as_number(right))


def _multiply(left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    a, b = as_number(left), as_number(right)
    if a.__class__ is int and b.__class__ is int:
        product = a * b
        if not -_BIG < product < _BIG:
            raise Fault("the result is too large a number to be kept exactly")
        return product
    return exact.multiply(a, b)


def _divide(left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    return divide(as_number(left), as_number(right))


def _modulo(left: Any, right: Any) -> Any:
    """The rest of a division; its sign is that of the left side, as in most languages."""
    if left is None or right is None:
        return None
    a, b = as_number(left), as_number(right)
    if not b:
        raise Fault("division by zero")
    if isinstance(a, int) and isinstance(b, int):
        rest = abs(a) % abs(b)
        return -rest if a < 0 else rest
    return exact.remainder(Decimal(a), Decimal(b))


def minus(value: Any) -> Any:
    """The number with its sign turned; null stays null."""
    if value is None:
        return None
    number = as_number(value)
    return number.copy_negate() if isinstance(number, Decimal) else -number


def _less(left: Any, right: Any) -> bool:
    if left.__class__ is right.__class__ and left.__class__ in _SIMPLE:
        return bool(left < right)
    return compare(left, right) == -1


def _greater(left: Any, right: Any) -> bool:
    if left.__class__ is right.__class__ and left.__class__ in _SIMPLE:
        return bool(left > right)
    return compare(left, right) == 1


def _less_equal(left: Any, right: Any) -> bool:
    return compare(left, right) in (-1, 0)


def _unequal(left: Any, right: Any) -> bool:
    return not equal(left, right)


def _within(left: Any, right: Any) -> bool:
    if right is None:
        return False
    if isinstance(right, list):
        return any(equal(left, item) for item in right)
    if isinstance(right, Mapping):
        return left.__class__ is str and left in right
    if isinstance(right, str):
        return left is not None and to_text(left) in right
    raise Fault(f"'in' needs a list, a text or an object at its right, got a {type_of(right)}")


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": plus,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "%": _modulo,
    "==": equal,
    "!=": _unequal,
    "<": _less,
    "<=": _less_equal,
    ">": _greater,
    ">=": lambda left, right: compare(left, right) in (0, 1),
    "in": _within,
}
