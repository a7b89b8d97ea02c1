"""The payload store: content-addressed, compressed, small bodies in the row."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import zstandard

from weftline.errors import PayloadMissingError, UnreadableBodyError
from weftline.kernel import json
from weftline.model import PayloadRef
from weftline.payloads.base import BodyStore
from weftline.store import Database
from weftline.store import payloads as rows

INLINE_BYTES = 64 * 1024
"""Compressed bodies up to this size lie in the row."""


class PayloadStore:
    """Writes a payload once and reads it by reference.

    With ``bodies`` None every body lies in the database, so that workers on several machines share them.
    """

    def __init__(self, db: Database, bodies: BodyStore | None) -> None:
        self._db = db
        self._bodies = bodies

    async def put(self, raw: bytes, records: int, meta: dict[str, Any]) -> PayloadRef:
        """Store a JSON list of ``records`` records; durable when it returns."""
        payload_id, body = await asyncio.to_thread(_pack, raw)
        inline = body if self._bodies is None or len(body) <= INLINE_BYTES else None
        if inline is None and self._bodies is not None:
            await self._bodies.put(payload_id, body)
        await self._db.write(lambda connection: rows.add(connection, payload_id, len(raw), inline))
        return PayloadRef(payload_id, len(raw), records, meta)

    async def raw(self, payload_id: str) -> bytes:
        """The payload's bytes; :class:`PayloadMissingError` when retention has taken them."""
        known, body = await self._db.read(lambda connection: rows.body_of(connection, payload_id))
        if known and body is None and self._bodies is not None:
            body = await self._bodies.get(payload_id)
        if body is None:
            raise PayloadMissingError(
                f"the payload {payload_id[:12]}… is no longer stored",
                hint="retention has removed it; run the flow again",
            )
        return await asyncio.to_thread(_unpack, body)

    async def records(self, payload_id: str) -> list[Any]:
        """The payload's records as values; :class:`UnreadableBodyError` when its bytes are not JSON after all."""
        try:
            value = json.decode(await self.raw(payload_id))
        except (json.JSONError, UnicodeDecodeError) as error:
            raise UnreadableBodyError(
                f"a page holds records that are not JSON: {error}", hint="see what the application sends"
            ) from None
        return value if isinstance(value, list) else [value]


def _pack(raw: bytes) -> tuple[str, bytes]:
    return hashlib.sha256(raw).hexdigest(), zstandard.ZstdCompressor(level=1).compress(raw)


def _unpack(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(body)
