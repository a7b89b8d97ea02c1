"""The builder's test console."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from weftline.api.answers.base import Answer


class TryEndpoint(Answer):
    """An endpoint of an installed connector or of a file, with a saved instance or typed values."""

    connector: str | dict[str, Any] = Field(description="A slug, or the connector file as plain values")
    endpoint: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    record: Any = Field(None, description="For an endpoint that sends")
    pages: int = Field(3, ge=1, le=3)
    instance: str | None = Field(None, description="Name of a saved instance")
    variables: dict[str, Any] = Field(default_factory=dict)
    credentials: dict[str, str] = Field(default_factory=dict)
    auth: str | None = None


class TriedPage(Answer):
    """One page as it was asked for and answered, secrets masked."""

    number: int
    request: dict[str, Any]
    response: dict[str, Any]
    count: int
    records: list[Any]
    decision: str = Field(description="How the next page is asked for, or why there is none")
    elapsed_ms: int
    result: str | None = Field(None, description="The id that a send yielded")
    key: str | None = Field(None, description="The record's key in the delivery ledger")


class SuggestionAnswer(Answer):
    """A change of the endpoint that the answer speaks for."""

    field: str
    value: Any
    why: str


class TrialAnswer(Answer):
    """What was seen."""

    pages: list[TriedPage]
    problem: dict[str, Any] | None
    schema_: dict[str, Any] | None = Field(alias="schema", description="JSON Schema of the records")
    sample: Any
    suggestions: list[SuggestionAnswer]


class ImportConnector(Answer):
    """A description of an API."""

    text: str
    name: str = Field("the description", description="Stands for it in errors")
    kind: str | None = Field(None, description="Its format; found out when left out")


class ImportTodo(Answer):
    """What a person must see to."""

    where: str
    what: str


class ImportedAnswer(Answer):
    """A connector file, its samples within, and what is left to do."""

    document: dict[str, Any]
    operations: int
    todo: list[ImportTodo]
    evidence: dict[str, str] = Field(description="Per endpoint, why its pagination was guessed as it is")


class LintConnector(Answer):
    """A connector file as plain values."""

    document: dict[str, Any]


class BuilderProblem(Answer):
    """What is wrong, where, and what to do; warnings do not keep a file from being saved."""

    level: Literal["error", "warning"]
    place: list[str | int] = Field(description="Keys and indexes from the document's top")
    message: str
    hint: str
