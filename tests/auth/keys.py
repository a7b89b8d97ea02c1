"""Key pairs for tests, made once in a run: the private half as PEM, the public half as JSON Web Key."""

from __future__ import annotations

import datetime
import functools
import json
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


@dataclass(frozen=True)
class KeyPair:
    """Both halves of a key, and a certificate for it."""

    private: str
    public: dict[str, Any]
    certificate: str


@functools.cache
def rsa_pair() -> KeyPair:
    """RSA with 2048 bits."""
    key = rsa.generate_private_key(65537, 2048)
    return _pair(key, json.loads(RSAAlgorithm.to_jwk(key.public_key())), "rsa-1")


@functools.cache
def ec_pair() -> KeyPair:
    """The curve P-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _pair(key, json.loads(ECAlgorithm.to_jwk(key.public_key())), "ec-1")


def _pair(key: Any, public: dict[str, Any], kid: str) -> KeyPair:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "weftline test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return KeyPair(private, {**public, "kid": kid}, certificate.public_bytes(Encoding.PEM).decode())
