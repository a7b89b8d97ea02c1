"""Functions on numbers; all exact. Texts that spell a number are taken as that number."""

from __future__ import annotations

import decimal
import re
from decimal import Decimal
from typing import Any

from weftline.expr.faults import Fault, nearby
from weftline.expr.functions.registry import FUNCTIONS
from weftline.expr.values import as_number, compare, exact, to_int

__all__ = ["ROUNDING", "format_exact", "round_to", "total", "ungrouped"]

add = FUNCTIONS.group("number")

ROUNDING = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "half_down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "ceiling": decimal.ROUND_CEILING,
    "floor": decimal.ROUND_FLOOR,
}
_GROUPED = {
    ".": re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"),
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"),
}
_ROUNDING_CONTEXT = decimal.Context(prec=5000, Emax=99999, Emin=-99999, traps=[decimal.InvalidOperation])


def round_to(number: int | Decimal, places: int, mode: str = "half_up") -> int | Decimal:
    """A number with so many decimal places; whole for 0 or fewer."""
    if mode not in ROUNDING:
        raise Fault(f"'{mode[:40]}' is no way of rounding", nearby(mode, ROUNDING))
    if abs(places) > 100:
        raise Fault("round to at most 100 places")
    if places >= 0 and isinstance(number, int):
        return number
    value = Decimal(number)
    if abs(value.adjusted()) > 2000:
        raise Fault("the number is too large to be rounded")
    rounded = value.quantize(Decimal((0, (1,), -places)), ROUNDING[mode], _ROUNDING_CONTEXT)
    return int(rounded) if places <= 0 else rounded


def format_exact(number: int | Decimal, places: int, thousands: str = ",", point: str = ".") -> str:
    """A number for people to read, rounded half up."""
    rounded = Decimal(round_to(number, places))
    shown = f"{rounded:,.{max(places, 0)}f}"
    return shown.translate({ord(","): thousands, ord("."): point})


def ungrouped(text: str, decimal_sign: str = ".") -> str:
    """A number's text with a point and no thousands signs; only groups of three are taken for thousands."""
    if decimal_sign not in _GROUPED:
        raise Fault(f"'{decimal_sign[:10]}' is no decimal sign", "use '.' or ','")
    stripped = text.strip()
    thousands = "," if decimal_sign == "." else "."
    if _GROUPED[decimal_sign].fullmatch(stripped):
        stripped = stripped.replace(thousands, "")
    return stripped.replace(",", ".") if decimal_sign == "," and thousands not in stripped else stripped


def total(items: Any) -> int | Decimal:
    """The exact sum of the items that are not null."""
    found: int | Decimal = 0
    for item in items:
        if item is not None:
            value = as_number(item)
            found = found + value if isinstance(found, int) and isinstance(value, int) else exact.add(found, value)
    return found


def _values(items: tuple[Any, ...]) -> list[Any]:
    pool = items[0] if len(items) == 1 and isinstance(items[0], list) else items
    return [item for item in pool if item is not None]


def _pick(items: tuple[Any, ...], sign: int) -> Any:
    best = None
    for item in _values(items):
        if best is None or (compare(item, best) or 0) * sign > 0:
            best = item
    return best


@add('number("12.50")', Decimal("12.50"))
def number(value: Any, decimal_sign: Any = ".") -> int | Decimal | None:
    """The number that a text spells, exactly; name the decimal sign if it is a comma. Empty text is null."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        if not value.strip():
            return None
        value = ungrouped(value, str(decimal_sign))
    return as_number(value)


@add("round(2.345, 2)", Decimal("2.35"))
def round_(number: Any, places: Any = 0, mode: Any = "half_up") -> int | Decimal:
    """Rounded to so many places. Modes: half_up, half_even, half_down, up, down, ceiling, floor."""
    return round_to(as_number(number), to_int(places), str(mode))


@add("floor(2.9)", 2)
def floor(number: Any) -> int | Decimal:
    """The whole number at or below."""
    return round_to(as_number(number), 0, "floor")


@add("ceil(2.1)", 3)
def ceil(number: Any) -> int | Decimal:
    """The whole number at or above."""
    return round_to(as_number(number), 0, "ceiling")


@add("abs(-3.50)", Decimal("3.50"))
def abs_(number: Any) -> int | Decimal:
    """The number without its sign."""
    value = as_number(number)
    return value.copy_abs() if isinstance(value, Decimal) else abs(value)


@add("min([3, 1, 2])", 1, takes_null=True)
def min_(*items: Any) -> Any:
    """The smallest of a list or of the arguments; nulls do not count."""
    return _pick(items, -1)


@add("max(3, 10, 2)", 10, takes_null=True)
def max_(*items: Any) -> Any:
    """The largest of a list or of the arguments; nulls do not count."""
    return _pick(items, 1)


@add('sum([1, 2.50, "3"])', Decimal("6.50"), takes_null=True)
def sum_(*items: Any) -> int | Decimal:
    """The sum of a list or of the arguments; nulls do not count, and nothing sums to 0."""
    return total(_values(items))


@add("format_number(1234.5, 2)", "1,234.50")
def format_number(number: Any, places: Any = 2, thousands: Any = ",", point: Any = ".") -> str:
    """A number as text for people: places, the sign between thousands and the decimal sign."""
    return format_exact(as_number(number), to_int(places), str(thousands)[:1], str(point)[:1])
