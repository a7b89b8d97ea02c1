"""The manual payload shape: a fixed payload takes the place of what arrives."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.expr import compile_template
from weftline.model import Batch, Document, Outcome, field
from weftline.shapes.base import PureShape, Scope, Workshop


class ManualPayloadConfig(Document):
    """The payload: a record, or a list of records. Texts in it may be templates over meta, vars and run."""

    payload: Any = field(title="Payload", example=[{"id": 1}], widget="json")


class ManualPayloadShape(PureShape):
    """Put a fixed payload in place of the one that arrives."""

    kind: ClassVar[str] = "manual_payload"
    title: ClassVar[str] = "Manual payload"
    icon: ClassVar[str] = "file-pencil"
    category: ClassVar[Literal["connect", "transform", "route", "control"]] = "connect"
    Config: ClassVar[type[BaseModel]] = ManualPayloadConfig

    def __init__(self, config: ManualPayloadConfig, workshop: Workshop) -> None:
        super().__init__(config, workshop)
        self._template = compile_template(config.payload)

    def run(self, batch: Batch, scope: Scope) -> Outcome:
        """The fixed payload, once per payload that arrives."""
        scope["payload"] = batch.records[0] if batch.records else None
        value = self._template.render(scope)
        records: list[Any] = value if isinstance(value, list) else [value]
        return Outcome.out(Batch(records, dict(batch.meta)))

    def preview(self, sample: Any) -> Any:
        """The payload's first record, if it needs no scope."""
        payload = self.config.payload
        return payload[0] if isinstance(payload, list) and payload else payload
