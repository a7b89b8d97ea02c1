"""Random secrets that Weftline gives out, and the hashes that it keeps of them.

They carry 256 bits of chance, so a plain SHA-256 is enough: nothing can be guessed offline.
"""

from __future__ import annotations

import hashlib
import secrets

API_KEY_PREFIX = "wf_"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_token() -> str:
    """A session's token."""
    return secrets.token_urlsafe(32)


def new_api_key() -> str:
    """An API key, recognisable by its prefix."""
    return API_KEY_PREFIX + secrets.token_urlsafe(32)


def new_password() -> str:
    """A one-time password that a person can type: four groups of five letters and digits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def hash_of(secret: str) -> str:
    """What is stored of a token or key."""
    return hashlib.sha256(secret.encode()).hexdigest()
