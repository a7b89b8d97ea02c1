"""A key in a header, in the query or in the body."""

from __future__ import annotations

from typing import ClassVar, Literal, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, model_validator

from weftline.auth.base import AuthMethod
from weftline.auth.fill import credentials_in
from weftline.errors import RequestRejectedError
from weftline.expr import compile_path
from weftline.kernel import json
from weftline.model import Document, Key, Request, field


class ApiKeyConfig(Document):
    """Where the key goes."""

    place: dict[Literal["header", "query", "body"], str] = field(
        title="Place",
        description="header, query or body, with the name there; in a JSON body a path such as auth.key",
        example={"header": "X-Api-Key"},
    )
    credential: Key = field("token", title="The key's credential", advanced=True)
    prefix: str = field("", title="Prefix", description="Text before the key; may be a template", example="Token ")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if len(self.place) != 1:
            raise ValueError("place is one of header, query and body")
        return self


class ApiKeyAuth(AuthMethod):
    """A fixed key in a header, in the query, or in the fields of a JSON or form body."""

    kind: ClassVar[str] = "api_key"
    title: ClassVar[str] = "API key"
    Config: ClassVar[type[BaseModel]] = ApiKeyConfig

    @classmethod
    def credential_keys(cls, config: ApiKeyConfig) -> list[str]:
        return [config.credential, *credentials_in(config.prefix)]

    def sign(self, request: Request) -> None:
        """The key at its place."""
        value = self.credential(self.config.credential)
        if self.config.prefix:
            value = str(self.fill(self.config.prefix)) + value
        ((place, name),) = self.config.place.items()
        if place == "header":
            request.headers[name] = value
        elif place == "query":
            request.query = [*((key, old) for key, old in request.query if key != name), (name, value)]
        else:
            request.body = _with_field(request, name, value)


def _with_field(request: Request, name: str, value: str) -> bytes:
    """The body with one more field; without a body, a JSON object that has nothing else."""
    kinds = {key.lower(): words.lower() for key, words in request.headers.items()}
    if kinds.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        fields = parse_qsl((request.body or b"").decode(), keep_blank_values=True)
        return urlencode([*(pair for pair in fields if pair[0] != name), (name, value)]).encode()
    try:
        document = json.decode(request.body) if request.body else {}
    except json.JSONError:
        document = None
    if not isinstance(document, dict):
        raise RequestRejectedError(
            "the key belongs into the body, which is neither a JSON object nor a form",
            hint="see the endpoint's body, or put the key into a header",
        )
    if "content-type" not in kinds:
        request.headers["Content-Type"] = "application/json"
    compile_path(name).set(document, value)
    return json.encode(document)
