"""A database's login."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.login import LoginAuth
from weftline.model import Document, Key, field

_MAY_BE_EMPTY = "May be left empty by the person"


class DatabaseConfig(Document):
    """Which credentials are the user name and the password, and which prove who we are, or who they are, with TLS."""

    username: Key = field("username", title="User name's credential", advanced=True)
    password: Key = field("password", title="Password's credential", description=_MAY_BE_EMPTY, advanced=True)
    certificate: Key | None = field(
        None, title="Certificate's credential", description="PEM, with its chain", advanced=True
    )
    private_key: Key | None = field(None, title="Private key's credential", description="PEM", advanced=True)
    passphrase: Key | None = field(None, title="Passphrase's credential", description=_MAY_BE_EMPTY, advanced=True)
    ca: Key | None = field(None, title="Authorities' credential", description=f"PEM. {_MAY_BE_EMPTY}", advanced=True)


class DatabaseAuth(LoginAuth):
    """User name and password of a database, or of another server that is logged in to once."""

    kind: ClassVar[str] = "database"
    title: ClassVar[str] = "Database login"
    Config: ClassVar[type[BaseModel]] = DatabaseConfig
    optional: ClassVar[frozenset[str]] = frozenset({"password", "passphrase", "ca"})
