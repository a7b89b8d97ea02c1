"""No authentication."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.base import AuthMethod
from weftline.model import Document, Request


class NoAuthConfig(Document):
    """Nothing to set."""


class NoAuth(AuthMethod):
    """Nothing proves who we are."""

    kind: ClassVar[str] = "none"
    title: ClassVar[str] = "None"
    Config: ClassVar[type[BaseModel]] = NoAuthConfig

    def sign(self, request: Request) -> None:
        """The request stays as it is."""
