"""What is wrong with a connector file that is being made, each at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from weftline.connectors.lint import lint
from weftline.model import Connector

Json = dict[str, Any]
Place = list[str | int]
"""Keys and indexes from the document's top to the place."""


def problems_of(document: Mapping[str, Any]) -> list[Json]:
    """Every problem: level (error or warning), place, message and hint. It never raises."""
    try:
        connector = Connector.model_validate(document)
    except ValidationError as error:
        return [_fault(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors(include_url=False)]
    return [
        {
            "level": problem.level,
            "place": _place(connector, problem.field or ""),
            "message": problem.message.removeprefix(f"{problem.field}: "),
            "hint": problem.hint,
        }
        for problem in lint(connector)
    ]


def _fault(place: Sequence[str | int], kind: str, said: str) -> Json:
    name = place[-1] if place else "document"
    words = {"missing": f"'{name}' is missing", "extra_forbidden": f"unknown key '{name}'"}
    message = words.get(kind, said.removeprefix("Value error, "))
    return {"level": "error", "place": list(place), "message": message, "hint": ""}


def _place(connector: Connector, where: str) -> Place:
    """The linter's ``endpoints.<key>`` as a place: endpoints and methods are found by their index."""
    room, _, key = where.partition(".")
    keys = [item.key for item in getattr(connector, room)] if room in ("endpoints", "auth") else []
    return [room, keys.index(key)] if key in keys else [room]
