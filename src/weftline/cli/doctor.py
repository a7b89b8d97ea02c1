"""``weftline doctor``: look at everything that Weftline needs, and say what to do about what is wrong."""

from __future__ import annotations

import asyncio
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typer

from weftline import settings as setup
from weftline.cli import codes
from weftline.cli.connection import is_up
from weftline.cli.options import AsJson
from weftline.cli.output import print_json, say, table
from weftline.cli.server_file import read_server_file
from weftline.errors import WeftlineError
from weftline.settings import Settings

PYTHON_AT_LEAST = (3, 11)
NODE_AT_LEAST = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found. ``warning`` does not keep Weftline from working."""

    what: str
    level: Literal["ok", "warning", "error"]
    message: str
    hint: str = ""


def doctor(as_json: AsJson = False) -> None:
    """Check the installation: settings, data folder, database, catalog, port, web UI, versions.

    Says what to do about what is wrong. Exit code 1 if anything must be put right.
    """
    findings = _findings()
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        table(
            ["", "what", "found"],
            [[f.level, f.what, f.message + (f" -> {f.hint}" if f.hint else "")] for f in findings],
        )
        wrong = sum(finding.level == "error" for finding in findings)
        say("")
        say("all is well" if not wrong else f"{wrong} to be put right")
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(codes.FAILED)


def _findings() -> list[Finding]:
    found = [_python(), _node()]
    try:
        settings = setup.load()
    except WeftlineError as error:
        return [*found, Finding("settings", "error", error.message, error.hint)]
    found.append(Finding("settings", "ok", f"data in {settings.data_dir}, {_without_password(settings)}"))
    looks: list[Callable[[Settings], Finding]] = [_data_dir, _database, _catalog, _port, _web]
    return [*found, *(look(settings) for look in looks)]


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < PYTHON_AT_LEAST:
        return Finding("Python", "error", version, "install Python 3.11 or newer")
    return Finding("Python", "ok", version)


def _node() -> Finding:
    node = shutil.which("node")
    if node is None:
        return Finding("Node", "warning", "not found", "only needed to build the web UI: install Node 20")
    out = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if int(out.lstrip("v").partition(".")[0] or 0) < NODE_AT_LEAST:
        return Finding("Node", "warning", out, "building the web UI needs Node 20 or newer")
    return Finding("Node", "ok", out)


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "data folder",
            "error",
            f"'{folder}' cannot be written: {error.strerror}",
            "set WEFTLINE_DATA_DIR to a folder of yours",
        )
    free = shutil.disk_usage(folder).free
    if free < 1_000_000_000:
        return Finding("data folder", "warning", f"'{folder}' has {free / 1e6:.0f} MB left", "make room")
    return Finding("data folder", "ok", f"'{folder.resolve()}', {free / 1e9:.0f} GB free")


def _database(settings: Settings) -> Finding:
    from weftline.store import open_engine, schema_state

    name = _without_password(settings)
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.is_sqlite and not path.exists():
        return Finding("database", "ok", f"{name} is made at the first start")
    try:
        engine = open_engine(settings.database_url)
        try:
            have, newest = schema_state(engine)
        finally:
            engine.dispose()
    except WeftlineError as error:
        return Finding("database", "error", error.message, error.hint)
    except Exception as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return Finding(
            "database", "error", f"{name} cannot be reached: {reason}", "check WEFTLINE_DATABASE_URL and the server"
        )
    if have is None:
        return Finding("database", "ok", f"{name} is empty; the first start makes the tables")
    if have != newest:
        return Finding("database", "warning", f"{name} is at schema {have}", f"the next start brings it to {newest}")
    return Finding("database", "ok", f"{name}, schema {have}")


def _catalog(settings: Settings) -> Finding:
    from weftline.marketplace import Catalog

    try:
        catalog = Catalog(settings.catalog_dir)
        entries, broken = catalog.entries(), catalog.problems()
    except (WeftlineError, OSError) as error:
        return Finding("catalog", "error", str(error), "set WEFTLINE_CATALOG_DIR")
    if broken:
        return Finding(
            "catalog",
            "warning",
            f"'{broken[0].slug}' cannot be used: {broken[0].error.message}",
            "see 'weftline connector lint'",
        )
    if not entries:
        return Finding("catalog", "error", f"no connector in '{settings.catalog_dir}'", "set WEFTLINE_CATALOG_DIR")
    return Finding("catalog", "ok", f"{len(entries)} connectors in '{settings.catalog_dir}'")


def _port(settings: Settings) -> Finding:
    running = read_server_file(settings)
    if running is not None and asyncio.run(is_up(running.url)):
        return Finding("server", "ok", f"answers at {running.url} (process {running.pid})")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return Finding(
                "server", "error", f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}",
                "end the program that holds it, or set WEFTLINE_PORT",
            )  # fmt: skip
    return Finding("server", "ok", f"not running; {settings.host}:{settings.port} is free")


def _web(settings: Settings) -> Finding:
    index = Path(setup.__file__).parent / "static" / "index.html"
    if index.is_file():
        return Finding("web UI", "ok", "built")
    return Finding("web UI", "warning", "not built", "run 'make web'")


def _without_password(settings: Settings) -> str:
    url = settings.database_url
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, person = head.partition("://")
    return f"{scheme}://{person.partition(':')[0]}@{tail}"
