"""A database's login."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.login import LoginAuth
from weftline.model import Document, Key, field


class DatabaseConfig(Document):
    """Which credentials are the user name and the password."""

    username: Key = field("username", title="User name's credential", advanced=True)
    password: Key = field("password", title="Password's credential", advanced=True)


class DatabaseAuth(LoginAuth):
    """User name and password of a database, or of another server that is logged in to once."""

    kind: ClassVar[str] = "database"
    title: ClassVar[str] = "Database login"
    Config: ClassVar[type[BaseModel]] = DatabaseConfig
