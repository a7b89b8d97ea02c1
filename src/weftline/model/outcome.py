"""What a shape returns to the engine: data, never an act."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from weftline.model.payload import Batch

__all__ = ["FailedRecord", "Outcome"]


@dataclass(slots=True)
class FailedRecord:
    """A record that could not pass, with the error's record (see ``WeftlineError.to_record``)."""

    record: Any
    error: dict[str, Any]
    position: int | None = None


@dataclass(slots=True)
class Outcome:
    """Batches per port, records that failed, and records dropped on purpose (by a filter, say)."""

    ports: dict[str, list[Batch]] = field(default_factory=dict)
    failed: list[FailedRecord] = field(default_factory=list)
    dropped: int = 0

    @classmethod
    def out(cls, batch: Batch) -> Outcome:
        """All on by the port ``out``."""
        return cls({"out": [batch]})
