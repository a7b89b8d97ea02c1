"""A login request of the application's own making, whose answer carries a token or a cookie."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlencode

from pydantic import BaseModel, model_validator

from weftline.auth.base import AuthMethod, Token
from weftline.auth.fill import credentials_in
from weftline.auth.tokens import decoded, refuse
from weftline.errors import CredentialRejectedError
from weftline.expr import MISSING, compile_path, to_text
from weftline.kernel import json
from weftline.model import Document, Request, Response, field

HINT = "see the credentials of the instance"


class SessionLoginConfig(Document):
    """The login request, where its answer has the token, and where the token goes. Texts are templates."""

    method: Literal["POST", "GET", "PUT"] = field("POST", title="Method")
    url: str = field(title="Login URL", example="{{ base_url }}/login")
    headers: dict[str, str] = field(dict, title="Headers of the login")
    body: Any = field(
        None, title="Body of the login", description="Fields, or text",
        example={"user": "{{ credentials.username }}", "password": "{{ credentials.password }}"},
    )  # fmt: skip
    encoding: Literal["json", "form"] = field("json", title="Encoding of the body")
    token_from: dict[Literal["body", "header", "cookie"], str] = field(
        title="Token from",
        description="A path in the JSON body, a header or a cookie",
        example={"body": "data.token"},
    )
    keep: dict[str, str] = field(
        dict, title="Fields to keep", description="Paths in the JSON body, used as token.<name>", advanced=True,
        example={"company": "data.company.id"},
    )  # fmt: skip
    lifetime_s: float | None = field(None, title="Lifetime", description="Seconds; null: until it is refused", gt=0)
    lifetime_path: str = field(
        "", title="Lifetime from", description="A path in the JSON body, to seconds", advanced=True
    )
    send_headers: dict[str, str] = field(
        dict, title="Headers", description="Of every call", example={"X-Session": "{{ token.value }}"}
    )
    send_query: dict[str, str] = field(dict, title="Query", description="Of every call", advanced=True)
    send_cookies: dict[str, str] = field(dict, title="Cookies", description="Of every call", advanced=True)

    @model_validator(mode="after")
    def _from_one_place_to_some(self) -> Self:
        if len(self.token_from) != 1:
            raise ValueError("token_from is one of body, header and cookie")
        if not (self.send_headers or self.send_query or self.send_cookies):
            raise ValueError("say where the token goes: send_headers, send_query or send_cookies")
        return self


class SessionLoginAuth(AuthMethod):
    """Log in with a request and put the token or cookie of its answer into every call; again once that is refused."""

    kind: ClassVar[str] = "session_login"
    title: ClassVar[str] = "Session login"
    Config: ClassVar[type[BaseModel]] = SessionLoginConfig
    uses_token: ClassVar[bool] = True
    config: SessionLoginConfig

    @classmethod
    def credential_keys(cls, config: SessionLoginConfig) -> list[str]:
        sent = [config.send_headers, config.send_query, config.send_cookies]
        return credentials_in([config.url, config.headers, config.body, *sent])

    def sign(self, request: Request) -> None:
        """The token where it belongs."""
        if self.token is None:
            return
        config, scope = self.config, {**self.token.extra, "value": self.token.value}
        request.headers |= self.fill(config.send_headers, token=scope)
        for name, value in self.fill(config.send_query, token=scope).items():
            request.query = [*((key, old) for key, old in request.query if key != name), (name, str(value))]
        cookies = self.fill(config.send_cookies, token=scope)
        if cookies:
            other = [
                pair
                for pair in request.headers.get("Cookie", "").split("; ")
                if pair and pair.partition("=")[0] not in cookies
            ]
            request.headers["Cookie"] = "; ".join([*other, *(f"{name}={value}" for name, value in cookies.items())])

    def renew(self) -> Generator[Request, Response, Token]:
        """Log in."""
        config = self.config
        headers = {"Accept": "application/json", **self.fill(config.headers)}
        body = self._body(headers)
        response = yield Request(config.method, str(self.fill(config.url)), [], headers, body)
        refuse(response, self.secrets(), HINT, "the login")
        answer = decoded(response)
        ((place, name),) = config.token_from.items()
        value = _found(response, answer, place, name)
        if not value:
            # Many applications answer 200 to a wrong password.
            raise CredentialRejectedError(
                f"the login's answer ({response.status}) has no token at {place} '{name}'", hint=HINT
            )
        extra = {key: _text(compile_path(path).get(answer)) for key, path in config.keep.items()}
        lifetime = compile_path(config.lifetime_path).get(answer) if config.lifetime_path else config.lifetime_s
        return Token.lasting(value, lifetime, extra=extra)

    def _body(self, headers: dict[str, str]) -> bytes | None:
        body = self.fill(self.config.body)
        if body is None:
            return None
        form = self.config.encoding == "form"
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = kind
        if isinstance(body, str):
            return body.encode()
        return (
            urlencode({name: to_text(value) for name, value in body.items()}).encode() if form else json.encode(body)
        )


def _found(response: Response, answer: Any, place: str, name: str) -> str:
    if place == "body":
        return _text(compile_path(name).get(answer))
    if place == "header":
        return response.headers.get(name.lower(), "")
    # Several Set-Cookie headers arrive as one, with commas between them.
    match = re.search(rf"(?:^|, ?){re.escape(name)}=\"?([^;,\"]*)", response.headers.get("set-cookie", ""))
    return match[1] if match else ""


def _text(value: Any) -> str:
    return "" if value is MISSING or value is None else to_text(value)
