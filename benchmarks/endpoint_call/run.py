"""endpoint_call: what one call costs beside bare aiohttp and orjson.

    uv run python benchmarks/endpoint_call/run.py [--calls 2000] [--rounds 7]

Both get the same 50 kB page of records from a server in a process of its own, eight calls at once, with a bearer
token, and decode it. Weftline plans, paces, signs, sends, judges and decodes by its own rules (decimals stay exact).
Rounds alternate; told are the medians of CPU microseconds per call (user + system of this process) and their ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json as plain_json
import multiprocessing
import socket
import statistics
import time
from collections.abc import Awaitable, Callable

import aiohttp
import orjson
import uvloop

from weftline.connectors import Session
from weftline.connectors.pacing import Pacer
from weftline.kernel import json
from weftline.model import Connector, Instance
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections

AT_ONCE = 8
BYTES = 50_000
TOKEN = "secret-of-the-benchmark"
Call = Callable[[], Awaitable[int]]


def page() -> bytes:
    """A page of about 50 kB, records as shops send them."""
    record = {
        "id": 450789469, "name": "#1001", "email": "ada@example.com", "total_price": "409.94", "weight": 1.25,
        "created_at": "2026-01-10T11:00:00-05:00", "note": "leave it at the door " * 4, "tags": ["new", "gift"],
        "line_items": [{"sku": f"IPOD-{n}", "quantity": n, "price": 19.9, "taxable": True} for n in range(1, 4)],
    }  # fmt: skip
    count = BYTES // len(plain_json.dumps(record))
    return plain_json.dumps({"items": [record | {"id": 450789469 + n} for n in range(count)]}).encode()


def serve(listener: socket.socket) -> None:
    """Answers every request on every connection with the page."""
    body = page()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer = head + body

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
                await writer.drain()

    async def run() -> None:
        server = await asyncio.start_server(connection, sock=listener)
        await server.serve_forever()

    uvloop.run(run())


def connector(url: str) -> Connector:
    """One that lists the items."""
    return Connector.model_validate(
        {
            "slug": "bench", "version": "1.0.0", "title": "Bench", "category": "test",
            "auth": [{"key": "token", "kind": "bearer", "title": "Token",
                      "credentials": [{"key": "token", "title": "Token", "secret": True}]}],
            "transport": {"kind": "http", "base_url": url},
            "pacing": {"amount": 100_000, "unit": "second"},
            "endpoints": [{"key": "items.list", "title": "List", "entity": "item", "direction": "receive",
                           "request": {"path": "/items", "query": {"limit": 250}}, "items_path": "items",
                           "pagination": {"kind": "none"}}],
        }
    )  # fmt: skip


async def spend(call: Call, calls: int) -> float:
    """CPU microseconds per call."""
    left = calls

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            assert await call() > 50

    started = time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return (time.process_time() - started) / calls * 1e6


async def measure(url: str, calls: int, rounds: int) -> dict[str, list[float]]:
    """CPU per call of each side, round by round."""
    connections = HttpConnections(OutboundPolicy(allow_private=True))
    instance = Instance(name="Bench", connector="bench")
    session = Session(connector(url), instance, "bench", {"token": TOKEN}, connections, Pacer())

    async def weftline() -> int:
        return sum([len(json.decode(page.raw)) async for page in session.pages("items.list", {}, {})])

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:

        async def bare() -> int:
            headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
            async with client.get(f"{url}/items", params={"limit": 250}, headers=headers) as response:
                response.raise_for_status()
                return len(orjson.loads(await response.read())["items"])

        found: dict[str, list[float]] = {"bare": [], "weftline": []}
        for call in (bare, weftline):  # connections and caches
            await spend(call, AT_ONCE * 8)
        for _ in range(rounds):
            found["bare"].append(await spend(bare, calls))
            found["weftline"].append(await spend(weftline, calls))
    await connections.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", 0))
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listener,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    try:
        found = uvloop.run(measure(url, options.calls, options.rounds))
    finally:
        server.terminate()
        server.join(10)
    for side, values in found.items():
        print(f"{side:9} median {statistics.median(values):6.0f} µs CPU a call; rounds {[round(v) for v in values]}")
    print(
        f"ratio {statistics.median(found['weftline']) / statistics.median(found['bare']):.2f} (target: at most 1.6)"
    )


if __name__ == "__main__":
    main()
