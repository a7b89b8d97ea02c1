"""Run events: facts that happened in a run, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Exchange", "RunEvent"]


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One line of a run log. ``kind`` is a stable word (run.started, page.pulled, wait, record.failed, ...)."""

    run_id: str
    kind: str
    message: str
    level: Literal["info", "warning", "error"] = "info"
    step_id: str | None = None
    chunk_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer as a person may see them: secrets masked, bodies shortened."""

    run_id: str
    step_id: str
    chunk_id: str
    instance: str
    request: dict[str, Any]
    response: dict[str, Any]
    status: int
    elapsed_ms: int
    record_key: str | None = None
    error: dict[str, Any] | None = None
    at: str = ""
