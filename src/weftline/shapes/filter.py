"""The filter shape: keeps or removes the records that match."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator

from weftline.model import Batch, Document, Outcome
from weftline.shapes.base import PureShape, Scope, Workshop
from weftline.shapes.conditions import Condition, check, compile_condition


class FilterConfig(Document):
    """Which records go on: either what to keep or what to remove."""

    keep: Condition | None = Field(None, title="Keep", description="Records that match go on")
    remove: Condition | None = Field(None, title="Remove", description="Records that match are dropped")

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, values: Any) -> Any:
        for name in ("keep", "remove"):
            reason = check(values.get(name)) if isinstance(values, dict) else ""
            if reason:
                raise ValueError(f"{name}: {reason}")
        return values

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.keep is None) == (self.remove is None):
            raise ValueError("give either 'keep' or 'remove'")
        return self


class FilterShape(PureShape):
    """Keep or remove the records that match."""

    kind: ClassVar[str] = "filter"
    title: ClassVar[str] = "Filter"
    icon: ClassVar[str] = "filter"
    category: ClassVar[Literal["connect", "transform", "route", "control"]] = "transform"
    Config: ClassVar[type[BaseModel]] = FilterConfig

    def __init__(self, config: FilterConfig, workshop: Workshop) -> None:
        super().__init__(config, workshop)
        self._keeps = config.keep is not None
        condition = config.keep if config.keep is not None else config.remove
        assert condition is not None  # noqa: S101 - the config's validator saw to it
        self._test = compile_condition(condition)

    def run(self, batch: Batch, scope: Scope) -> Outcome:
        """Records that go on leave by ``out``; the rest are counted as dropped."""
        test, keeps = self._test, self._keeps
        kept: list[Any] = []
        positions: list[int] = []
        places = batch.positions or range(len(batch.records))
        for place, record in zip(places, batch.records, strict=True):
            scope["payload"] = record
            if test(scope) is keeps:
                kept.append(record)
                positions.append(place)
        return Outcome({"out": [batch.with_records(kept, positions)]}, dropped=len(batch.records) - len(kept))
