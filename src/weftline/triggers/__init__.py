"""Floor 11: what starts runs."""

from weftline.triggers.base import TRIGGERS, Trigger
from weftline.triggers.placed import Placed, describe, lint, placed
from weftline.triggers.supervisor import Supervisor
from weftline.triggers.sync import sync
from weftline.triggers.webhooks import Answer, Call, Webhooks

__all__ = [
    "TRIGGERS",
    "Answer",
    "Call",
    "Placed",
    "Supervisor",
    "Trigger",
    "Webhooks",
    "describe",
    "lint",
    "placed",
    "sync",
]
