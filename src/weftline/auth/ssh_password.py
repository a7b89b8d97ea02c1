"""SSH with a password (RFC 4252, section 8), as for SFTP."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.login import LoginAuth
from weftline.model import Document, Key, field


class SshPasswordConfig(Document):
    """Which credentials are which."""

    username: Key = field("username", title="User name's credential", advanced=True)
    password: Key = field("password", title="Password's credential", advanced=True)
    host_fingerprint: Key = field(
        "host_fingerprint", title="Host fingerprint's credential", description="SHA256:...", advanced=True
    )


class SshPasswordAuth(LoginAuth):
    """User name and password over SSH, for a host whose key is known."""

    kind: ClassVar[str] = "ssh_password"
    title: ClassVar[str] = "SSH password"
    Config: ClassVar[type[BaseModel]] = SshPasswordConfig
