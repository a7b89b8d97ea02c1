"""Bodies as files, two levels deep by id."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path

from weftline.payloads.base import BodyStore


class FileBodies(BodyStore):
    """A folder of bodies. A file appears whole or not at all: written beside, synced, then renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, payload_id: str) -> Path:
        return self._folder / payload_id[:2] / payload_id

    async def put(self, payload_id: str, body: bytes) -> None:
        """Keep a body."""
        await asyncio.to_thread(self._put_now, payload_id, body)

    def _put_now(self, payload_id: str, body: bytes) -> None:
        path = self._path(payload_id)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        number, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def get(self, payload_id: str) -> bytes | None:
        """The body, or None when it is not here."""
        try:
            return await asyncio.to_thread(self._path(payload_id).read_bytes)
        except FileNotFoundError:
            return None

    async def delete(self, payload_id: str) -> None:
        """Forget a body."""
        await asyncio.to_thread(self._path(payload_id).unlink, missing_ok=True)
