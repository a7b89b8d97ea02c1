"""The flow control shape: cuts a payload into batches."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.model import Batch, Document, Outcome, field
from weftline.shapes.base import PureShape, Scope


class FlowControlConfig(Document):
    """How large a batch is."""

    size: int = field(1, title="Records a batch", ge=1, example=50)


class FlowControlShape(PureShape):
    """Cut payloads into batches of a given number of records."""

    kind: ClassVar[str] = "flow_control"
    title: ClassVar[str] = "Flow control"
    icon: ClassVar[str] = "stack-2"
    category: ClassVar[Literal["connect", "transform", "route", "control"]] = "control"
    Config: ClassVar[type[BaseModel]] = FlowControlConfig

    def run(self, batch: Batch, scope: Scope) -> Outcome:
        """Batches of at most ``size`` records, in order."""
        size: int = self.config.size
        places = batch.positions or list(range(len(batch.records)))
        pieces: list[Any] = [
            Batch(batch.records[start : start + size], dict(batch.meta), places[start : start + size])
            for start in range(0, len(batch.records), size)
        ]
        return Outcome({"out": pieces})
