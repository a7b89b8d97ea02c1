"""Functions on lists. A single value counts as a list of one. Fields may be paths such as ``price.amount``."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key, lru_cache
from operator import itemgetter
from typing import Any

from weftline.expr.faults import Fault, nearby
from weftline.expr.functions.registry import FUNCTIONS
from weftline.expr.limits import charge
from weftline.expr.path import compile_path
from weftline.expr.reference import getter
from weftline.expr.values import compare, equal, to_int, to_text, truthy, type_of
from weftline.kernel import json as wire

__all__ = ["as_list", "field_of", "flat", "identity", "sorted_by", "unique_by"]

add = FUNCTIONS.group("list")

_ORDER = {"boolean": 0, "number": 1, "date": 2, "text": 3, "list": 4, "object": 5, "null": 6}


def as_list(value: Any) -> list[Any]:
    """The list itself, or a single value as a list of one."""
    return value if isinstance(value, list) else [value]


@lru_cache(maxsize=512)
def field_of(path: str) -> Any:
    """A closure that reads a field of an item; null where it is missing."""
    return getter(compile_path(path).parts, None)


def identity(value: Any) -> Any:
    """A hashable that is the same for equal values: 1 and 1.0 are, 1 and true are not."""
    kind = type_of(value)
    if kind in ("list", "object"):
        return kind, wire.encode_text(value)
    return kind, value


def _ordered(left: Any, right: Any) -> int:
    kinds = type_of(left), type_of(right)
    if kinds[0] != kinds[1]:
        return _ORDER[kinds[0]] - _ORDER[kinds[1]]
    if kinds[0] in ("object", "list"):
        left, right = to_text(left), to_text(right)
    return compare(left, right) or 0


def _ordered_pairs(left: tuple[Any, Any], right: tuple[Any, Any]) -> int:
    return _ordered(left[0], right[0])


def sorted_by(items: list[Any], field: str | None, descending: bool) -> list[Any]:
    """The items in order; numbers before text, nulls last whichever the direction."""
    read = field_of(field) if field else None
    keyed = [(read(item) if read else item, item) for item in items]
    present = [pair for pair in keyed if pair[0] is not None]
    if {value.__class__ for value, _ in present} in ({int}, {str}, {Decimal}):
        present.sort(key=itemgetter(0), reverse=descending)
    else:
        for _ in range(16):  # mixed types are compared one by one, which costs more
            charge(items)
        present.sort(key=cmp_to_key(_ordered_pairs), reverse=descending)
    return [item for _, item in present] + [item for value, item in keyed if value is None]


def unique_by(items: list[Any], field: str | None = None) -> list[Any]:
    """The first of each equal items (or of items with an equal field), in order."""
    read = field_of(field) if field else None
    seen: dict[Any, Any] = {}
    for item in items:
        seen.setdefault(identity(read(item) if read else item), item)
    return list(seen.values())


def flat(items: list[Any]) -> list[Any]:
    """One level of nesting taken away."""
    return [leaf for item in items for leaf in as_list(item)]


@add("first([5, 6])", 5)
def first(items: Any) -> Any:
    """The first item, or null."""
    pool = as_list(items)
    return pool[0] if pool else None


@add("last([5, 6])", 6)
def last(items: Any) -> Any:
    """The last item, or null."""
    pool = as_list(items)
    return pool[-1] if pool else None


@add("count([5, null, 6])", 3, takes_null=True)
def count(items: Any) -> int:
    """How many items there are; null has none."""
    return 0 if items is None else len(as_list(items))


@add("unique([1, 2, 1])", [1, 2])
def unique(items: Any, field: Any = None) -> list[Any]:
    """The list without repeats, or without items whose field repeats."""
    return unique_by(as_list(items), field)


@add('sort([{n: 2}, {n: 1}], "n") | map_field("n")', [1, 2])
def sort(items: Any, field: Any = None, direction: Any = "asc") -> list[Any]:
    """The list in order, by a field if one is named; ``asc`` or ``desc``."""
    if direction not in ("asc", "desc"):
        raise Fault(f"'{str(direction)[:20]}' is no direction", "use 'asc' or 'desc'")
    return sorted_by(as_list(items), field, direction == "desc")


@add("flatten([[1, 2], [3]])", [1, 2, 3])
def flatten(items: Any) -> list[Any]:
    """Lists within the list opened up, one level."""
    return flat(as_list(items))


@add('map_field([{sku: "A"}, {sku: "B"}], "sku")', ["A", "B"])
def map_field(items: Any, field: Any) -> list[Any]:
    """One field of every item."""
    read = field_of(str(field))
    return [read(item) for item in as_list(items)]


_TESTS: dict[str, Any] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: (compare(left, right) or 0) < 0,
    "<=": lambda left, right: compare(left, right) in (-1, 0),
    ">": lambda left, right: (compare(left, right) or 0) > 0,
    ">=": lambda left, right: compare(left, right) in (0, 1),
    "in": lambda left, right: any(equal(left, one) for one in as_list(right)),
}


@add('where([{sku: "A", qty: 0}, {sku: "B", qty: 2}], "qty", ">", 0) | map_field("sku")', ["B"])
def where(items: Any, field: Any, *test: Any) -> list[Any]:
    """The items whose field is set, equals a value, or stands in a relation (== != < <= > >= in) to a value."""
    read = field_of(str(field))
    pool = as_list(items)
    if not test:
        return [item for item in pool if truthy(read(item))]
    if len(test) > 2:
        raise Fault("where() takes a list, a field, a relation and a value")
    relation, wanted = test if len(test) == 2 else ("==", test[0])
    holds = _TESTS.get(str(relation))
    if holds is None:
        raise Fault(f"'{str(relation)[:20]}' is no relation", nearby(str(relation), _TESTS))
    return [item for item in pool if holds(read(item), wanted)]


@add('group([{c: "x", n: 1}, {c: "y", n: 2}], "c") | keys', ["x", "y"])
def group(items: Any, field: Any) -> dict[str, list[Any]]:
    """An object with one list of items for each value of a field."""
    read = field_of(str(field))
    found: dict[str, list[Any]] = {}
    for item in as_list(items):
        found.setdefault(to_text(read(item)), []).append(item)
    return found


@add("slice([1, 2, 3, 4], 1, 3)", [2, 3])
def slice_(items: Any, start: Any, end: Any = None) -> list[Any]:
    """Part of a list, from one position up to (without) another; negative counts from the end."""
    return as_list(items)[to_int(start) : None if end is None else to_int(end)]


@add("reverse([1, 2])", [2, 1])
def reverse(items: Any) -> list[Any]:
    """The list from back to front."""
    return as_list(items)[::-1]


@add('compact([1, null, "", 2])', [1, 2])
def compact(items: Any) -> list[Any]:
    """The list without nulls and empty texts."""
    return [item for item in as_list(items) if item is not None and item != ""]


@add("keys({a: 1, b: 2})", ["a", "b"])
def keys(object_: Any) -> list[str]:
    """The field names of an object."""
    return [str(key) for key in _object(object_)]


@add("values({a: 1, b: 2})", [1, 2])
def values(object_: Any) -> list[Any]:
    """The field values of an object."""
    return list(_object(object_).values())


@add("merge({a: 1}, {b: 2})", {"a": 1, "b": 2}, takes_null=True)
def merge(*objects: Any) -> dict[str, Any]:
    """The fields of all objects in one; later ones win."""
    found: dict[str, Any] = {}
    for one in objects:
        if one is not None:
            found.update(_object(one))
    return found


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Fault(f"needs an object, got a {type_of(value)}")
    return value
