"""``kill -9`` at any moment: every order arrives, none twice but those in flight."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.engine.crash.job import CONCURRENCY, workspace
from tests.engine.crash.server import Server
from weftline.engine.ledger import MOST_UNWRITTEN
from weftline.testing.sandboxes import RunningSandbox, running

STORES = ("uk", "eu", "us")
ORDERS = 1200
FEW = 400
"""Of each store, where what counts is who goes on with them: the clock is to time that, not the rest of the run."""
KILLS = 10
SEED = 20261123

pytestmark = [pytest.mark.crash, pytest.mark.timeout(420)]


@pytest.fixture(params=[ORDERS])
def stores(request: pytest.FixtureRequest) -> Iterator[dict[str, RunningSandbox]]:
    shops = {
        name: running("shopify", {"store": name, "orders": request.param, "access_token": f"token-{name}"})
        for name in STORES
    }
    for shop in shops.values():
        shop.start()
    yield shops
    for shop in shops.values():
        shop.stop()


@pytest.fixture
def erp() -> Iterator[RunningSandbox]:
    # A little latency, so that requests are in flight whenever the kill comes.
    with running("netsuite", {"account": "DEMO_1", "latency_ms": 8}) as sandbox:
        yield sandbox


@pytest.fixture
def shared_url(postgres_server: servers.Postgres) -> Iterator[str]:
    """A database that two workers share; SQLite is one process's own, and the kill test above is its case."""
    with servers.database(postgres_server, f"weftline_crash_{os.getpid()}") as url:
        yield url


def wait_until(erp: RunningSandbox, orders: int, seconds: float = 60) -> None:
    """Until the ERP has so many orders."""
    deadline = time.monotonic() + seconds
    while erp.stats()["orders"] < orders:
        assert time.monotonic() < deadline, erp.stats()
        time.sleep(0.002)


def test_ten_kills_lose_nothing_and_repeat_only_what_was_in_flight(
    tmp_path: Path, stores: dict[str, RunningSandbox], erp: RunningSandbox
) -> None:
    chance = random.Random(SEED)
    total = ORDERS * len(STORES)
    moments = sorted(chance.randrange(1, total - 50) for _ in range(KILLS))
    server = Server(tmp_path / "data").start()
    repeated = []
    try:
        server.call("POST", "/workspace/apply", {"document": workspace(stores, erp)})
        run_id = server.call("POST", "/flows/orders/run", {})["id"]
        for moment in moments:
            wait_until(erp, moment)
            time.sleep(chance.uniform(0, 0.02))
            before = erp.stats()["repeated"]
            server.kill()
            server.start()
            wait_until(erp, min(erp.stats()["orders"] + 1, total))
            repeated.append(erp.stats()["repeated"] - before)
        run = server.wait_for_run(run_id)
    finally:
        server.kill()
    stats = erp.stats()
    assert run["status"] == "success", run["error"]
    assert stats["orders"] == total
    assert stats["by_prefix"] == dict.fromkeys(STORES, ORDERS)
    assert (run["pulled"], run["confirmed"], run["failed"]) == (total, total, 0)
    # In flight: requests under way, and those answered whose outcome was not yet on disk.
    assert stats["repeated"] <= KILLS * (CONCURRENCY + MOST_UNWRITTEN), repeated
    assert stats["requests"] == total + stats["repeated"]


@pytest.mark.connected
@pytest.mark.parametrize("stores", [FEW], indirect=True)
def test_a_worker_that_dies_is_succeeded_by_the_other_within_45_seconds(
    tmp_path: Path, stores: dict[str, RunningSandbox], erp: RunningSandbox, shared_url: str
) -> None:
    key = "WmZ4bWZ4bWZ4bWZ4bWZ4bWZ4bWZ4bWZ4bWZ4bWZ4bWY="  # 32 plain bytes; both workers need the same
    shared = {"database_url": shared_url, "master_key": key}
    first = Server(tmp_path / "a", executor_id="worker-a", **shared)
    second = Server(tmp_path / "b", executor_id="worker-b", **shared)
    total = FEW * len(STORES)
    with first, second:
        first.call("POST", "/workspace/apply", {"document": workspace(stores, erp)})
        run_id = first.call("POST", "/flows/orders/run", {})["id"]
        wait_until(erp, total // 4)
        first.kill()
        died_at = time.monotonic()
        sent = erp.stats()["orders"]
        run = second.wait_for_run(run_id)
        took = time.monotonic() - died_at
    stats = erp.stats()
    assert sent < total
    assert run["status"] == "success", run["error"]
    assert stats["orders"] == total
    assert stats["repeated"] <= 2 * (CONCURRENCY + MOST_UNWRITTEN)
    assert took < 45
