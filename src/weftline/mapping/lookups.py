"""Lookup tables as maps see them: pairs of left and right values, read in either direction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

from weftline.errors import NotFoundError, did_you_mean
from weftline.expr import to_text

__all__ = ["Direction", "Lookups", "MemoryLookups"]

Direction = Literal["left_to_right", "right_to_left"]


class Lookups(Protocol):
    """Where lookup tables come from."""

    def find(self, name: str, value: Any, direction: Direction) -> Any | None:
        """The other side of the pair that holds ``value``, or None; an unknown table is a NotFoundError."""
        ...


class MemoryLookups:
    """Tables in memory: for previews, tests and flows without tables. Values are compared as text."""

    def __init__(self, tables: Mapping[str, Iterable[tuple[Any, Any]]] | None = None) -> None:
        self._rows: dict[tuple[str, str], dict[str, Any]] = {}
        for name, pairs in (tables or {}).items():
            rows = list(pairs)
            self._rows[name, "left_to_right"] = {to_text(left): right for left, right in reversed(rows)}
            self._rows[name, "right_to_left"] = {to_text(right): left for left, right in reversed(rows)}

    def find(self, name: str, value: Any, direction: Direction) -> Any | None:
        """The other side of the first pair that holds ``value``, or None."""
        rows = self._rows.get((name, direction))
        if rows is None:
            known = {table for table, _ in self._rows}
            raise NotFoundError(f"there is no lookup table '{name}'", hint=did_you_mean(name, known))
        return rows.get(to_text(value))
