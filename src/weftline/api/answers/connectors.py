"""The marketplace and installed connectors."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from weftline.api.answers.base import Answer
from weftline.api.answers.instances import InstanceAnswer
from weftline.model import Connector


class MarketplaceRow(Answer):
    """A connector of the catalog."""

    slug: str
    title: str
    summary: str
    category: str
    version: str
    docs_url: str
    endpoints: int
    auth: list[str] = Field(description="Titles of the authentication methods")
    installed_version: str | None
    update_available: bool


class MarketplaceEntry(MarketplaceRow):
    """A connector of the catalog with its file and its page."""

    document: Connector
    readme: str


class CatalogProblem(Answer):
    """A connector file that cannot be used."""

    slug: str = Field(description="Its folder in the catalog")
    message: str
    hint: str


class ConnectorRow(Answer):
    """An installed connector with its instances."""

    slug: str
    title: str
    summary: str
    category: str
    version: str
    latest_version: str | None
    update_available: bool
    origin: Literal["marketplace", "workspace"]
    edited: bool = Field(description="Whether the workspace has changed what the marketplace gave")
    docs_url: str
    endpoints: int
    auth: list[str]
    installed_at: str
    updated_at: str
    instances: list[InstanceAnswer]


class ConnectorAnswer(ConnectorRow):
    """An installed connector with its file."""

    document: Connector


class AffectedFlow(Answer):
    """A flow's step that an update touches."""

    id: str
    name: str
    version: int
    step_id: str
    endpoint: str


class ConflictAnswer(Answer):
    """A piece that both sides changed; null where a side has none."""

    path: str
    base: Any
    mine: Any
    theirs: Any


class ChangesAnswer(Answer):
    """What an update brings: endpoints added, changed and removed, and the steps that use the latter two."""

    from_: str = Field(alias="from")
    to: str
    added: list[str]
    changed: list[str]
    removed: list[str]
    breaking: list[str] = Field(description="What flows or instances may stop working by")
    flows: list[AffectedFlow]
    edited: list[str] = Field(description="Paths that the workspace has changed")
    conflicts: list[ConflictAnswer] = Field(description="Paths that the workspace and the update have changed")


class InstallConnector(Answer):
    """Which connector of the catalog."""

    slug: str


class UpdateConnector(Answer):
    """Which side is taken where both have changed the same."""

    choices: dict[str, Literal["mine", "theirs"]] = Field(default_factory=dict)


class ConnectorFile(Answer):
    """A connector file as plain values."""

    document: dict[str, Any]


class DuplicateConnector(Answer):
    """The copy's names."""

    slug: str
    title: str


class OldVersionAnswer(Answer):
    """What stood in a connector's place before."""

    version: str
    edited: bool
    replaced_at: str
