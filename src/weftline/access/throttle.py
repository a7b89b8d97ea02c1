"""Slows down guessing: after a few failures the next tries of a name or address must wait, longer each time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_TRIES = 5
LONGEST_WAIT_S = 300.0
FORGET_AFTER_S = 3600.0
KEPT = 10_000
"""Names and addresses remembered; the oldest are forgotten first, so that guessing cannot fill the memory."""


@dataclass(slots=True)
class _Tries:
    count: int
    last_at: float
    open_at: float


class Throttle:
    """In memory, per process. A try counts before its outcome is known, so that many at once gain nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait_s(self, *keys: str) -> float:
        """Seconds until the next try is allowed for all of ``keys``; 0 when it is now."""
        now = self._clock()
        return max((self._tries[key].open_at - now for key in keys if key in self._tries), default=0.0)

    def count(self, *keys: str) -> None:
        """A try is made."""
        now = self._clock()
        for key in keys:
            tries = self._tries.pop(key, None)
            if tries is None or now - tries.last_at > FORGET_AFTER_S:
                tries = _Tries(0, now, now)
            tries.count += 1
            tries.last_at = now
            over = tries.count - FREE_TRIES
            tries.open_at = now if over < 0 else now + min(2.0**over, LONGEST_WAIT_S)
            self._tries[key] = tries
        while len(self._tries) > KEPT:
            self._tries.popitem(last=False)

    def clear(self, *keys: str) -> None:
        """The try succeeded."""
        for key in keys:
            self._tries.pop(key, None)
