"""Workspace files over the API."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from weftline.api.answers.base import Answer
from weftline.workspace import Workspace


class WorkspaceAction(Answer):
    """One thing that applying a workspace does."""

    act: Literal["create", "update", "install", "deploy", "unchanged"]
    kind: Literal["connector", "instance", "lookup", "flow"]
    name: str
    detail: str


class PlanAnswer(Answer):
    """What applying does, in order."""

    actions: list[WorkspaceAction]


class PlanWorkspace(Answer):
    """A workspace document."""

    document: Workspace


class ApplyWorkspace(PlanWorkspace):
    """A workspace document whose ``${env:NAME}`` places are filled in."""

    secrets_resolved: bool = Field(True)
