"""HTTP basic authentication (RFC 7617)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.base import AuthMethod
from weftline.model import Document, Key, Request, field


class BasicConfig(Document):
    """Which credentials are the user name and the password."""

    username: Key = field("username", title="User name's credential", advanced=True)
    password: Key = field("password", title="Password's credential", advanced=True)


class BasicAuth(AuthMethod):
    """User name and password in every request."""

    kind: ClassVar[str] = "basic"
    title: ClassVar[str] = "Basic"
    Config: ClassVar[type[BaseModel]] = BasicConfig

    @classmethod
    def credential_keys(cls, config: BasicConfig) -> list[str]:
        return [config.username, config.password]

    def sign(self, request: Request) -> None:
        """The Authorization header."""
        pair = f"{self.credential(self.config.username)}:{self.credential(self.config.password)}"
        request.headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"

    def login(self) -> Mapping[str, str]:
        """The same two, for transports that log in when they connect."""
        config = self.config
        return {"username": self.credential(config.username), "password": self.credential(config.password)}
