"""The map shape: builds a new record from each record by rules."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.errors import WeftlineError
from weftline.kernel import now
from weftline.mapping import MapRule, check_map, compile_map
from weftline.model import Batch, Document, Outcome, field
from weftline.model.problem import Problem
from weftline.shapes.base import LintPlace, PureShape, Scope, Workshop, fail


class MapConfig(Document):
    """The rules, each from source fields through transforms to a target field."""

    rules: list[MapRule] = field(title="Rules", description="Each fills one target field", widget="map_rules")


class MapShape(PureShape):
    """Build a new record from each record, field by field."""

    kind: ClassVar[str] = "map"
    title: ClassVar[str] = "Map"
    icon: ClassVar[str] = "arrows-shuffle"
    category: ClassVar[Literal["connect", "transform", "route", "control"]] = "transform"
    Config: ClassVar[type[BaseModel]] = MapConfig

    def __init__(self, config: MapConfig, workshop: Workshop) -> None:
        super().__init__(config, workshop)
        self._map = compile_map(config.rules, workshop.lookups)

    def run(self, batch: Batch, scope: Scope) -> Outcome:
        """New records by ``out``; records that a required rule or a transform refuses fail."""
        apply = self._map.apply
        mapped: list[Any] = []
        positions: list[int] = []
        outcome = Outcome()
        places = batch.positions or range(len(batch.records))
        for place, record in zip(places, batch.records, strict=True):
            scope["payload"] = record
            try:
                mapped.append(apply(scope))
            except WeftlineError as error:
                outcome.failed.append(fail(record, error, place))
                continue
            positions.append(place)
        outcome.ports["out"] = [batch.with_records(mapped, positions)]
        return outcome

    def preview(self, sample: Any) -> Any:
        """The sample mapped."""
        if sample is None:
            return None
        return self._map.apply({"payload": sample, "meta": {}, "vars": {}, "run": {}, "now": now()})

    @classmethod
    def lint(cls, config: MapConfig, place: LintPlace) -> list[Problem]:
        """Rules refer to fields that records arriving here have."""
        problems = [
            Problem(
                found.severity,
                place.step_id,
                f"rules.{found.rule}",
                f"step '{place.step_id}': {found.message}",
                found.suggestion,
            )
            for found in check_map(config.rules, place.sample)
        ]
        known = place.context.lookup_names()
        for number, rule in enumerate(config.rules, 1):
            for transform in rule.transforms:
                name = transform.get("name") if transform.get("kind") == "lookup" else None
                if name is not None and name not in known:
                    text = f"step '{place.step_id}': rule {number} uses the lookup '{name}', which does not exist"
                    problems.append(Problem("error", place.step_id, f"rules.{number}", text, "create it first"))
        return problems
