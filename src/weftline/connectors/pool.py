"""Connection pools: how many calls may be under way at once, for one instance or for several that share a name."""

from __future__ import annotations

import asyncio
from collections import deque


class Pool:
    """A fair gate. The lowest limit that its members name holds for all; without any it is open."""

    def __init__(self) -> None:
        self._limits: dict[str, int] = {}
        self._limit: int | None = None
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def allow(self, member: str, limit: int | None) -> None:
        """What one member says of the limit."""
        if limit is None:
            self._limits.pop(member, None)
        else:
            self._limits[member] = limit
        self._limit = min(self._limits.values(), default=None)
        self._let_in()

    def forget(self, member: str) -> None:
        """A member has left."""
        if member in self._limits:
            self.allow(member, None)

    async def __aenter__(self) -> None:
        if not self._waiting and self._has_room():
            self._under_way += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # let in and cancelled at once: the place goes to the next
                self._under_way -= 1
                self._let_in()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._under_way -= 1
        if self._waiting:
            self._let_in()

    def _has_room(self) -> bool:
        return self._limit is None or self._under_way < self._limit

    def _let_in(self) -> None:
        while self._waiting and self._has_room():
            place = self._waiting.popleft()
            if not place.done():
                self._under_way += 1
                place.set_result(None)
