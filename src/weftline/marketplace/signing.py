"""Ed25519 signatures over an index. A public key is written ``ed25519:`` and its 32 bytes in Base64."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from weftline.errors import DefinitionError
from weftline.kernel import json

__all__ = ["check", "generate", "public_key_of", "sign"]

_PREFIX = "ed25519:"


def generate() -> bytes:
    """A new private key, as PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_key_of(private: bytes) -> str:
    """The public key that belongs to a private key in PEM."""
    return _PREFIX + base64.b64encode(_load(private).public_key().public_bytes_raw()).decode()


def sign(index: bytes, private: bytes) -> bytes:
    """The signature file of an index."""
    key = _load(private)
    return _file(key.public_key().public_bytes_raw(), key.sign(index))


def check(index: bytes, signature: bytes, public_key: str) -> None:
    """DefinitionError unless the signature file is this key's over exactly these bytes."""
    raw = _raw(public_key)
    try:
        said = json.decode(signature)
        key_id, value = said["key"], base64.b64decode(said["signature"], validate=True)
    except (json.JSONError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        raise DefinitionError("the signature of the index cannot be read") from None
    if key_id != _id(raw):
        raise DefinitionError(
            f"the index is signed with the key {str(key_id)[:16]!r}, which is not known", hint=f"known: {_id(raw)!r}"
        )
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(value, index)
    except InvalidSignature:
        raise DefinitionError("the signature does not fit the index: one of them was changed") from None
    if signature != _file(raw, value):
        # Base64 and JSON can write the same value in several ways; one alone is right, so no byte can be changed.
        raise DefinitionError("the signature of the index was changed")


def _file(raw: bytes, value: bytes) -> bytes:
    record = {"algorithm": "ed25519", "key": _id(raw), "signature": base64.b64encode(value).decode()}
    return json.encode(record) + b"\n"


def _id(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]


def _raw(public_key: str) -> bytes:
    try:
        raw = base64.b64decode(public_key.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not public_key.startswith(_PREFIX) or len(raw) != 32:
        raise DefinitionError("this is not a public key", hint=f"it begins with '{_PREFIX}'; 'keygen' prints it")
    return raw


def _load(private: bytes) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(private, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise DefinitionError("this is not an Ed25519 private key in PEM", hint="make one with 'keygen'")
    return key
