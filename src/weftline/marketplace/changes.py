"""The difference between two versions of a connector, in words that people can act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from weftline.model import Connector, Document


@dataclass(slots=True)
class Changes:
    """What an update adds, changes and removes; ``breaking`` is what flows or instances may stop working by, and
    ``endpoints`` are the keys of changed or removed endpoints."""

    from_version: str
    to_version: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    breaking: list[str] = field(default_factory=list)
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
    changes.breaking = [f"{noun} is removed" for noun in changes.removed] + list(_demands(old, new))
    return changes


def _demands(old: Connector, new: Connector) -> Iterator[str]:
    """What is asked for now that was not before, or means another thing."""
    before = {variable.key: variable for variable in old.variables}
    for variable in new.variables:
        known = before.get(variable.key)
        if variable.required and variable.default is None and not (known and known.required):
            yield f"variable {variable.key} must be filled in"
    methods = {option.key: option for option in old.auth}
    for option in new.auth:
        known_method = methods.get(option.key)
        if known_method is None:
            continue
        if known_method.kind != option.kind:
            yield f"authentication method {option.key} is another kind"
        had = {credential.key for credential in known_method.credentials}
        for credential in option.credentials:
            if credential.required and credential.key not in had:
                yield f"authentication method {option.key} asks for {credential.key}"
    for endpoint in new.endpoints:
        known_endpoint = old.endpoint(endpoint.key)
        if known_endpoint is None:
            continue
        if known_endpoint.direction != endpoint.direction:
            yield f"endpoint {endpoint.key} does not {known_endpoint.direction} any more"
        parameters = {parameter.key: parameter for parameter in known_endpoint.parameters}
        for parameter in endpoint.parameters:
            asked = parameters.get(parameter.key)
            if parameter.required and parameter.default is None and not (asked and asked.required):
                yield f"endpoint {endpoint.key} needs {parameter.key}"
        for key in parameters.keys() - {parameter.key for parameter in endpoint.parameters}:
            yield f"endpoint {endpoint.key} has no {key} any more"


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
