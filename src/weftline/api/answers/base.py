"""What every answer's model shares. Models describe answers in OpenAPI, which the web client is generated from."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

JsonObject = dict[str, Any]


class Answer(BaseModel):
    """Strict, so that a test that reads an answer through its model finds what the model does not name."""

    model_config = ConfigDict(extra="forbid")


class ProblemAnswer(Answer):
    """An error, as application/problem+json."""

    code: str = Field(description="Stable slug; see the page of errors")
    title: str
    message: str = Field(description="What happened")
    hint: str = Field(description="What to do")
    context: JsonObject
    status: int
    recovery: str = ""
