"""A key in a header or in the query."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import BaseModel, model_validator

from weftline.auth.base import AuthMethod
from weftline.model import Document, Key, Request, field


class ApiKeyConfig(Document):
    """Where the key goes."""

    place: dict[Literal["header", "query"], str] = field(
        title="Place", description="header or query, with the name there", example={"header": "X-Api-Key"}
    )
    credential: Key = field("token", title="The key's credential", advanced=True)
    prefix: str = field("", title="Prefix", description="Text before the key", example="Token ")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if len(self.place) != 1:
            raise ValueError("place is one of header and query")
        return self


class ApiKeyAuth(AuthMethod):
    """A fixed key in a header or in the query."""

    kind: ClassVar[str] = "api_key"
    title: ClassVar[str] = "API key"
    Config: ClassVar[type[BaseModel]] = ApiKeyConfig

    @classmethod
    def credential_keys(cls, config: ApiKeyConfig) -> list[str]:
        return [config.credential]

    def sign(self, request: Request) -> None:
        """The key at its place."""
        value = self.config.prefix + self.credential(self.config.credential)
        ((place, name),) = self.config.place.items()
        if place == "header":
            request.headers[name] = value
        else:
            request.query = [*((key, old) for key, old in request.query if key != name), (name, value)]
