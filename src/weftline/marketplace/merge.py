"""Three ways become one: what a workspace changed in a connector, kept through an update of it.

Documents are plain values. Objects are merged name by name; lists whose items all have a ``key`` item by item, in the
order of the update; all other values are one piece. Where both sides changed the same piece, it is a conflict, which
a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Choice = Literal["mine", "theirs"]
_NOTHING: Any = object()
"""In place of a value that is not there."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A piece that both sides changed; None where a side has none."""

    path: str
    base: Any
    mine: Any
    theirs: Any


class Merge:
    """The merge of one document; ``value`` is whole once ``conflicts`` is empty."""

    def __init__(
        self, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any],
        choices: Mapping[str, Choice] | None = None,
    ) -> None:  # fmt: skip
        self.conflicts: list[Conflict] = []
        self._choices = choices or {}
        self.value: dict[str, Any] = self._piece("", dict(base), dict(mine), dict(theirs))

    def _piece(self, path: str, base: Any, mine: Any, theirs: Any) -> Any:
        if mine == theirs or theirs == base:
            return mine
        if mine == base:
            return theirs
        if isinstance(mine, dict) and isinstance(theirs, dict):
            return self._object(path, base if isinstance(base, dict) else {}, mine, theirs)
        if _is_keyed(mine) and _is_keyed(theirs) and (base is _NOTHING or _is_keyed(base)):
            by_key = [
                {item["key"]: item for item in side} for side in ([] if base is _NOTHING else base, mine, theirs)
            ]
            return list(self._object(path, *by_key, brackets=True).values())
        chosen = self._choices.get(path)
        if chosen is None:
            self.conflicts.append(Conflict(path, *(None if one is _NOTHING else one for one in (base, mine, theirs))))
        return mine if chosen == "mine" else theirs

    def _object(
        self, path: str, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], *, brackets: bool = False
    ) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for name in [*theirs, *(name for name in mine if name not in theirs)]:
            here = f"{path}[{name}]" if brackets else f"{path}.{name}" if path else name
            value = self._piece(here, base.get(name, _NOTHING), mine.get(name, _NOTHING), theirs.get(name, _NOTHING))
            if value is not _NOTHING:
                merged[name] = value
        # What both have removed is in neither; what one removed and the other left alone is found above.
        return merged


def edits(base: Mapping[str, Any], mine: Mapping[str, Any]) -> list[str]:
    """The paths at which a document differs from its base, as deep as they can be told."""
    found: list[str] = []

    def walk(path: str, one: Any, other: Any) -> None:
        if one == other:
            return
        if _is_keyed(one) and _is_keyed(other):
            one, other = ({item["key"]: item for item in side} for side in (one, other))
            names, form = [*one, *(name for name in other if name not in one)], "{0}[{1}]"
        elif isinstance(one, dict) and isinstance(other, dict):
            names, form = [*one, *(name for name in other if name not in one)], "{0}.{1}" if path else "{1}"
        else:
            found.append(path)
            return
        for name in names:
            walk(form.format(path, name), one.get(name, _NOTHING), other.get(name, _NOTHING))

    walk("", dict(base), dict(mine))
    return found


def _is_keyed(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and "key" in item for item in value)
