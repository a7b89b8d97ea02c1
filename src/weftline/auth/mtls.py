"""Mutual TLS: the client shows a certificate, too (RFC 8446, section 4.4.2)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from weftline.auth.login import LoginAuth
from weftline.model import Document, Key, field


class MtlsConfig(Document):
    """Which credentials are which."""

    certificate: Key = field(
        "certificate", title="Certificate's credential", description="PEM, with its chain", advanced=True
    )
    private_key: Key = field("private_key", title="Private key's credential", description="PEM", advanced=True)
    passphrase: Key | None = field(
        None, title="Passphrase's credential", description="May be left empty by the person", advanced=True
    )
    ca: Key | None = field(
        None, title="Authorities' credential", description="PEM, beside the usual ones; may be left empty",
        advanced=True,
    )  # fmt: skip


class MtlsAuth(LoginAuth):
    """A client certificate for every connection."""

    kind: ClassVar[str] = "mtls"
    title: ClassVar[str] = "Client certificate (mTLS)"
    Config: ClassVar[type[BaseModel]] = MtlsConfig
    optional: ClassVar[frozenset[str]] = frozenset({"passphrase", "ca"})
