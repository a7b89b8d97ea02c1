"""OAuth 2 client credentials (RFC 6749, section 4.4)."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.base import Token
from weftline.auth.oauth2 import OAuth2Auth, OAuth2Config
from weftline.model import Request, Response


class OAuth2ClientConfig(OAuth2Config):
    """Where tokens come from and how the client proves itself there."""


class OAuth2ClientAuth(OAuth2Auth):
    """A token bought with client id and secret, or with a signed assertion; renewed before it expires."""

    kind: ClassVar[str] = "oauth2_client"
    title: ClassVar[str] = "OAuth 2 client credentials"
    Config: ClassVar[type[BaseModel]] = OAuth2ClientConfig

    def renew(self) -> Generator[Request, Response, Token]:
        """Ask the token URL."""
        return (yield from self._ask(self._scoped({"grant_type": "client_credentials"})))
