"""SSH with a private key (RFC 4252, section 7), as for SFTP."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.login import LoginAuth
from weftline.model import Document, Key, field


class SshKeyConfig(Document):
    """Which credentials are which."""

    username: Key = field("username", title="User name's credential", advanced=True)
    private_key: Key = field(
        "private_key", title="Private key's credential", description="PEM or OpenSSH", advanced=True
    )
    passphrase: Key | None = field(
        None, title="Passphrase's credential", description="May be left empty by the person", advanced=True
    )
    host_fingerprint: Key = field(
        "host_fingerprint", title="Host fingerprint's credential", description="SHA256:...", advanced=True
    )


class SshKeyAuth(LoginAuth):
    """A private key over SSH, for a host whose key is known."""

    kind: ClassVar[str] = "ssh_key"
    title: ClassVar[str] = "SSH key"
    Config: ClassVar[type[BaseModel]] = SshKeyConfig
    optional: ClassVar[frozenset[str]] = frozenset({"passphrase"})
