"""The leaky bucket that limits the calls to one store."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

__all__ = ["CallBucket"]

USUAL_SIZE = 40


class CallBucket:
    """Each call is a drop; ``leak_per_s`` drops leave it each second; a drop that does not fit is refused."""

    def __init__(self, size: int, leak_per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._leak_per_s = leak_per_s
        self._clock = clock
        self._level = 0.0
        self._at = clock()

    def empty(self) -> None:
        self._level = 0.0

    def take(self) -> float:
        """0 when the call fits, else the seconds to wait before the next one."""
        if not self._size:
            return 0.0
        now = self._clock()
        self._level = max(0.0, self._level - (now - self._at) * self._leak_per_s)
        self._at = now
        if self._level + 1 > self._size:
            return max(1.0, math.ceil((self._level + 1 - self._size) / self._leak_per_s * 10) / 10)
        self._level += 1
        return 0.0

    @property
    def header(self) -> bytes:
        """``used/size`` as the call-limit header says it; a store without a limit always shows the first drop."""
        used = math.ceil(self._level) if self._size else 1
        return f"{used}/{self._size or USUAL_SIZE}".encode()
