"""What one send costs: an endpoint call of the connector room beside aiohttp and a signature by hand.

Both upsert the same sales orders into the stand-in of NetSuite, which runs in a process of its own, 16 at once.
Rounds alternate; medians of the CPU microseconds per call (user + system of this process) and their ratio are told.

    uv run python benchmarks/endpoint_call/send.py [--calls 4000] [--rounds 5] [--profile FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop

from weftline.connectors import Session
from weftline.connectors.pacing import Pacer
from weftline.kernel import json
from weftline.model import Connector, Instance
from weftline.model.yaml import read_document
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "orders_sync"))
from script import AT_ONCE, signer  # noqa: E402

PORT = 8439
URL = f"http://127.0.0.1:{PORT}"
TBA = {
    "consumer_key": "demo-consumer-key", "consumer_secret": "demo-consumer-secret",
    "token_id": "demo-token-id", "token_secret": "demo-token-secret",
}  # fmt: skip
ENDPOINT = "sales_orders.upsert"
Send = Callable[[dict[str, Any]], Awaitable[Any]]


@contextmanager
def sandbox() -> Iterator[None]:
    """The stand-in, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sandboxes.yaml"
        file.write_text(f"sandboxes:\n  - {{slug: netsuite, port: {PORT}, options: {{account: DEMO_1}}}}\n")
        process = subprocess.Popen([sys.executable, "-m", "weftline.testing.sandboxes", "--file", str(file)],
                                   stdout=subprocess.DEVNULL)  # fmt: skip
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"{URL}/_sandbox/stats", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(10)


def orders(calls: int) -> Iterator[dict[str, Any]]:
    """Sales orders of about 300 bytes, their amounts as the pull decodes them."""
    line = {"item": {"externalId": "WAL-TEAP-000-GRE"}, "quantity": 3, "rate": json.decode(b"12.30")}
    for number in itertools.count(1):
        if number > calls:
            return
        yield {
            "externalId": f"uk-{number}", "entity": {"externalId": "customer@example.com"}, "tranDate": "2026-01-06",
            "memo": f"#{number}", "currency": {"refName": "GBP"}, "item": {"items": [line, line]},
        }  # fmt: skip


async def spend(send: Send, calls: int) -> float:
    """CPU microseconds per call."""
    source = orders(calls)

    async def worker() -> None:
        for order in source:
            await send(order)

    started = time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return (time.process_time() - started) / calls * 1e6


async def measure(calls: int, rounds: int, profile: cProfile.Profile | None) -> dict[str, list[float]]:
    """CPU per call of each side, round by round."""
    connector = read_document(ROOT / "catalog" / "netsuite" / "connector.yaml", Connector)
    instance = Instance(name="ERP", connector="netsuite", variables={"account": "DEMO_1", "base_url": URL})
    connections = HttpConnections(OutboundPolicy(allow_private=True))
    session = Session(connector, instance, "erp", TBA, connections, Pacer())
    sign = signer("DEMO_1", *TBA.values())

    async def room(order: dict[str, Any]) -> None:
        prepared = session.prepare(ENDPOINT, order, {})
        answer = await session.send(ENDPOINT, prepared, "key")
        assert answer.result_id

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:

        async def bare(order: dict[str, Any]) -> None:
            url = f"{URL}/services/rest/record/v1/salesOrder/eid:{order['externalId']}"
            headers = {"Authorization": sign("PUT", url), "Content-Type": "application/json"}
            async with client.put(url, data=orjson.dumps(order, default=float), headers=headers) as response:
                response.raise_for_status()
                await response.read()

        found: dict[str, list[float]] = {"bare": [], "room": []}
        for _ in range(rounds):
            found["bare"].append(await spend(bare, calls))
            with profile or nullcontext():
                found["room"].append(await spend(room, calls))
    await connections.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", help="write the room's cProfile statistics here")
    options = parser.parse_args()
    profile = cProfile.Profile() if options.profile else None
    with sandbox():
        found = uvloop.run(measure(options.calls, options.rounds, profile))
    if profile is not None:
        profile.dump_stats(options.profile)
    bare, room = (statistics.median(found[side]) for side in ("bare", "room"))
    for side, values in found.items():
        print(f"{side}: median {statistics.median(values):.0f} µs CPU a call; rounds {[round(v) for v in values]}")
    print(f"ratio: {room / bare:.2f}")


if __name__ == "__main__":
    main()
