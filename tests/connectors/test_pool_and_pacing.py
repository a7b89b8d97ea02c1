"""Fairness: order through pauses, and pools that several instances share."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.connectors.conftest import written
from weftline.connectors.pacing import Budget, Pacer
from weftline.connectors.pool import Pool
from weftline.model import Instance


async def test_a_pause_keeps_the_order_and_lets_no_burst_follow() -> None:
    budget = Budget(100, 1.0, burst=3)
    started = time.monotonic()
    went: list[tuple[int, float]] = []

    async def one(number: int) -> None:
        await budget.acquire()
        went.append((number, time.monotonic() - started))

    calls = [asyncio.create_task(one(number)) for number in range(8)]
    await asyncio.sleep(0)
    assert [number for number, _ in went] == [0, 1, 2]
    budget.pause(0.1, "429")
    budget.pause(0.05, "shorter, so it changes nothing")
    calls += [asyncio.create_task(one(number)) for number in range(8, 12)]
    await asyncio.gather(*calls)
    assert [number for number, _ in went] == list(range(12))
    assert went[3][1] >= 0.1
    assert went[-1][1] - went[3][1] >= 0.07


async def most_at_once(pool: Pool, calls: int) -> int:
    under_way = most = 0

    async def one() -> None:
        nonlocal under_way, most
        async with pool:
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.002)
            under_way -= 1

    await asyncio.gather(*(one() for _ in range(calls)))
    return most


async def test_a_pool_holds_its_limit_and_its_order() -> None:
    pool = Pool()
    pool.allow("a", 3)
    assert await most_at_once(pool, 20) == 3
    order: list[int] = []

    async def one(number: int) -> None:
        async with pool:
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(20)))
    assert order == list(range(20))


async def test_a_cancelled_call_leaves_its_place_to_the_next() -> None:
    pool = Pool()
    pool.allow("a", 1)
    async with pool:
        tasks = [asyncio.create_task(most_at_once(pool, 1)) for _ in range(4)]
        await asyncio.sleep(0)
        tasks[0].cancel()
    tasks[1].cancel()  # just let in
    done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 2)
    assert [isinstance(result, asyncio.CancelledError) for result in done] == [True, True, False, False]


def instance(name: str, **more: object) -> Instance:
    return Instance.model_validate({"name": name, "connector": "acme"} | more)


async def test_instances_share_a_pool_by_name_and_the_lowest_limit_holds() -> None:
    pacer, connector = Pacer(), written()
    first = pacer.pool(connector, instance("A", pool="erp", concurrency=8), "a")
    second = pacer.pool(connector, instance("B", pool="erp", concurrency=2), "b")
    third = pacer.pool(connector, instance("C", pool="erp"), "c")
    assert first is second is third
    assert first is not None
    assert await most_at_once(first, 12) == 2
    assert pacer.pool(connector, instance("B", concurrency=2), "b") is not first
    assert await most_at_once(first, 12) == 8
    assert pacer.pool(connector, instance("D"), "d") is None


@pytest.mark.parametrize(("unit", "amount", "free"), [("second", 50, 50), ("minute", 60, 6), ("day", 5, 1)])
async def test_an_instances_own_rate_limit_comes_first(unit: str, amount: int, free: int) -> None:
    connector = written(pacing={"amount": 1, "unit": "day"})
    budget = Pacer().budget(connector, instance("A", rate_limit={"amount": amount, "unit": unit}), "a")
    went = 0

    async def one() -> None:
        nonlocal went
        await budget.acquire()
        went += 1

    calls = [asyncio.create_task(one()) for _ in range(free + 5)]
    await asyncio.sleep(0)
    assert went == free
    for call in calls:
        call.cancel()
