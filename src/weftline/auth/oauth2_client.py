"""OAuth 2 client credentials (RFC 6749, section 4.4)."""

from __future__ import annotations

import base64
from collections.abc import Generator
from typing import ClassVar, Literal
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from weftline.auth.base import AuthMethod, Token
from weftline.auth.tokens import read_token
from weftline.model import Document, Key, Request, Response, field


class OAuth2ClientConfig(Document):
    """Where tokens come from and how the secret is sent."""

    token_url: str = field(title="Token URL", description="May be a template", example="{{ base_url }}/oauth/token")
    scopes: list[str] = field(list, title="Scopes", example=["orders.read"])
    client_in: Literal["header", "body"] = field("header", title="Client id and secret in")
    client_id: Key = field("client_id", title="Client id's credential", advanced=True)
    client_secret: Key = field("client_secret", title="Client secret's credential", advanced=True)
    extra: dict[str, str] = field(dict, title="Further fields", description="audience, resource, ...", advanced=True)


class OAuth2ClientAuth(AuthMethod):
    """A token bought with client id and secret, renewed before it expires."""

    kind: ClassVar[str] = "oauth2_client"
    title: ClassVar[str] = "OAuth 2 client credentials"
    Config: ClassVar[type[BaseModel]] = OAuth2ClientConfig
    uses_token: ClassVar[bool] = True

    @classmethod
    def credential_keys(cls, config: OAuth2ClientConfig) -> list[str]:
        return [config.client_id, config.client_secret]

    def sign(self, request: Request) -> None:
        """The Authorization header with the token."""
        if self.token is not None:
            request.headers["Authorization"] = f"Bearer {self.token.value}"

    def renew(self) -> Generator[Request, Response, Token]:
        """Ask the token URL."""
        config = self.config
        client_id, secret = self.credential(config.client_id), self.credential(config.client_secret)
        fields = {"grant_type": "client_credentials"} | dict(config.extra)
        if config.scopes:
            fields["scope"] = " ".join(config.scopes)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if config.client_in == "body":
            fields |= {"client_id": client_id, "client_secret": secret}
        else:
            # Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1).
            pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        url = str(self.fill(config.token_url))
        response = yield Request("POST", url, [], headers, urlencode(fields).encode())
        return read_token(response, secrets=self.secrets())
