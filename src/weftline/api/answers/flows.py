"""Flows and their versions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from weftline.api.answers.base import Answer
from weftline.model import Flow, RunStatus, VersionStatus


class LastRun(Answer):
    """The newest run of a flow."""

    id: str
    status: RunStatus
    queued_at: str
    ended_at: str | None


class FlowProblem(Answer):
    """What is wrong with a flow; an error keeps it from being deployed."""

    level: Literal["error", "warning"]
    step_id: str | None
    field: str | None
    message: str
    hint: str


class FlowVersion(Answer):
    """A version without its document."""

    version: int
    status: VersionStatus
    created_at: str
    updated_at: str
    deployed_at: str | None


class WebhookAddress(Answer):
    """Where a webhook trigger listens."""

    key: str
    url: str


class _FlowFacts(Answer):
    id: str
    key: str
    name: str
    enabled: bool
    status: Literal["draft", "deployed"]
    draft_version: int | None
    deployed_version: int | None
    labels: list[str]
    triggers: list[str]
    last_run: LastRun | None
    updated_at: str


class FlowListRow(_FlowFacts):
    """A flow as a row."""

    versions: int
    problems: int


class FlowDetail(_FlowFacts):
    """A flow with its draft, its deployed version and all that is known of them."""

    versions: list[FlowVersion]
    draft: Flow | None
    deployed: Flow | None
    webhooks: list[WebhookAddress]
    problems: list[FlowProblem]


class FlowVersionDocument(Answer):
    """A version with its document."""

    version: int
    status: VersionStatus
    document: Flow


class CursorAnswer(Answer):
    """Where an incremental pull of a step left off at an instance."""

    step_id: str
    instance: str
    value: Any
    run_id: str
    updated_at: str


class Forgotten(Answer):
    """How many were forgotten."""

    forgotten: int


class FlowBody(Answer):
    """A flow's document."""

    document: Flow


class SetEnabled(Answer):
    """Whether triggers start runs."""

    enabled: bool


class StartRun(Answer):
    """What the run begins with: a payload (a list is a list of records) and other values for the flow's variables."""

    payload: Any = None
    variables: dict[str, Any] = Field(default_factory=dict)
    version: int | None = Field(None, description="Another version than the deployed one, the draft say")


class WebhookSecret(Answer):
    """The secret that callers of a webhook send or sign with."""

    secret: str = Field(max_length=1000)
