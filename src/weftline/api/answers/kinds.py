"""Kinds of the socket rooms: what forms and pickers are drawn from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from weftline.api.answers.base import Answer


class PortAnswer(Answer):
    """An exit of a shape."""

    key: str
    title: str
    role: Literal["normal", "error"]


class KindAnswer(Answer):
    """One kind. Shapes fill in icon to effect, transforms group and takes, functions group to result."""

    kind: str
    title: str
    description: str
    schema_: dict[str, Any] = Field(alias="schema", description="JSON Schema of its Config")
    icon: str | None = None
    category: str | None = None
    ports: list[PortAnswer] | None = None
    effect: bool | None = None
    group: str | None = None
    takes: str | None = None
    signature: str | None = None
    example: str | None = None
    result: Any = None
