"""The ``page_info`` of a page: what to list and from where, sealed so that a changed one is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac

import msgspec

__all__ = ["Cursor", "CursorSeal"]

_MARK_BYTES = 8


class Cursor(msgspec.Struct, array_like=True, frozen=True):
    """A place in a listing: the filters of the first request (sorted pairs) and the position of the first row."""

    resource: str
    filters: tuple[tuple[str, str], ...]
    start: int


class CursorSeal:
    """Writes and reads ``page_info`` for one store."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._decoder = msgspec.json.Decoder(Cursor)

    def write(self, cursor: Cursor) -> str:
        body = msgspec.json.encode(cursor)
        return base64.urlsafe_b64encode(self._mark(body) + body).decode().rstrip("=")

    def read(self, text: str) -> Cursor | None:
        """The cursor, or None when it was not written by this store."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            mark, body = raw[:_MARK_BYTES], raw[_MARK_BYTES:]
            return self._decoder.decode(body) if hmac.compare_digest(mark, self._mark(body)) else None
        except ValueError:
            return None

    def _mark(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._secret, digest_size=_MARK_BYTES).digest()
