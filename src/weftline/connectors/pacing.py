"""Pacing: how fast an instance may be called. Calls over the limit wait; they do not fail.

A budget is a token bucket in its scheduling form (GCRA): each call reserves its place in time at once, so waiting is
fair and costs nothing. Budgets learn: a 429 or a vendor's header stops the whole budget, not only the call.
Budgets are per process for now; they stand behind :meth:`Pacer.budget`, so that a shared one may take their place.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from weftline.connectors.pool import Pool
from weftline.kernel import now
from weftline.model import Connector, Instance, LearnFrom, Response

UNIT_S = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
TELL_AFTER_S = 1.0
"""Waits longer than this are told to people."""

OnWait = Callable[[datetime, str], None]
"""Called with the end of a wait and its reason."""


class Budget:
    """Calls per span of time for one quota."""

    def __init__(self, amount: int | None, span_s: float = 1.0, burst: int = 1) -> None:
        self._interval_s = span_s / amount if amount else 0.0
        self._tolerance_s = self._interval_s * (max(burst, 1) - 1)
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
        due = moment = time.monotonic()
        if self._interval_s:
            at = max(self._next_at, moment)
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

    def pause(self, seconds: float, reason: str) -> None:
        """Stop every call of this budget for a while. Places already given move with it; there is no burst after."""
        moment = time.monotonic()
        until = moment + seconds
        if until <= self._paused_until:
            return
        added_s = until - max(self._paused_until, moment)
        self._shifted_s += added_s
        self._next_at = max(self._next_at + added_s, until + self._tolerance_s)
        self._paused_until, self._reason = until, reason

    def learn(self, response: Response, learn_from: LearnFrom | None) -> None:
        """Slow down before the limit is hit, if the application tells how near it is."""
        if learn_from is None:
            return
        value = response.headers.get(learn_from.header.lower())
        if value is None:
            return
        try:
            if learn_from.form == "used/limit":
                used, limit = (int(part) for part in value.split("/"))
                left = limit - used
            else:
                left = int(value)
        except ValueError:
            return
        if left <= 1:
            self.pause(max(self._interval_s, 0.1), f"the application says that its limit is reached ({value})")


class Pacer:
    """The process's budgets and connection pools, by key."""

    def __init__(self) -> None:
        self._budgets: dict[str, tuple[tuple[object, ...], Budget]] = {}
        self._pools: dict[str, Pool] = {}

    def budget(self, connector: Connector, instance: Instance, instance_id: str) -> Budget:
        """The budget of an instance: its own rate limit, or the connector's."""
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
        known = self._budgets.get(instance_id)
        if known is None or known[0] != facts:
            if burst is None:
                burst = amount if unit == "second" else max(1, amount // 10)
            known = (facts, Budget(amount or None, UNIT_S[unit], burst))
            self._budgets[instance_id] = known
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


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The seconds that ``Retry-After`` asks for (a number or an HTTP date), or None."""
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now()).total_seconds())
