"""References: fixed paths into a scope, as closures made for their shape.

A path is a tuple of keys (text), indexes (whole numbers, negative from the end) and :data:`WILDCARD`. An index on
an object reads the key of the same digits; a wildcard on a single object treats it as a list of one, which is how
some formats write a list with one item.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from weftline.expr.faults import nearby

__all__ = ["MISSING", "WILDCARD", "describe_missing", "flatten_deep", "getter", "spell", "step"]


class Missing(enum.Enum):
    """Type of :data:`MISSING`; false in conditions."""

    MISSING = "missing"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MISSING"


class Wildcard(enum.Enum):
    """Type of :data:`WILDCARD`."""

    WILDCARD = "*"

    def __repr__(self) -> str:
        return "*"


MISSING: Final = Missing.MISSING
"""Stands for a value that is not there, as opposed to null."""

WILDCARD: Final = Wildcard.WILDCARD
"""The ``[*]`` of a path."""

Getter = Callable[[Any], Any]
_PLAIN = re.compile(r"[^\W\d]\w*")


def spell(parts: tuple[Any, ...]) -> str:
    """The path as it is written: ``payload.items[*].sku``."""
    out = ""
    for part in parts:
        if part is WILDCARD:
            out += "[*]"
        elif isinstance(part, int):
            out += f"[{part}]"
        elif _PLAIN.fullmatch(part):
            out += f".{part}" if out else part
        else:
            out += f"[{json.dumps(part, ensure_ascii=False)}]"
    return out


def step(value: Any, part: Any) -> Any:
    """The child of ``value`` under one key or index, or :data:`MISSING`."""
    if isinstance(value, Mapping):
        found = value.get(part, MISSING)
        return value.get(str(part), MISSING) if found is MISSING and part.__class__ is int else found
    if isinstance(value, list | tuple) and part.__class__ is int and -len(value) <= part < len(value):
        return value[part]
    return MISSING


def getter(parts: tuple[Any, ...], missing: Any = MISSING, *, nested: bool = False) -> Getter:
    """A closure that reads the path and yields ``missing`` where it ends early.

    With wildcards it yields a list that keeps one place per item (``missing`` where an item lacks the field), flat
    unless ``nested``.
    """
    if WILDCARD in parts:
        return _spread(parts, missing, nested)
    if any(part.__class__ is not str for part in parts) or not parts:
        return _walker(parts, missing)
    return _keys(parts, missing)


def _walker(parts: tuple[Any, ...], missing: Any) -> Getter:
    def walk(value: Any) -> Any:
        for part in parts:
            if value.__class__ is dict and part in value:  # the common case without a call
                value = value[part]
                continue
            value = step(value, part)
            if value is MISSING:
                return missing
        return value

    return walk


def _keys(parts: tuple[Any, ...], missing: Any) -> Getter:
    """Plain keys: index straight through, and look closer only where that fails."""
    walk = _walker(parts, missing)
    a, b, c = (*parts, None, None, None)[:3]

    def one(value: Any) -> Any:
        try:
            return value[a]
        except (KeyError, TypeError, IndexError):
            return walk(value)

    def two(value: Any) -> Any:
        try:
            return value[a][b]
        except (KeyError, TypeError, IndexError):
            return walk(value)

    def three(value: Any) -> Any:
        try:
            return value[a][b][c]
        except (KeyError, TypeError, IndexError):
            return walk(value)

    def more(value: Any) -> Any:
        try:
            for part in parts:
                value = value[part]
        except (KeyError, TypeError, IndexError):
            return missing
        return value

    return {1: one, 2: two, 3: three}.get(len(parts), more)


def _spread(parts: tuple[Any, ...], missing: Any, nested: bool) -> Getter:
    at = parts.index(WILDCARD)
    rest = parts[at + 1 :]
    head = getter(parts[:at], MISSING)
    tail = getter(rest, missing, nested=nested) if rest else None
    flat = WILDCARD in rest and not nested
    key = rest[0] if len(rest) == 1 and rest[0].__class__ is str else None

    def spread(value: Any) -> Any:
        items = head(value)
        if items.__class__ is not list:
            if isinstance(items, tuple):
                items = list(items)
            elif isinstance(items, Mapping):
                items = [items]
            else:
                return missing
        if tail is None:
            return items
        if key is not None:
            return [item.get(key, missing) if item.__class__ is dict else missing for item in items]
        found = [tail(item) for item in items]
        return [leaf for leaves in found if leaves.__class__ is list for leaf in leaves] if flat else found

    return spread


def flatten_deep(value: Any) -> list[Any]:
    """A nested list as one flat list."""
    if value.__class__ is not list:
        return [value]
    return [leaf for item in value for leaf in flatten_deep(item)]


def describe_missing(root: Any, parts: tuple[Any, ...]) -> tuple[str, str] | None:
    """Where a path ends early: (what is not there, which names are), or None if it is there.

    Of a wildcard the first item that has the field counts, since items of one list may differ.
    """
    value = root
    for at, part in enumerate(parts):
        where = spell(parts[:at])
        if part is WILDCARD:
            items = [value] if isinstance(value, Mapping) else value
            if not isinstance(items, list | tuple):
                return f"'{where}' is no list", ""
            faults = [describe_missing(item, parts[at + 1 :]) for item in items]
            if not faults or None in faults:
                return None
            first = faults[0]
            assert first is not None  # noqa: S101 - narrows the type; None was handled above
            return first[0].replace("the record has", f"the items of '{where}' have"), first[1]
        found = step(value, part)
        if found is MISSING:
            owner = f"'{where}' has" if where else "the record has"
            if isinstance(value, Mapping):
                return f"{owner} no field '{part}'", nearby(str(part), value.keys())
            if value is None:
                return f"'{where}' is null, so it has no '{part}'", ""
            if isinstance(value, list | tuple):
                if part.__class__ is int:
                    return f"'{where}' has {len(value)} items, so none at {part}", ""
                return f"'{where}' is a list", f"use '{where}[*].{part}' for all items or '{where}[0].{part}' for one"
            return f"'{where}' is a single value, so it has no '{part}'", ""
        value = found
    return None
