"""A bearer token (RFC 6750)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.base import AuthMethod
from weftline.model import Document, Key, Request, field


class BearerConfig(Document):
    """Which credential is the token."""

    credential: Key = field("token", title="The token's credential", advanced=True)


class BearerAuth(AuthMethod):
    """A fixed token in the Authorization header."""

    kind: ClassVar[str] = "bearer"
    title: ClassVar[str] = "Bearer token"
    Config: ClassVar[type[BaseModel]] = BearerConfig

    @classmethod
    def credential_keys(cls, config: BearerConfig) -> list[str]:
        return [config.credential]

    def sign(self, request: Request) -> None:
        """The Authorization header."""
        request.headers["Authorization"] = f"Bearer {self.credential(self.config.credential)}"
