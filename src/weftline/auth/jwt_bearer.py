"""JWT bearer grant (RFC 7523, section 2.1), and signed tokens that an API takes as they are."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel

from weftline.auth.assertion import AssertionConfig, assertion_keys, sign_assertion
from weftline.auth.base import AuthMethod, Token
from weftline.auth.fill import credentials_in
from weftline.auth.tokens import read_token
from weftline.model import Request, Response, field

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class JwtBearerConfig(AssertionConfig):
    """What is signed, with which key, and where it is exchanged."""

    token_url: str = field(
        "", title="Token URL", description="Template; empty: the signed token itself goes into every request"
    )
    scopes: list[str] = field(list, title="Scopes", example=["orders.read"])
    extra: dict[str, str] = field(
        dict, title="Further fields", description="Templates", advanced=True,
        example={"client_id": "{{ credentials.client_id }}"},
    )  # fmt: skip


class JwtBearerAuth(AuthMethod):
    """A JSON Web Token signed with a private key: exchanged for an access token, or the bearer token itself."""

    kind: ClassVar[str] = "jwt_bearer"
    title: ClassVar[str] = "JWT bearer"
    Config: ClassVar[type[BaseModel]] = JwtBearerConfig
    uses_token: ClassVar[bool] = True

    @classmethod
    def credential_keys(cls, config: JwtBearerConfig) -> list[str]:
        return list(dict.fromkeys([*assertion_keys(config), *credentials_in([config.token_url, config.extra])]))

    def sign(self, request: Request) -> None:
        """The Authorization header with the token."""
        if self.token is not None:
            request.headers["Authorization"] = f"Bearer {self.token.value}"

    def renew(self) -> Generator[Request, Response, Token]:
        """Sign, and exchange it if there is a token URL."""
        config = self.config
        url = str(self.fill(config.token_url))
        signed_at = time.time()
        assertion = sign_assertion(self, config, "", "", url)
        if not url:
            lasting = Token.lasting(assertion, config.lifetime_s)
            return Token(assertion, signed_at + config.lifetime_s, lasting.slack_s)
        fields = {"grant_type": GRANT, "assertion": assertion, **self.fill(config.extra)}
        if config.scopes:
            fields["scope"] = " ".join(config.scopes)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        response = yield Request("POST", url, [], headers, urlencode(fields).encode())
        hint = "see the private key, and that the application knows its other half"
        return read_token(response, secrets=[*self.secrets(), assertion], hint=hint)
