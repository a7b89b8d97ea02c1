"""Pacing: how fast an instance may be called. Calls over the limit wait; they do not fail.

A budget is a token bucket in its scheduling form (GCRA): each call reserves its place in time at once, so waiting is
fair and costs nothing. Budgets learn: a 429 or a vendor's header stops the whole budget, not only the call. Workers
share a budget through the store: its time line lies there, and each worker takes a few places of it at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from weftline.connectors.limits import told
from weftline.connectors.pool import Pool
from weftline.kernel import now
from weftline.model import Connector, Instance, LearnFrom, Response

UNIT_S = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
BLOCK_S = 0.25
"""Places that a worker takes from the shared time line at once: no more than fit into this time."""

MOST_LEARNT_S = 3600.0
"""A header that names a later moment is taken for this long, then asked again."""

UNSAVED = "unsaved "
"""Begins the id of an instance that is only being set up: its budget is nobody else's."""

TELL_AFTER_S = 1.0
"""Waits longer than this are told to people."""

OnWait = Callable[[datetime, str], None]
"""Called with the end of a wait and its reason."""


class TimeLine(Protocol):
    """A budget's time line where all workers find it; moments are seconds since the epoch."""

    async def reserve(self, span_s: float) -> tuple[float, float, str]:
        """Where the next ``span_s`` seconds begin, until when the budget is stopped, and why."""

    def stop(self, until: float, reason: str) -> None:
        """Tell the other workers that the budget is stopped."""


class Budget:
    """Calls per span of time for one quota."""

    def __init__(
        self, amount: int | None, span_s: float = 1.0, burst: int = 1, shared: TimeLine | None = None
    ) -> None:
        self._interval_s = span_s / amount if amount else 0.0
        self._tolerance_s = self._interval_s * (max(burst, 1) - 1)
        self._shared = shared if amount else None
        self._places: deque[float] = deque()
        self._wanting = 0
        self._reserving = asyncio.Lock()
        self._next_at = 0.0
        self._paused_until = 0.0
        self._shifted_s = 0.0
        self._reason = ""

    @property
    def waiting_until(self) -> float | None:
        """Until when (monotonic clock) the budget is stopped, if it is."""
        return self._paused_until if self._paused_until > time.monotonic() else None

    async def acquire(self, on_wait: OnWait | None = None) -> None:
        """Wait for a place; places are given in the order of asking."""
        due = time.monotonic()
        if self._shared is not None:
            due = await self._shared_place(self._shared) - self._tolerance_s
        elif self._interval_s:
            at = max(self._next_at, due)
            self._next_at = at + self._interval_s
            due = at - self._tolerance_s
        before = self._shifted_s
        while True:
            place = due + self._shifted_s - before
            delay_s = max(place, self._paused_until) - time.monotonic()
            if delay_s <= 0:
                return
            if delay_s >= TELL_AFTER_S and on_wait is not None:
                reason = self._reason if self._paused_until >= place else "rate limit"
                on_wait(now() + timedelta(seconds=delay_s), reason)
            await asyncio.sleep(delay_s)

    async def _shared_place(self, line: TimeLine) -> float:
        """The next place on the shared time line (monotonic clock); reserved for all who wait here, at once."""
        self._wanting += 1
        try:
            async with self._reserving:
                if not self._places:
                    most = max(1, int(BLOCK_S / self._interval_s))
                    count = min(self._wanting, most)
                    start, paused_until, reason = await line.reserve(count * self._interval_s)
                    here = time.monotonic() - time.time()
                    self._places.extend(start + here + self._interval_s * number for number in range(count))
                    if paused_until > time.time():
                        self._stop_until(paused_until + here, reason)
                return self._places.popleft()
        finally:
            self._wanting -= 1

    def pause(self, seconds: float, reason: str) -> None:
        """Stop every call of this budget for a while. Places already given move with it; there is no burst after."""
        if self._shared is not None:
            self._shared.stop(time.time() + seconds, reason)
        self._stop_until(time.monotonic() + seconds, reason)

    def _stop_until(self, until: float, reason: str) -> None:
        moment = time.monotonic()
        if until <= self._paused_until:
            return
        added_s = until - max(self._paused_until, moment)
        self._shifted_s += added_s
        self._next_at = max(self._next_at + added_s, until + self._tolerance_s)
        self._paused_until, self._reason = until, reason

    def learn(self, response: Response, learn_from: LearnFrom | None) -> None:
        """Slow down before the limit is hit, if the application tells how near it is."""
        found = told(response.headers, learn_from)
        if found is not None and found.left <= 1:
            wait_s = found.reset_s if found.reset_s is not None else max(self._interval_s, 0.1)
            # One call is left: with several under way it is as good as none.
            self.pause(min(wait_s, MOST_LEARNT_S), f"the application says that its limit is reached ({found.words})")


class Pacer:
    """The process's budgets and connection pools, by key."""

    def __init__(self, time_line: Callable[[str], TimeLine] | None = None) -> None:
        self._time_line = time_line
        self._budgets: dict[str, tuple[tuple[object, ...], Budget]] = {}
        self._pools: dict[str, Pool] = {}

    def budget(self, connector: Connector, instance: Instance, instance_id: str) -> Budget:
        """The budget of an instance: its own rate limit, or the connector's; a quota group shares one."""
        own, usual = instance.rate_limit, connector.pacing
        if own is not None:
            burst = usual.burst if usual and usual.burst else None
            facts: tuple[object, ...] = (own.amount, own.unit, burst)
            amount, unit = own.amount, own.unit
        elif usual is not None:
            facts, burst = (usual.amount, usual.unit, usual.burst), usual.burst
            amount, unit = usual.amount, usual.unit
        else:
            facts, amount, unit, burst = (None,), 0, "second", None
        key = f"{connector.slug}/{instance.quota_group}" if instance.quota_group else instance_id
        known = self._budgets.get(key)
        if known is None or known[0] != facts:
            if burst is None:
                burst = amount if unit == "second" else max(1, amount // 10)
            shared = self._time_line(key) if self._time_line and not key.startswith(UNSAVED) else None
            known = (facts, Budget(amount or None, UNIT_S[unit], burst, shared))
            self._budgets[key] = known
        return known[1]

    def pool(self, connector: Connector, instance: Instance, instance_id: str) -> Pool | None:
        """The pool of connections that an instance draws from; None when there is no cap."""
        limit = instance.concurrency or (connector.pacing.concurrency if connector.pacing else None)
        if limit is None and instance.pool is None:
            return None
        name = f"pool:{instance.pool}" if instance.pool else f"instance:{instance_id}"
        for other, pool in self._pools.items():
            if other != name:
                pool.forget(instance_id)
        known = self._pools.setdefault(name, Pool())
        known.allow(instance_id, limit)
        return known
