"""The route shape: sends records down named routes by conditions."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator

from weftline.model import Batch, Document, Key, Outcome, field
from weftline.shapes.base import Port, PureShape, Scope, Workshop
from weftline.shapes.conditions import Condition, check, compile_condition

OTHERWISE = "otherwise"


class Route(Document):
    """A named way out. Without a condition it takes every record."""

    key: Key = field(title="Key", description="Name of the port", example="wholesale")
    title: str = field("", title="Title", example="Wholesale")
    when: Condition | None = Field(None, title="When")

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, values: Any) -> Any:
        reason = check(values.get("when")) if isinstance(values, dict) else ""
        if reason:
            raise ValueError(f"when: {reason}")
        return values


class RouteConfig(Document):
    """The routes in order, and whether a record takes all that match or the first."""

    method: Literal["first", "all"] = field(
        "first", title="Method", description="first: a record takes the first route that matches; all: every one"
    )
    routes: list[Route] = field(title="Routes", min_length=1)

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        keys = [route.key for route in self.routes]
        for key in keys:
            if keys.count(key) > 1 or key == OTHERWISE:
                raise ValueError(f"the route key '{key}' is taken")
        return self


class RouteShape(PureShape):
    """Send records down different routes by conditions."""

    kind: ClassVar[str] = "route"
    title: ClassVar[str] = "Route"
    icon: ClassVar[str] = "arrows-split"
    category: ClassVar[Literal["connect", "transform", "route", "control"]] = "route"
    Config: ClassVar[type[BaseModel]] = RouteConfig

    def __init__(self, config: RouteConfig, workshop: Workshop) -> None:
        super().__init__(config, workshop)
        self._tests = [
            (route.key, compile_condition(route.when) if route.when is not None else lambda _: True)
            for route in config.routes
        ]

    @classmethod
    def ports(cls, config: RouteConfig) -> list[Port]:
        """One port a route, and ``otherwise`` for records that match none."""
        return [*(Port(route.key, route.title or route.key) for route in config.routes), Port(OTHERWISE, "Otherwise")]

    def run(self, batch: Batch, scope: Scope) -> Outcome:
        """Records by route, in order."""
        first_only = self.config.method == "first"
        taken: dict[str, tuple[list[Any], list[int]]] = {}
        places = batch.positions or range(len(batch.records))
        for place, record in zip(places, batch.records, strict=True):
            scope["payload"] = record
            matched = False
            for key, test in self._tests:
                if test(scope):
                    records, positions = taken.setdefault(key, ([], []))
                    records.append(record)
                    positions.append(place)
                    matched = True
                    if first_only:
                        break
            if not matched:
                records, positions = taken.setdefault(OTHERWISE, ([], []))
                records.append(record)
                positions.append(place)
        ports: dict[str, list[Batch]] = {
            key: [Batch(records, dict(batch.meta), positions)] for key, (records, positions) in taken.items()
        }
        return Outcome(ports)
