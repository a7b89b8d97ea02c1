"""Budgets that several workers share through one store, on both databases."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.connectors.conftest import written
from weftline.connectors.limits import told
from weftline.connectors.pacing import Budget, Pacer
from weftline.connectors.time_line import StoredTimeLine
from weftline.kernel import now
from weftline.model import Instance, LearnFrom, Response
from weftline.store import Database


def worker(db: Database, amount: int, burst: int = 1, key: str = "shop") -> Budget:
    return Budget(amount, 1.0, burst, StoredTimeLine(db, key))


async def test_two_workers_share_one_rate(db: Database) -> None:
    workers = [worker(db, 20), worker(db, 20)]
    started = time.monotonic()
    await asyncio.gather(*(budget.acquire() for budget in workers for _ in range(15)))
    assert 29 / 20 * 0.95 <= time.monotonic() - started < 4


async def test_a_burst_goes_at_once_and_only_once(db: Database) -> None:
    first, second = worker(db, 10, burst=8), worker(db, 10, burst=8)
    started = time.monotonic()
    await asyncio.gather(*(first.acquire() for _ in range(8)))
    burst_s = time.monotonic() - started
    await asyncio.gather(*(second.acquire() for _ in range(4)))
    assert burst_s < 0.5
    assert time.monotonic() - started >= 0.35


async def test_a_stop_reaches_the_other_worker(db: Database) -> None:
    first, second = worker(db, 100), worker(db, 100)
    await first.acquire()
    first.pause(0.8, "429")
    line = StoredTimeLine(db, "shop")
    deadline = time.monotonic() + 5
    while (await line.reserve(0.0))[1] == 0 and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    started = time.monotonic()
    waits: list[str] = []
    await second.acquire(lambda until, reason: waits.append(reason))
    assert time.monotonic() - started > 0.3


async def test_a_day_s_budget_outlives_the_process(db: Database) -> None:
    before = Budget(2, 86400.0, 2, StoredTimeLine(db, "daily"))
    await before.acquire()
    await before.acquire()
    after = Budget(2, 86400.0, 2, StoredTimeLine(db, "daily"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(after.acquire(), 0.3)


async def test_instances_of_a_quota_group_share_a_budget() -> None:
    pacer, connector = Pacer(), written(pacing={"amount": 5, "unit": "second"})

    def named(name: str, group: str | None) -> Instance:
        return Instance(name=name, connector="acme", quota_group=group)

    assert pacer.budget(connector, named("A", "account"), "a") is pacer.budget(connector, named("B", "account"), "b")
    assert pacer.budget(connector, named("C", None), "c") is not pacer.budget(connector, named("D", None), "d")


@pytest.mark.parametrize(
    ("headers", "left", "reset"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "7"}, 0, 7),
        ({"x-ratelimit-remaining": "3"}, 3, None),
        ({"ratelimit-remaining": "1", "ratelimit-reset": "2.5"}, 1, 2.5),
        ({"ratelimit": "limit=100, remaining=5, reset=9"}, 5, 9),
        ({"ratelimit": '"default";r=0;t=30'}, 0, 30),
    ],
)
def test_the_usual_headers_are_understood(headers: dict[str, str], left: int, reset: float | None) -> None:
    found = told(headers, None)
    assert found is not None
    assert (found.left, found.reset_s) == (left, reset)


def test_a_reset_may_be_a_moment_or_nonsense() -> None:
    soon = int(now().timestamp()) + 60
    found = told({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(soon)}, None)
    assert found is not None
    assert found.reset_s == pytest.approx(60, abs=2)
    assert told({"x-ratelimit-remaining": "many"}, None) is None
    assert told({}, None) is None
    learn = LearnFrom(header="X-Calls", form="used/limit", reset="X-Reset")
    own = told({"x-calls": "39/40", "x-reset": "nan"}, learn)
    assert own is not None
    assert (own.left, own.reset_s) == (1, None)


async def test_a_budget_waits_until_the_reset_that_it_was_told() -> None:
    budget = Budget(None)
    budget.learn(Response(200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "0.4"}, b""), None)
    started = time.monotonic()
    await budget.acquire()
    assert time.monotonic() - started >= 0.35
