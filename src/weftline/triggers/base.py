"""The socket ``Trigger``: a way in which runs of a flow start."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.kernel import Registry


class Trigger(ABC):
    """Base of all kinds. A kind is data and words; the supervisor, the webhook door or a person acts on it."""

    kind: ClassVar[str]
    title: ClassVar[str]
    Config: ClassVar[type[BaseModel]]

    @staticmethod
    @abstractmethod
    def describe(config: Any) -> str:
        """The trigger in a few words, for lists of flows."""


BUILTIN = {
    "manual": "weftline.triggers.manual:ManualTrigger",
    "schedule": "weftline.triggers.schedule:ScheduleTrigger",
    "webhook": "weftline.triggers.webhook:WebhookTrigger",
}

TRIGGERS: Registry[Trigger] = Registry("triggers", BUILTIN)
