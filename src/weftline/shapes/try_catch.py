"""The try/catch shape: records that fail after ``try`` leave by ``catch``."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel

from weftline.model import Batch, Document, Outcome
from weftline.shapes.base import Port, PureShape, Scope


class TryCatchConfig(Document):
    """Nothing to set: link what may fail to ``try`` and what to do then to ``catch``."""


class TryCatchShape(PureShape):
    """Catch records that fail further on, and go another way with them."""

    kind: ClassVar[str] = "try_catch"
    title: ClassVar[str] = "Try / catch"
    icon: ClassVar[str] = "shield-half"
    category: ClassVar[Literal["connect", "transform", "route", "control"]] = "route"
    Config: ClassVar[type[BaseModel]] = TryCatchConfig

    @classmethod
    def ports(cls, config: TryCatchConfig) -> list[Port]:
        """``try``, and ``catch`` for what failed; there, meta holds error_code, error_message and error_step."""
        return [Port("try", "Try"), Port("catch", "Catch", "error")]

    def run(self, batch: Batch, scope: Scope) -> Outcome:
        """All records try; the engine brings back those that fail."""
        return Outcome({"try": [batch]})
