"""Runs, their steps, events, deliveries and payloads."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from weftline.api.answers.base import Answer, JsonObject
from weftline.model import DeliveryState, Flow, RunStatus


class RunRow(Answer):
    """A run as a row; the four counts are records."""

    id: str
    flow_id: str
    flow_name: str
    version: int
    status: RunStatus
    trigger: str
    queued_at: str
    started_at: str | None
    ended_at: str | None
    retry_of: str | None
    warnings: int
    error: JsonObject | None
    pulled: int
    sent: int
    confirmed: int
    failed: int


class RunSource(Answer):
    """Records by the instance they came from."""

    instance: str
    pulled: int
    sent: int
    confirmed: int
    failed: int
    skipped: int


class RunStep(Answer):
    """What passed a step so far."""

    step_id: str
    records_in: int
    records_out: int
    dropped: int
    failed: int
    sent: int
    confirmed: int
    skipped: int
    requests: int
    elapsed_ms: int
    started_at: str
    ended_at: str | None
    ports: dict[str, int] = Field(description="Records by the port they left by")
    error: JsonObject | None


class RunWaiting(Answer):
    """What a run waits for, usually a rate limit."""

    instance: str | None
    until: str
    reason: str


class RunState(RunRow):
    """A run as the live stream's ``run`` events carry it."""

    root_run_id: str = Field(description="The first run of the chain of retries; deliveries are kept by it")
    variables: JsonObject
    meta: JsonObject
    sources: list[RunSource]
    steps: list[RunStep]
    waiting: RunWaiting | None
    seconds: float | None


class RunDetail(RunState):
    """A run with the flow version that it runs."""

    document: Flow | None


class RunEventAnswer(Answer):
    """A line of a run's log."""

    id: int
    run_id: str
    at: str
    level: Literal["info", "warning", "error"]
    kind: str
    step_id: str | None
    chunk_id: str | None
    message: str
    data: JsonObject


class DeliveryAnswer(Answer):
    """What became of one record at one target."""

    root_run_id: str
    run_id: str
    step_id: str
    record_key: str
    body_hash: str
    chunk_id: str
    payload_id: str | None
    position: int
    source: str | None
    target: str
    state: DeliveryState
    status_code: int | None
    result_id: str | None
    attempts: int
    error: JsonObject | None
    updated_at: str


class FoundDelivery(DeliveryAnswer):
    """A delivery of any run."""

    flow_id: str
    flow_name: str


class DeliveryPage(Answer):
    """A page of deliveries; ``next`` goes into ``after``."""

    items: list[DeliveryAnswer]
    next: str | None


class ChunkPayload(Answer):
    """A stored payload of a chunk."""

    id: str
    size_bytes: int
    records: int
    meta: JsonObject


class ChunkAnswer(Answer):
    """A unit of work of a run."""

    id: str
    step_id: str
    source: str | None
    records: int
    payloads: list[ChunkPayload]
    created_at: str


class PayloadPage(Answer):
    """Records that a step saw or gave, each with the port it came by."""

    records: list[Any]
    ports: list[str]
    total: int
    meta: JsonObject


class ExchangeAnswer(Answer):
    """A request and its answer, secrets masked."""

    id: int
    run_id: str
    at: str
    step_id: str
    chunk_id: str
    instance: str
    record_key: str | None
    status: int
    elapsed_ms: int
    request: JsonObject
    response: JsonObject | None
    error: JsonObject | None
