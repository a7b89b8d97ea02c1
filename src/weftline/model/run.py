"""A run: one execution of a flow version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

__all__ = ["DeliveryState", "RunFacts", "RunStatus", "StartRequest"]

RunStatus = Literal["queued", "running", "success", "partial_success", "failed", "stopped", "parked"]
DeliveryState = Literal["intended", "sent", "confirmed", "failed", "uncertain"]

FINAL: frozenset[str] = frozenset({"success", "partial_success", "failed", "stopped", "parked"})


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A wish to start a run. ``dedupe_key`` makes a repeat a no-op; the payload's bytes are stored already."""

    flow_id: str
    trigger: str
    dedupe_key: str | None = None
    payload_id: str | None = None
    version: int | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What shapes may know of their run. ``root_run_id`` is the first run of a chain of retries: deliveries are
    keyed by it, so that a retry never repeats what was confirmed. ``queued_at`` anchors relative dates."""

    run_id: str
    root_run_id: str
    flow_id: str
    flow_name: str
    version: int
    queued_at: datetime
    variables: dict[str, Any]
