"""Ids: prefix, then 26 characters that sort by time (a ULID), so that index inserts stay at the end."""

from __future__ import annotations

import hashlib
import os
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """A fresh id such as ``run_01k9…``; later ids sort after earlier ones (to the millisecond)."""
    number = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    letters = []
    for _ in range(26):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(letters))}"


def digest(*parts: str | bytes, size: int = 16) -> str:
    """A stable hex digest of the parts (length-prefixed, so that 'a','bc' and 'ab','c' differ)."""
    pieces = [part.encode() if isinstance(part, str) else part for part in parts]
    lengths = ",".join([str(len(piece)) for piece in pieces])
    return hashlib.blake2b(b"".join([lengths.encode(), b":", *pieces]), digest_size=size).hexdigest()


def slugify(text: str) -> str:
    """A name as a key: lower case, digits and hyphens."""
    pieces = "".join(char.lower() if char.isalnum() and char.isascii() else "-" for char in text).split("-")
    return "-".join(piece for piece in pieces if piece)
