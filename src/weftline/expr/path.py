"""Paths as documents name fields: read with ``get``, written with ``set``.

``order.lines[*].sku``, ``items[0]``, ``["odd key"].x``. Beside what a reference in an expression allows, a name in
a path may hold hyphens and inner spaces, since nothing else can stand there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from weftline.errors import ExpressionError
from weftline.expr.faults import located
from weftline.expr.reference import MISSING, WILDCARD, getter, spell

__all__ = ["Path", "compile_path"]

MAX_PATH_CHARS = 1000
_MAX_INDEX = 10_000
_NAME = re.compile(r"""[^.\[\]"'{}()|,:;\x00-\x1f]+""")
_BRACKET = re.compile(r"""\[\s*(?:(\*)|(-?\d{1,9})|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))\s*\]""")

Setter = Callable[[Any, Any], None]


class Path:
    """A compiled path; ``parts`` are keys (str), indexes (int) and WILDCARD."""

    __slots__ = ("_get", "_set", "parts", "text")

    def __init__(self, text: str, parts: tuple[Any, ...]) -> None:
        self.text = text
        self.parts = parts
        self._get = getter(parts, MISSING)
        self._set = _setter(parts, spell(parts)) if parts else None

    def get(self, value: Any, default: Any = MISSING) -> Any:
        """What is at the path, or ``default``. With wildcards: a list with one place per item."""
        found = self._get(value)
        return default if found is MISSING else found

    def get_all(self, value: Any) -> list[Any]:
        """Everything that the path meets, as a flat list without what is missing."""
        found = self._get(value)
        if WILDCARD not in self.parts:
            return [] if found is MISSING else [found]
        if found is MISSING:
            return []
        return [leaf for leaf in found if leaf is not MISSING]

    def set(self, document: Any, value: Any) -> None:
        """Write ``value`` into ``document`` (changed in place), creating objects and lists on the way.

        A wildcard spreads a list over the items by position (MISSING leaves an item's field out); any other value
        goes to every item that is there. :class:`ExpressionError` where the document has another form.
        """
        if self._set is None:
            raise ExpressionError("an empty path cannot be written")
        self._set(document, value)

    def fill(self, document: Any, value: Any) -> None:
        """Like :meth:`set`, but a list too goes whole to every item that is there."""
        if self._set is None:
            raise ExpressionError("an empty path cannot be written")
        self._set(document, _Whole(value))

    @property
    def wildcards(self) -> int:
        """How many wildcards the path has."""
        return self.parts.count(WILDCARD)

    def __repr__(self) -> str:
        return f"Path({spell(self.parts)!r})"


def compile_path(text: str) -> Path:
    """Read a path; the empty text is the whole value."""
    if len(text) > MAX_PATH_CHARS:
        raise ExpressionError(f"a path of {len(text)} characters is too long", hint=f"at most {MAX_PATH_CHARS}")
    parts: list[Any] = []
    at, end = 0, len(text)
    while at < end:
        if text[at] == "[":
            found = _BRACKET.match(text, at)
            if found is None:
                raise located("unreadable index", text, at, hint='write [0], [-1], [*] or ["key"]')
            star, number, quoted = found.groups()
            parts.append(WILDCARD if star else int(number) if number else _unquoted(quoted, text, at))
            at = found.end()
        else:
            if text[at] == "." and parts:
                at += 1
            elif parts:
                raise located(f"unexpected '{text[at]}' in the path", text, at, hint="join names with dots")
            found = _NAME.match(text, at)
            name = found.group().strip() if found else ""
            if found is None or not name:
                raise located("expected a field name in the path", text, at, hint='write odd names as ["odd.name"]')
            digits = name.isdigit() and name.isascii() and len(name) < 10 and parts
            parts.append(WILDCARD if name == "*" else int(name) if digits else name)
            at = found.end()
    return Path(text, tuple(parts))


def _unquoted(quoted: str, text: str, at: int) -> str:
    if quoted[0] == "'":
        return re.sub(r"\\(.)", r"\1", quoted[1:-1])
    try:
        return str(json.loads(quoted))
    except ValueError:
        raise located("unreadable key", text, at) from None


class _Whole:
    """A value that no wildcard may spread."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _setter(parts: tuple[Any, ...], path: str) -> Setter:
    part, rest = parts[0], parts[1:]
    inner = _setter(rest, path) if rest else None
    make: type = dict if not rest or rest[0].__class__ is str else list
    if part is WILDCARD:
        return _each(inner, make, path)
    if part.__class__ is int:
        return _at_index(part, inner, make, path)
    if inner is None:

        def leaf(node: Any, value: Any) -> None:
            if node.__class__ is not dict:
                raise _misfit(path, part, node)
            node[part] = value.value if value.__class__ is _Whole else value

        return leaf

    def descend(node: Any, value: Any) -> None:
        if node.__class__ is not dict:
            raise _misfit(path, part, node)
        child = node.get(part)
        if child is None:
            if value.__class__ is _Whole and make is list and rest[0] is WILDCARD:
                return
            child = node[part] = make()
        inner(child, value)

    return descend


def _each(inner: Setter | None, make: type, path: str) -> Setter:
    def each(node: Any, value: Any) -> None:
        if node.__class__ is not list:
            raise _misfit(path, "*", node)
        if value.__class__ is list:
            if not node:
                node.extend([make() for _ in value] if inner else [None] * len(value))
            elif len(node) != len(value):
                raise ExpressionError(
                    f"cannot spread {len(value)} values over the {len(node)} items of '{path}'",
                    hint="the sources of one list must have the same number of items",
                )
            values = value
        else:
            values = [value] * len(node)
        for at, one in enumerate(values):
            if one is MISSING:
                continue
            if inner is None:
                node[at] = one.value if one.__class__ is _Whole else one
                continue
            child = node[at]
            if child is None:
                child = node[at] = make()
            inner(child, one)

    return each


def _at_index(index: int, inner: Setter | None, make: type, path: str) -> Setter:
    def at_index(node: Any, value: Any) -> None:
        key: Any = index
        if node.__class__ is dict and node:
            key = str(index)
            child = node.get(key)
        elif node.__class__ is list:
            if index > _MAX_INDEX or index < -len(node):
                raise ExpressionError(f"cannot write '{path}': the list has no item {index}")
            if index >= len(node):
                node.extend([None] * (index + 1 - len(node)))
            child = node[index]
        else:
            raise _misfit(path, index, node)
        if inner is None:
            node[key] = value.value if value.__class__ is _Whole else value
            return
        if child is None:
            child = node[key] = make()
        inner(child, value)

    return at_index


def _misfit(path: str, part: Any, node: Any) -> ExpressionError:
    there = "a list" if isinstance(node, list) else "an object" if isinstance(node, dict) else "a single value"
    return ExpressionError(
        f"cannot write '{path}': there is {there} where '{part}' should be put",
        hint="two rules give the same field different forms",
    )
