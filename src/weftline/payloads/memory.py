"""Bodies in memory: the twin for tests."""

from __future__ import annotations

from weftline.payloads.base import BodyStore


class MemoryBodies(BodyStore):
    """Keeps bodies until the process ends."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}

    async def put(self, payload_id: str, body: bytes) -> None:
        """Keep a body."""
        self._bodies[payload_id] = body

    async def get(self, payload_id: str) -> bytes | None:
        """The body, or None when it is not here."""
        return self._bodies.get(payload_id)

    async def delete(self, payload_id: str) -> None:
        """Forget a body."""
        self._bodies.pop(payload_id, None)
