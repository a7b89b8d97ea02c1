"""long_answer: one answer of a million records through a whole flow, in bounded memory.

    uv run python benchmarks/long_answer/run.py [--records 1000000] [--most-mb 300]

One server process answers one request with a JSON list of about 500 bytes a record, never held whole by either side,
and takes the records back, 500 a request. Told are the time, Weftline's peak resident memory while it pulls, maps,
keeps a ledger and sends, and whether every record arrived exactly once. Exits with 1 when one did not, or when memory
went over the most.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
import uvloop
import yaml
from aiohttp import web

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "orders_sync"))
from run import call, free_port, wait_for  # noqa: E402

PIECE = 1000
CONNECTOR = {
    "slug": "warehouse", "version": "1.0.0", "title": "Warehouse", "category": "test",
    "variables": [{"key": "base_url", "title": "Base URL", "required": True}],
    "transport": {"kind": "http", "base_url": "{{ base_url }}", "timeout_s": 60},
    "auth": [],
    "endpoints": [
        {"key": "stock.list", "title": "List stock", "entity": "stock", "direction": "receive",
         "request": {"path": "/stock"}, "items_path": "stock", "stream": True, "pagination": {"kind": "none"}},
        {"key": "stock.put", "title": "Put stock", "entity": "stock", "direction": "send",
         "request": {"method": "POST", "path": "/stock"},
         "idempotency": {"kind": "upsert", "record_key": "{{ payload.id }}"}, "bulk": {"max_records": 500}},
    ],
}  # fmt: skip
WORKSPACE = {
    "connectors": [{"slug": "warehouse"}],
    "instances": [{"name": "Warehouse", "connector": "warehouse", "variables": {"base_url": "${env:WAREHOUSE_URL}"}}],
    "flows": [
        {
            "name": "Stock",
            "deploy": True,
            "steps": [
                {"id": "pull", "shape": "connector", "instance": "Warehouse", "endpoint": "stock.list"},
                {"id": "slim", "shape": "map", "rules": [
                    {"to": "id", "from": "payload.id"},
                    {"to": "on_hand", "from": "payload.levels.on_hand"},
                    {"to": "price", "from": "payload.price"},
                ]},
                {"id": "put", "shape": "connector", "instance": "Warehouse", "endpoint": "stock.put"},
            ],
        }
    ],
}  # fmt: skip


def serve(port: int, records: int) -> None:
    """The warehouse."""
    seen = bytearray(records)
    repeated = size = 0

    def record(number: int) -> dict:
        return {
            "id": number, "sku": f"SKU-{number:09}", "title": "A thing that stands on a shelf " * 5, "price": 12.50,
            "levels": {"on_hand": number % 97, "reserved": number % 7, "safety": 5},
            "places": [{"aisle": f"A{number % 40}", "bin": f"B{number % 300}", "n": number % 9} for _ in range(3)],
            "updated_at": "2026-01-10T11:00:00Z", "tags": ["new", "fragile"],
            "note": "leave it at the door of the house on the left",
        }  # fmt: skip

    async def listing(request: web.Request) -> web.StreamResponse:
        nonlocal size
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        await answer.write(b'{"stock":[')
        for start in range(0, records, PIECE):
            piece = orjson.dumps([record(number) for number in range(start, min(start + PIECE, records))])[1:-1]
            size += len(piece) + 1
            await answer.write((b"," if start else b"") + piece)
        await answer.write(b"]}")
        await answer.write_eof()
        return answer

    async def put(request: web.Request) -> web.Response:
        nonlocal repeated
        for one in orjson.loads(await request.read()):
            repeated += seen[one["id"]]
            seen[one["id"]] = 1
        return web.Response(status=204)

    async def stats(_: web.Request) -> web.Response:
        return web.json_response({"arrived": sum(seen), "repeated": repeated, "bytes": size})

    async def run() -> None:
        app = web.Application()
        app.add_routes([web.get("/stock", listing), web.post("/stock", put), web.get("/stats", stats)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()

    uvloop.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--most-mb", type=int, default=300, help="peak memory of the server that is still good")
    options = parser.parse_args()
    port, warehouse = free_port(), free_port()
    url = f"http://127.0.0.1:{warehouse}"
    source = multiprocessing.get_context("spawn").Process(
        target=serve, args=(warehouse, options.records), daemon=True
    )
    source.start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "catalog" / "warehouse").mkdir(parents=True)
        (folder / "catalog" / "warehouse" / "connector.yaml").write_text(yaml.safe_dump(CONNECTOR))
        (folder / "catalog" / "warehouse" / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
        (folder / "workspace.yaml").write_text(yaml.safe_dump(WORKSPACE))
        env = os.environ | {
            "WEFTLINE_DATA_DIR": str(folder / "data"), "WEFTLINE_PORT": str(port), "WAREHOUSE_URL": url,
            "WEFTLINE_CATALOG_DIR": str(folder / "catalog"), "WEFTLINE_LOG_LEVEL": "warning",
        }  # fmt: skip
        cli = [sys.executable, "-m", "weftline.cli.main"]
        log = (folder / "server.log").open("wb")
        server = subprocess.Popen([*cli, "serve"], env=env, stdout=log, stderr=log)
        try:
            wait_for(port, server, folder)
            subprocess.run([*cli, "apply", str(folder / "workspace.yaml")], env=env, check=True, stdout=sys.stderr)
            Path(f"/proc/{server.pid}/clear_refs").write_text("5")  # the peak begins anew
            began = memory_mb(server.pid)
            started = time.monotonic()
            run = subprocess.run(
                [*cli, "run", "Stock", "--wait", "--json"], env=env, stdout=subprocess.PIPE, check=False
            )
            took = time.monotonic() - started
            peak = memory_mb(server.pid)
            result = json.loads(run.stdout)
            stats = call(f"{url}/stats")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
            source.terminate()
            source.join(10)
    size_mb, rate = stats.pop("bytes") / 1e6, options.records / took
    print(f"{options.records:,} records, {size_mb:.0f} MB: {result['status']}, {took:.0f} s ({rate:,.0f} records/s)")
    print(f"peak memory {peak:.0f} MB ({began:.0f} MB before the run; target: under {options.most_mb})")
    print(f"arrived {stats['arrived']:,}, repeated {stats['repeated']:,}")
    good = stats == {"arrived": options.records, "repeated": 0} and peak < options.most_mb
    raise SystemExit(0 if good else 1)


def memory_mb(pid: int) -> float:
    """The peak so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6


if __name__ == "__main__":
    main()
