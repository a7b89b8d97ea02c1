"""The difference between two versions of a connector, in words that people can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from weftline.model import Connector, Document


@dataclass(slots=True)
class Changes:
    """What an update adds, changes and removes; ``endpoints`` are the keys of changed or removed endpoints."""

    from_version: str
    to_version: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    endpoints: set[str] = field(default_factory=set)


def compare(old: Connector, new: Connector) -> Changes:
    """From ``old`` to ``new``."""
    changes = Changes(old.version, new.version)
    for noun, before, after in (
        ("endpoint", {e.key: e for e in old.endpoints}, {e.key: e for e in new.endpoints}),
        ("variable", {v.key: v for v in old.variables}, {v.key: v for v in new.variables}),
        ("authentication method", {a.key: a for a in old.auth}, {a.key: a for a in new.auth}),
    ):
        _compare(noun, before, after, changes)
    for name in ("title", "transport", "pacing", "check", "judge", "category"):
        if getattr(old, name) != getattr(new, name):
            changes.changed.append(name)
    return changes


def _compare(noun: str, old: Mapping[str, Document], new: Mapping[str, Document], changes: Changes) -> None:
    for key in new:
        if key not in old:
            changes.added.append(f"{noun} {key}")
        elif old[key] != new[key]:
            changes.changed.append(f"{noun} {key}: {', '.join(_fields(old[key], new[key]))}")
            if noun == "endpoint":
                changes.endpoints.add(key)
    for key in old:
        if key not in new:
            changes.removed.append(f"{noun} {key}")
            if noun == "endpoint":
                changes.endpoints.add(key)


def _fields(old: Document, new: Document) -> list[str]:
    before: dict[str, Any] = old.model_dump()
    after: dict[str, Any] = new.model_dump()
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
