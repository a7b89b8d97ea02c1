"""Signed assertions (RFC 7523): short-lived JSON Web Tokens that prove possession of a private key."""

from __future__ import annotations

import base64
import hashlib
import secrets as random
import time
from typing import Any, Literal

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from weftline.auth.base import AuthMethod
from weftline.auth.fill import credentials_in
from weftline.errors import CredentialRejectedError
from weftline.model import Document, Key, field


class AssertionConfig(Document):
    """What is signed, with which key."""

    algorithm: Literal["RS256", "PS256", "ES256"] = field("RS256", title="Algorithm")
    private_key: Key = field("private_key", title="Private key's credential", description="PEM", advanced=True)
    key_id: str = field(
        "", title="Key id", description="Template of the header kid", example="{{ credentials.key_id }}"
    )
    certificate: Key | None = field(
        None, title="Certificate's credential", description="PEM; its thumbprint goes into the header", advanced=True
    )
    thumbprint: Literal["x5t", "x5t#S256"] = field("x5t#S256", title="Thumbprint's header", advanced=True)
    issuer: str = field("", title="Issuer", description="Template", example="{{ credentials.client_id }}")
    subject: str = field("", title="Subject", description="Template", example="{{ credentials.user }}")
    audience: str = field("", title="Audience", description="Template; empty: the token URL")
    claims: dict[str, Any] = field(dict, title="Further claims", description="Templates", example={"scope": "orders"})
    lifetime_s: int = field(300, title="Lifetime", description="Seconds", ge=1, le=86_400, advanced=True)


def assertion_keys(config: AssertionConfig) -> list[str]:
    """The credentials that an assertion needs."""
    texts = [config.key_id, config.issuer, config.subject, config.audience, config.claims]
    certificate = [] if config.certificate is None else [config.certificate]
    return [config.private_key, *certificate, *credentials_in(texts)]


def sign_assertion(auth: AuthMethod, config: AssertionConfig, issuer: str, subject: str, audience: str) -> str:
    """An assertion that is good for ``lifetime_s`` from now; the three texts are for what the config leaves empty.

    Raises :class:`CredentialRejectedError` for a key or a certificate that cannot be read.
    """
    private_key = auth.credential(config.private_key)
    issued_at = int(time.time())
    claims = {
        "iss": auth.fill(config.issuer) or issuer,
        "sub": auth.fill(config.subject) or subject,
        "aud": auth.fill(config.audience) or audience,
    }
    claims = {name: value for name, value in claims.items() if value}
    claims |= {"iat": issued_at, "exp": issued_at + config.lifetime_s, "jti": random.token_urlsafe(16)}
    claims |= auth.fill(config.claims)
    headers = {}
    if config.key_id:
        headers["kid"] = str(auth.fill(config.key_id))
    if config.certificate is not None:
        headers[config.thumbprint] = _thumbprint(config, auth.credential(config.certificate))
    try:
        key: Any = load_pem_private_key(pem(private_key), None)
        return jwt.encode(claims, key, config.algorithm, headers)
    except (ValueError, TypeError, jwt.PyJWTError):
        raise CredentialRejectedError(
            f"the credential '{config.private_key}' is no private key for {config.algorithm}",
            hint="enter it as PEM, without a passphrase, from its BEGIN line to its END line",
        ) from None


def pem(text: str) -> bytes:
    """A PEM as it was meant: some files spell its line ends as ``\\n``."""
    return text.replace("\\n", "\n").strip().encode() + b"\n"


def _thumbprint(config: AssertionConfig, certificate: str) -> str:
    try:
        der = x509.load_pem_x509_certificate(pem(certificate)).public_bytes(Encoding.DER)
    except ValueError:
        raise CredentialRejectedError(
            f"the credential '{config.certificate}' is no certificate",
            hint="enter it as PEM, from its BEGIN line to its END line",
        ) from None
    # The older header is SHA-1 by its definition (RFC 7515, section 4.1.7).
    found = hashlib.sha1(der, usedforsecurity=False) if config.thumbprint == "x5t" else hashlib.sha256(der)
    return base64.urlsafe_b64encode(found.digest()).rstrip(b"=").decode()
