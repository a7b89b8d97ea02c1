"""The manual trigger: a person or an API call starts the run. Every flow has it, named or not."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.model import Document, Key, field
from weftline.triggers.base import Trigger


class ManualConfig(Document):
    """Nothing to set."""

    key: Key = field("manual", title="Key", description="Unique among the flow's triggers", example="manual")


class ManualTrigger(Trigger):
    """Started by hand or through the API; always there."""

    kind: ClassVar[str] = "manual"
    title: ClassVar[str] = "Manual"
    Config: ClassVar[type[BaseModel]] = ManualConfig

    @staticmethod
    def describe(config: Any) -> str:
        """In a few words."""
        return "by hand"
