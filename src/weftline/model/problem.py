"""A problem: something that a linter found in a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and what to do. An ``error`` keeps a flow from being deployed; a ``warning`` does not."""

    level: Literal["error", "warning"]
    step_id: str | None
    field: str | None
    message: str
    hint: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "level": self.level,
            "step_id": self.step_id,
            "field": self.field,
            "message": self.message,
            "hint": self.hint,
        }
