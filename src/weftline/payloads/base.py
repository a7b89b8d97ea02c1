"""The socket ``BodyStore``: where bodies lie that are too large for a row."""

from __future__ import annotations

from abc import ABC, abstractmethod


class BodyStore(ABC):
    """Keeps compressed bodies by id. ``put`` is durable when it returns; putting the same id again is a no-op."""

    @abstractmethod
    async def put(self, payload_id: str, body: bytes) -> None:
        """Keep a body."""

    @abstractmethod
    async def get(self, payload_id: str) -> bytes | None:
        """The body, or None when it is not here."""

    @abstractmethod
    async def delete(self, payload_id: str) -> None:
        """Forget a body; unknown ids are fine."""
