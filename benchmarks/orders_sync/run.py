"""orders_sync: 3 stores x N orders into one ERP, Weftline beside a hand-written script, in turn.

    uv run python benchmarks/orders_sync/run.py [--orders 20000] [--rounds 3] [--json FILE]

The sandboxes run in a process of their own. Reported per side: orders/s, CPU seconds (user + system, of the working
process), peak resident memory; then the ratio of the medians. Orders are counted at the ERP: each must be there once.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
STORES = ("uk", "eu", "us")
ERP = {
    "account": "DEMO_1",
    "consumer_key": "demo-consumer-key",
    "consumer_secret": "demo-consumer-secret",
    "token_id": "demo-token-id",
    "token_secret": "demo-token-secret",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(url: str, method: str = "GET") -> dict:
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=30) as response:
        return json.loads(response.read() or b"{}")


@contextlib.contextmanager
def sandboxes(orders: int, folder: Path) -> Iterator[dict]:
    """The stand-ins in one process; yields where they are."""
    stores = [
        {"name": name, "base_url": f"http://127.0.0.1:{free_port()}", "token": f"demo-{name}"} for name in STORES
    ]
    erp = ERP | {"base_url": f"http://127.0.0.1:{free_port()}"}

    def place(slug: str, url: str, options: dict) -> dict:
        return {"slug": slug, "port": int(url.rpartition(":")[2]), "options": options}

    document = {
        "catalog": str(ROOT / "catalog"),
        "sandboxes": [
            *(
                place("shopify", s["base_url"], {"store": s["name"], "orders": orders, "access_token": s["token"]})
                for s in stores
            ),
            place("netsuite", erp["base_url"], ERP),
        ],
    }
    file = folder / "sandboxes.yaml"
    file.write_text(json.dumps(document))
    process = subprocess.Popen(
        [sys.executable, "-m", "weftline.testing.sandboxes", "--file", str(file)], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 120
        for base in [*(store["base_url"] for store in stores), erp["base_url"]]:
            while True:
                try:
                    call(f"{base}/_sandbox/stats")
                    break
                except OSError:
                    if time.monotonic() > deadline or process.poll() is not None:
                        raise SystemExit("the sandboxes did not start") from None
                    time.sleep(0.2)
        yield {"stores": stores, "erp": erp}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def by_hand(job: dict) -> dict:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([sys.executable, str(HERE / "script.py"), json.dumps(job)], stdout=subprocess.PIPE)
    watched = psutil.Process(process.pid)
    peak = 0
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            peak = max(peak, watched.memory_info().rss)
        time.sleep(0.05)
    assert process.stdout is not None
    result = json.loads(process.stdout.read())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return result | {"cpu_s": cpu, "peak_mb": peak / 1e6}


def weftline_env(folder: Path, job: dict, port: int, database: str) -> dict[str, str]:
    env = os.environ | {
        "WEFTLINE_DATA_DIR": str(folder / "data"),
        "WEFTLINE_PORT": str(port),
        "WEFTLINE_CATALOG_DIR": str(ROOT / "catalog"),
        "WEFTLINE_LOG_LEVEL": "warning",
    }
    if database:
        env["WEFTLINE_DATABASE_URL"] = database
    for store in job["stores"]:
        name = store["name"].upper()
        env |= {f"STORE_{name}_URL": store["base_url"], f"STORE_{name}_TOKEN": store["token"]}
    erp = job["erp"]
    return env | {f"ERP_{name.upper()}": erp[name] for name in (*ERP, "base_url")}


def by_weftline(job: dict, folder: Path, database: str = "") -> dict:
    """A fresh server, one run, then what the server used."""
    shutil.rmtree(folder / "data", ignore_errors=True)
    port = free_port()
    env = weftline_env(folder, job, port, database)
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen([sys.executable, "-m", "weftline.cli.main", "serve"], env=env, stdout=log, stderr=log)
    try:
        wait_for(port, server, folder)
        cli = [sys.executable, "-m", "weftline.cli.main"]
        subprocess.run([*cli, "apply", str(HERE / "workspace.yaml")], env=env, check=True, stdout=subprocess.DEVNULL)
        watched = psutil.Process(server.pid)
        before = watched.cpu_times()
        out = subprocess.run(
            [*cli, "run", "Orders to ERP", "--wait", "--json"], env=env, check=False, stdout=subprocess.PIPE
        )
        after = watched.cpu_times()
        result = json.loads(out.stdout)
        peak_kb = int(
            next(
                line.split()[1]
                for line in Path(f"/proc/{server.pid}/status").read_text().splitlines()
                if line.startswith("VmHWM")
            )
        )
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    orders = sum(source["confirmed"] for source in result["sources"])
    cpu = after.user + after.system - before.user - before.system
    return {
        "orders": orders,
        "seconds": result["seconds"],
        "cpu_s": cpu,
        "peak_mb": peak_kb * 1024 / 1e6,
        "status": result["status"],
    }


def wait_for(port: int, server: subprocess.Popen, folder: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            call(f"http://127.0.0.1:{port}/health")
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the server did not start:\n{(folder / 'server.log').read_text()}") from None
            time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20_000, help="orders per store")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", default="", help="a PostgreSQL URL; SQLite when left out")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    rounds: dict[str, list[dict]] = {"by hand": [], "weftline": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with sandboxes(options.orders, folder) as job:
            for _ in range(options.rounds):
                for side, measure in (("by hand", by_hand), ("weftline", None)):
                    call(f"{job['erp']['base_url']}/_sandbox/reset", "POST")
                    figures = measure(job) if measure else by_weftline(job, folder, options.database)
                    stats = call(f"{job['erp']['base_url']}/_sandbox/stats")
                    figures |= {"rate": figures["orders"] / figures["seconds"], "repeated": stats["repeated"]}
                    assert stats["orders"] == figures["orders"], (stats, figures)
                    rounds[side].append(figures)
                    sys.stdout.write(
                        f"{side:9} {figures['orders']:6} orders  {figures['rate']:7.0f}/s  "
                        f"CPU {figures['cpu_s']:6.2f} s  peak {figures['peak_mb']:5.0f} MB  "
                        f"repeated {figures['repeated']}\n"
                    )
                    sys.stdout.flush()
    medians = {
        side: {key: statistics.median(f[key] for f in found) for key in ("rate", "cpu_s", "peak_mb")}
        for side, found in rounds.items()
    }
    ratio = medians["weftline"]["rate"] / medians["by hand"]["rate"]
    sys.stdout.write(f"ratio of medians (orders/s, Weftline / by hand): {ratio:.2f}\n")
    if options.json:
        options.json.write_text(json.dumps({"rounds": rounds, "medians": medians, "ratio": ratio}, indent=2))


if __name__ == "__main__":
    main()
