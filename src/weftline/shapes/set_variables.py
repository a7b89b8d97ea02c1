"""The set variables shape: puts values into the meta that travels with a payload."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.errors import LimitExceededError
from weftline.expr import compile_template
from weftline.kernel import json
from weftline.model import Batch, Document, Key, Outcome, field
from weftline.shapes.base import PureShape, Scope, Workshop

META_BYTES = 10_240
"""Most bytes of meta per payload."""


class SetVariablesConfig(Document):
    """Names and values; a value may be a template over payload (the first record), meta, vars and run."""

    values: dict[Key, Any] = field(title="Values", example={"region": "{{ meta.instance }}"})


class SetVariablesShape(PureShape):
    """Set variables that travel with the payload, as ``meta.<name>``."""

    kind: ClassVar[str] = "set_variables"
    title: ClassVar[str] = "Set variables"
    icon: ClassVar[str] = "variable"
    category: ClassVar[Literal["connect", "transform", "route", "control"]] = "control"
    Config: ClassVar[type[BaseModel]] = SetVariablesConfig

    def __init__(self, config: SetVariablesConfig, workshop: Workshop) -> None:
        super().__init__(config, workshop)
        self._templates = {name: compile_template(value) for name, value in config.values.items()}

    def run(self, batch: Batch, scope: Scope) -> Outcome:
        """The same records with more meta."""
        scope["payload"] = batch.records[0] if batch.records else None
        meta = dict(batch.meta)
        for name, template in self._templates.items():
            # Through JSON, so that what crosses a durable step is what the next shape sees.
            meta[name] = json.decode(json.encode(template.render(scope)))
        size = len(json.encode(meta))
        if size > META_BYTES:
            raise LimitExceededError(
                f"the meta of a payload would be {size:,} bytes; {META_BYTES:,} are allowed",
                hint="keep large values in the payload",
            )
        return Outcome.out(Batch(batch.records, meta, batch.positions))
