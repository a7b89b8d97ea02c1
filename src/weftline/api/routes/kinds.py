"""Kinds of the socket rooms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal, get_origin

from fastapi import APIRouter, Response
from pydantic import BaseModel

from weftline.api.answers.kinds import KindAnswer
from weftline.api.exact import ExactRoute, answer
from weftline.auth import AUTH_METHODS
from weftline.expr.functions import FUNCTIONS
from weftline.formats import FORMATS
from weftline.kernel import Registry
from weftline.mapping import TRANSFORMS
from weftline.pagination import PAGINATORS
from weftline.shapes import SHAPES
from weftline.transports import TRANSPORTS
from weftline.triggers import TRIGGERS

router = APIRouter(prefix="/api/kinds", tags=["kinds"], route_class=ExactRoute)
Json = dict[str, Any]
Room = Literal["shapes", "auth", "pagination", "transports", "formats", "transforms", "triggers", "functions"]


@router.get("/{room}", response_model=dict[str, KindAnswer])
async def list_kinds(room: Room) -> Response:
    """Every kind of a room with the JSON Schema of its Config: forms and pickers are drawn from it."""
    return answer(_kinds(room))


@cache
def _kinds(room: Room) -> dict[str, Json]:
    readers: dict[str, Callable[[], dict[str, Json]]] = {
        "shapes": _shapes,
        "transforms": _transforms,
        "functions": _functions,
    }
    registries: dict[str, Registry[Any]] = {
        "auth": AUTH_METHODS,
        "pagination": PAGINATORS,
        "transports": TRANSPORTS,
        "formats": FORMATS,
        "triggers": TRIGGERS,
    }
    return readers[room]() if room in readers else registries[room].schemas()


def _shapes() -> dict[str, Json]:
    found = SHAPES.schemas()
    for kind, facts in found.items():
        shape: Any = SHAPES.get(kind)
        ports = shape.ports(_blank(shape.Config))
        facts["icon"] = shape.icon
        facts["category"] = shape.category
        facts["effect"] = shape.effect
        facts["ports"] = [{"key": port.key, "title": port.title, "role": port.role} for port in ports]
    return found


def _blank(model: type[BaseModel]) -> BaseModel:
    """A config that is not filled in yet, as when a shape is put on the canvas: lists are empty."""
    lists: Json = {name: [] for name, one in model.model_fields.items() if get_origin(one.annotation) is list}
    return model.model_construct(**lists)


def _transforms() -> dict[str, Json]:
    found = TRANSFORMS.schemas()
    for kind, facts in found.items():
        transform: Any = TRANSFORMS.get(kind)
        facts["group"] = transform.group
        facts["takes"] = transform.takes
    return found


def _functions() -> dict[str, Json]:
    return {
        name: {
            "kind": name,
            "title": name,
            "description": one.doc,
            "schema": {},
            "group": one.group,
            "signature": one.signature,
            "example": one.example,
            "result": one.result,
        }
        for name, one in FUNCTIONS.items()
    }
