"""pull: 20,000 orders in pages of 250 from one store: Weftline's sessions beside a bare script, dlt and airbyte-cdk.

    uv run python benchmarks/pull/run.py [--orders 20000] [--rounds 3] [--others]

The store's stand-in runs in a process of its own. Every side reads all pages and decodes every order; Weftline keeps
decimals exact and guards the chain of pages. ``--others`` puts dlt and airbyte-cdk into a temporary environment with
uv and runs them there. Told are orders a second of each round, and the ratio of Weftline's median to the bare one.
"""

from __future__ import annotations

import argparse
import asyncio
import json as plain_json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOKEN = "demo-token"
PATH = "/admin/api/2026-07/orders.json"
OTHERS = ("dlt", "airbyte_cdk")


@contextmanager
def sandbox(orders: int) -> Iterator[str]:
    """The stand-in with so many orders; its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    options = {"store": "uk", "orders": orders, "access_token": TOKEN}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sandboxes.yaml"
        file.write_text(plain_json.dumps({"sandboxes": [{"slug": "shopify", "port": port, "options": options}]}))
        command = [sys.executable, "-m", "weftline.testing.sandboxes", "--file", str(file)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            for _ in range(400):
                try:
                    urllib.request.urlopen(f"{url}/_sandbox/stats", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait(10)


async def bare(url: str) -> int:
    """As one would write it by hand."""
    count, following = 0, f"{url}{PATH}?limit=250&status=any"
    async with aiohttp.ClientSession(headers={"X-Shopify-Access-Token": TOKEN}) as client:
        while following:
            async with client.get(following) as response:
                response.raise_for_status()
                count += len(orjson.loads(await response.read())["orders"])
                following = str(response.links["next"]["url"]) if "next" in response.links else ""
    return count


async def weftline(url: str) -> int:
    """A session of the catalog's connector."""
    connector = read_document(ROOT / "catalog" / "shopify" / "connector.yaml", Connector)
    instance = Instance.model_validate(
        {
            "name": "Store", "connector": "shopify", "variables": {"store": "uk", "base_url": url},
            "rate_limit": {"amount": 10_000, "unit": "second"},
        }
    )  # fmt: skip
    connections = HttpConnections(OutboundPolicy(allow_private=True))
    session = Session(connector, instance, "store", {"token": TOKEN}, connections, Pacer())
    count = 0
    async for page in session.pages("orders.list", {}, {}):
        count += len(json.decode(page.raw))
    await connections.close()
    return count


def timed(pull: Callable[[str], Awaitable[int]], url: str, orders: int) -> float:
    """Orders a second."""
    started = time.perf_counter()
    count = uvloop.run(asyncio.wait_for(pull(url), 300))  # type: ignore[arg-type]
    assert count == orders, count
    return orders / (time.perf_counter() - started)


@contextmanager
def environment() -> Iterator[Path]:
    """A temporary environment with the other libraries; its Python."""
    uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        python = Path(folder) / "bin" / "python"
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "dlt", "airbyte-cdk"]
        subprocess.run(install, check=True)
        yield python


def by_other(python: Path, name: str, url: str, orders: int) -> float:
    """Orders a second of another library, told by its own process."""
    command = [str(python), str(HERE / f"with_{name}.py"), url + PATH, TOKEN]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    result = plain_json.loads(done.stdout.splitlines()[-1])
    assert result["orders"] == orders, result
    return orders / float(result["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others", action="store_true", help="measure dlt and airbyte-cdk, too")
    options = parser.parse_args()
    found: dict[str, list[float]] = {"bare": [], "weftline": []}
    with sandbox(options.orders) as url:
        for _ in range(options.rounds):
            found["bare"].append(timed(bare, url, options.orders))
            found["weftline"].append(timed(weftline, url, options.orders))
        if options.others:
            with environment() as python:
                for name in OTHERS:
                    found[name] = [by_other(python, name, url, options.orders) for _ in range(options.rounds)]
    for side, rates in found.items():
        print(f"{side:12} median {statistics.median(rates):7,.0f} orders/s; rounds {[round(rate) for rate in rates]}")
    ratio = statistics.median(found["weftline"]) / statistics.median(found["bare"])
    print(f"ratio {ratio:.2f} (target: at least 0.6)")


if __name__ == "__main__":
    main()
