"""A workshop for building shapes without a workspace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from weftline.mapping import MemoryLookups
from weftline.model import Batch, Outcome
from weftline.shapes import SHAPES, PureShape, Workshop


class NoFacts:
    """An empty workspace."""

    def instance(self, name: str) -> None:
        return None

    def connector(self, slug: str) -> None:
        return None

    def instance_names(self) -> list[str]:
        return []

    def lookup_names(self) -> list[str]:
        return []

    def direction(self, instance: str, endpoint: str) -> str | None:
        return None

    def sample(self, slug: str, endpoint: str) -> Any:
        return None


@pytest.fixture
def workshop() -> Workshop:
    return Workshop(MemoryLookups({"currency": [("GBP", "1"), ("EUR", "4")]}), NoFacts())


@pytest.fixture
def run(workshop: Workshop) -> Callable[..., Outcome]:
    """``run(kind, config, records, **meta)``: what a pure shape does with one batch."""

    def go(kind: str, config: dict[str, Any], records: list[Any], **meta: Any) -> Outcome:
        shape = SHAPES.get(kind)(SHAPES.config(kind, config), workshop)
        assert isinstance(shape, PureShape)
        scope = {"meta": meta, "vars": {}, "run": {}, "now": datetime(2026, 11, 23, tzinfo=UTC)}
        return shape.run(Batch(records, meta), scope)

    return go
