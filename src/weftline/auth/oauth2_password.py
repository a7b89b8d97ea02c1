"""OAuth 2 resource owner password credentials (RFC 6749, section 4.3)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.auth.base import Token
from weftline.auth.oauth2 import OAuth2Auth, OAuth2Config
from weftline.model import Key, Request, Response, field


class OAuth2PasswordConfig(OAuth2Config):
    """Where tokens come from, and whose password buys them."""

    username: Key = field("username", title="User name's credential", advanced=True)
    password: Key = field("password", title="Password's credential", advanced=True)


class OAuth2PasswordAuth(OAuth2Auth):
    """A token bought with a user's name and password; for applications that offer nothing better."""

    kind: ClassVar[str] = "oauth2_password"
    title: ClassVar[str] = "OAuth 2 password"
    Config: ClassVar[type[BaseModel]] = OAuth2PasswordConfig
    config: OAuth2PasswordConfig

    @classmethod
    def credential_keys(cls, config: Any) -> list[str]:
        return [*super().credential_keys(config), config.username, config.password]

    def renew(self) -> Generator[Request, Response, Token]:
        """Ask the token URL."""
        fields = {
            "grant_type": "password",
            "username": self.credential(self.config.username),
            "password": self.credential(self.config.password),
        }
        hint = "see user name, password and client of the instance"
        return (yield from self._ask(self._scoped(fields), hint=hint))
