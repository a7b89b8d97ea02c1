"""The demonstration: three stores and one ERP as sandboxes, one flow, on 127.0.0.1:8400.

`make demo` keeps serving until Ctrl-C; `make demo ONCE=1` ends after the run, with exit code 0 only if every order of
every store is in the ERP exactly once. Everything it writes is in data/demo, which is made afresh.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import build_web
import yaml
from rich import box
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "orders-to-netsuite"
DATA = ROOT / "data" / "demo"
FLOW = "Orders to NetSuite"
PORT = 8400
START_S = 90.0
COUNTS = ("pulled", "sent", "confirmed", "failed")
WEFTLINE = [sys.executable, "-m", "weftline.cli.main"]

console = Console(highlight=False, soft_wrap=True)
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class DemoError(Exception):
    """Why the demonstration cannot go on, in one line."""


def main() -> int:
    """0 if every order is where it belongs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop after the run")
    parser.add_argument("--port", type=int, default=PORT, help=f"where Weftline listens; {PORT} by default")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that puts us into the background ignores it
    try:
        return 1 if build_web.main() else demonstrate(options.port, once=options.once)
    except DemoError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    except KeyboardInterrupt:
        console.print("\nstopped")
        return 0


def demonstrate(port: int, *, once: bool) -> int:
    """Start the sandboxes and a fresh server, run the example, and serve on unless it is to happen once."""
    places = yaml.safe_load((EXAMPLE / "sandboxes.yaml").read_text())["sandboxes"]
    refuse_taken("Weftline", port)
    for place in places:
        refuse_taken(f"the sandbox {place.get('name') or place['slug']}", place["port"])
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    with process("sandboxes", "sandbox", str(EXAMPLE / "sandboxes.yaml")) as sandboxes:
        for place in places:
            wait_for(f"http://127.0.0.1:{place['port']}/_sandbox/stats", sandboxes, "sandboxes")
        with process("server", "serve", "--port", str(port)) as server:
            wait_for(f"http://127.0.0.1:{port}/health", server, "server")
            arrived = show_run(places)
            say_where(port)
            if once:
                return 0 if arrived else 1
            console.print("\nServing until Ctrl-C.")
            server.wait()
            raise DemoError(f"the server ended by itself: see {short(DATA / 'server.log')}")


def show_run(places: list[dict[str, Any]]) -> bool:
    """Apply the example, run it, and count at both ends; whether all is there, once."""
    weftline("apply", str(EXAMPLE / "workspace.yaml"), "--env-file", str(EXAMPLE / "demo.env"))
    console.print(f"\nRunning [bold]{FLOW}[/bold]")
    out = subprocess.run(
        [*WEFTLINE, "run", FLOW, "--wait", "--json"], env=environ(), stdout=subprocess.PIPE, check=False
    )
    try:
        result = json.loads(out.stdout)
    except ValueError:
        raise DemoError(f"the run could not be started: see {short(DATA / 'server.log')}") from None
    erp = next(place for place in places if place["slug"] == "netsuite")
    written = orders_at_the_erp(erp["port"])
    console.print(f"\n{FLOW}: [bold]{result['status'].replace('_', ' ')}[/bold] in {result['seconds']:.1f} s")
    arrived = result["status"] == "success"
    sources = {source["instance"].lower().split()[-1]: source for source in result["sources"]}
    expected: set[str] = set()
    for place in places:
        if place is erp:
            continue
        name = place["name"]
        wanted = {f"{name}-{number}" for number in order_ids(place)}
        expected |= wanted
        found = count(wanted, written)
        arrived = arrived and found[0] == len(wanted)
        show_store(sources.get(name, {}), name, len(wanted), found)
    strange = len(set(written) - expected)
    if strange:
        console.print(f"[red]{strange} orders in the ERP belong to no store[/red]")
    arrived = arrived and not strange
    verdict = (
        "every order of every store is in NetSuite exactly once" if arrived else "orders are missing or repeated"
    )
    console.print(f"\n[bold {'green' if arrived else 'red'}]{len(written)} orders in NetSuite: {verdict}[/]")
    return arrived


def count(wanted: set[str], written: dict[str, int]) -> tuple[int, int, int]:
    """How many of the wanted are there once, there after several writes, and missing."""
    once = sum(written.get(key) == 1 for key in wanted)
    repeated = sum(written.get(key, 0) > 1 for key in wanted)
    return once, repeated, len(wanted) - once - repeated


def show_store(source: dict[str, Any], name: str, orders: int, found: tuple[int, int, int]) -> None:
    """One store's table: what Weftline says, and what the ERP itself counted."""
    table = Table(
        title=source.get("instance", name),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
    )
    for column in ("orders", *COUNTS, "arrived", "repeated", "missing"):
        table.add_column(column, justify="right")
    once, repeated, missing = found
    table.add_row(
        str(orders), *(str(source.get(count, 0)) for count in COUNTS), str(once), str(repeated), str(missing)
    )
    console.print()
    console.print(table)


def orders_at_the_erp(port: int) -> dict[str, int]:
    """External id and number of writes of every order, as the ERP's stand-in counted them."""
    found: dict[str, int] = {}
    while True:
        page = read_json(f"http://127.0.0.1:{port}/_sandbox/orders?offset={len(found)}&limit=1000")
        found |= {order["external_id"]: order["writes"] for order in page["orders"]}
        if not page["has_more"]:
            return found


def order_ids(place: dict[str, Any]) -> list[int]:
    """The id of every order of a store, asked for as its own clients would."""
    url: str | None = f"http://127.0.0.1:{place['port']}/admin/api/2026-07/orders.json?status=any&limit=250&fields=id"
    found: list[int] = []
    while url:
        request = urllib.request.Request(url, headers={"X-Shopify-Access-Token": place["options"]["access_token"]})
        with direct.open(request, timeout=30) as answer:
            found += [order["id"] for order in json.load(answer)["orders"]]
            following = re.search(r'<([^>]+)>; rel="?next"?', answer.headers.get("Link", ""))
        url = following[1] if following else None
    return found


def say_where(port: int) -> None:
    """Where the UI is and how to sign in."""
    password = re.search(r"^\s*password\s+(\S+)", (DATA / "server.log").read_text(), re.MULTILINE)
    console.print(f"\nWeb UI    http://127.0.0.1:{port}")
    if password:
        console.print(f"Sign in   admin, with the one-time password {password[1]}", markup=False)
    console.print(f"Logs      {short(DATA)}/server.log, {short(DATA)}/sandboxes.log")
    console.print(f"CLI       WEFTLINE_DATA_DIR={short(DATA)} uv run weftline runs")


def weftline(*words: str) -> None:
    """A command; its output is ours."""
    if subprocess.run([*WEFTLINE, *words], env=environ(), check=False).returncode:
        raise DemoError(f"'weftline {words[0]}' failed: see {short(DATA / 'server.log')}")


@contextlib.contextmanager
def process(name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command that lives as long as the block, with its output in the data folder."""
    with (DATA / f"{name}.log").open("wb") as log:
        started = subprocess.Popen([*WEFTLINE, *words], env=environ(), stdout=log, stderr=log, start_new_session=True)
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(30)
            except subprocess.TimeoutExpired:
                started.kill()


def environ() -> dict[str, str]:
    """Our own settings and no others."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("WEFTLINE_")}
    return own | {"WEFTLINE_DATA_DIR": str(DATA), "WEFTLINE_LOG_LEVEL": "warning"}


def refuse_taken(what: str, port: int) -> None:
    """A clear line if somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise DemoError(
                f"port {port} of 127.0.0.1, which {what} needs, is taken: end the program that listens there "
                f"(ss -ltnp 'sport = :{port}' names it)"
            ) from None


def wait_for(url: str, process: subprocess.Popen[bytes], name: str) -> None:
    """Until it answers."""
    deadline = time.monotonic() + START_S
    while True:
        with contextlib.suppress(OSError, ValueError):
            read_json(url)
            return
        if process.poll() is not None or time.monotonic() > deadline:
            tail = (DATA / f"{name}.log").read_text(errors="replace").strip().splitlines()[-1:]
            raise DemoError(
                f"the {name} did not start: {' '.join(tail) or 'no output'} (see {short(DATA)}/{name}.log)"
            )
        time.sleep(0.2)


def read_json(url: str) -> Any:
    """The JSON of an address."""
    with direct.open(url, timeout=30) as answer:
        return json.load(answer)


def short(path: Path) -> str:
    """A path as people say it."""
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
