"""Floor 13, the composition root: opens every room in order, and closes them in the other."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import gc
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Self

import uvicorn

from weftline.access import Access
from weftline.api import build
from weftline.connectors.sessions import Sessions
from weftline.engine import Engine, EngineOptions
from weftline.errors import ConflictError, SettingsError
from weftline.kernel import json, logger
from weftline.marketplace import Catalog
from weftline.notices import Notices
from weftline.payloads import FileBodies, PayloadStore
from weftline.settings import Settings, hostname
from weftline.state import StoredLookups
from weftline.store import Database, migrate
from weftline.transports import OutboundPolicy
from weftline.triggers import Supervisor, Webhooks
from weftline.vault import KeyRing, Vault, load_or_create_ring
from weftline.workspace import (
    Connectors,
    ConnectorVersions,
    Consents,
    Flows,
    Instances,
    LookupTables,
    Trials,
    Workspaces,
)

__all__ = ["LOCK_FILE", "SERVER_FILE", "App", "serve"]

SERVER_FILE = "server.json"
"""In ``data_dir`` while a server runs: its address and process id, for commands on the same machine."""

LOCK_FILE = "server.lock"
_MASTER_KEY_FILE = "master.key"
_GRACE_S = 5
"""How long requests under way may take after a signal to stop."""


class App:
    """The open rooms. Made by :meth:`open`; the attributes are what :class:`weftline.api.Rooms` asks for."""

    def __init__(self, settings: Settings, lock: IO[str] | None) -> None:
        self.settings = settings
        self.closing = asyncio.Event()
        self.url = settings.public_url or f"http://{_shown_host(settings.host)}:{settings.port}"
        self.first_password: str | None = None
        """The administrator's one-time password, at the very first start only."""
        self._lock = lock
        self.db = Database.open(settings.database_url)
        self._built = contextlib.AsyncExitStack()
        self._built.callback(self.db.close)

    @classmethod
    async def open(cls, settings: Settings) -> Self:
        """Open everything on this event loop; a :class:`ConflictError` if another server has the data folder."""
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        lock = _take(settings.data_dir) if settings.is_sqlite else None
        try:
            app = cls(settings, lock)
        except BaseException:
            _release(lock)
            raise
        try:
            await app._open_rooms()
        except BaseException:
            await app.close()
            raise
        return app

    async def _open_rooms(self) -> None:
        settings, db, built = self.settings, self.db, self._built
        await asyncio.to_thread(migrate, db.engine)
        vault = Vault(_ring(settings))
        self.access = Access(db)
        built.callback(self.access.close)
        bodies = FileBodies(settings.data_dir / "payloads") if settings.payloads_in_files else None
        self.payloads = PayloadStore(db, bodies)
        self.catalog = Catalog(settings.catalog_dir)
        self.sessions = Sessions(db, vault, OutboundPolicy(allow_private=settings.allow_private_addresses))
        built.push_async_callback(self.sessions.close)
        lookups = StoredLookups(db)
        options = EngineOptions(
            _engine_url(settings),
            settings.executor_id,
            run_slots=settings.run_slots,
            chunk_slots=settings.chunk_slots,
        )
        self.engine = Engine(options, db, self.payloads, self.sessions, lookups, self.catalog.sample)
        self.connectors = Connectors(db, self.catalog)
        self.versions = ConnectorVersions(db, self.catalog)
        self.trials = Trials(db, vault, self.sessions)
        self.instances = Instances(db, vault, self.sessions)
        self.consents = Consents(db, vault, self.sessions, lambda: self.url)
        self.flows = Flows(db, self.engine.lint, lambda: self.url)
        self.lookups = LookupTables(db)
        self.workspace = Workspaces(db, vault, self.catalog, self.sessions)
        self.webhooks = Webhooks(db, self.engine, self.payloads, vault)
        notices = Notices(db, settings.notify.get_secret_value(), lambda: self.url)
        built.push_async_callback(notices.close)
        notices.start()
        await self.engine.start()
        built.push_async_callback(self.engine.close)
        supervisor = Supervisor(db, self.engine)
        supervisor.start()
        built.push_async_callback(supervisor.close)
        self.first_password = await self.access.first_start()
        await self.access.local_key(settings.data_dir, hostname())

    def announce(self, port: int) -> None:
        """Note the port that is listened on in the server file."""
        if not self.settings.public_url:
            self.url = f"http://{_shown_host(self.settings.host)}:{port}"
        # Commands on this machine talk to the address that is listened on, not to the public one.
        local = f"http://{_shown_host(self.settings.host)}:{port}"
        path = self.settings.data_dir / SERVER_FILE
        temporary = path.with_suffix(".new")
        temporary.write_bytes(json.encode({"url": local, "pid": os.getpid()}))
        temporary.replace(path)

    async def close(self) -> None:
        """Stop working, in the opposite order; unfinished runs go on at the next start."""
        self.closing.set()
        try:
            await self._built.aclose()
        finally:
            _forget_server(self.settings.data_dir)
            _release(self._lock)
            self._lock = None


async def serve(
    settings: Settings, *, ready: Callable[[App], None] | None = None, stop: asyncio.Event | None = None
) -> None:
    """Serve until SIGINT, SIGTERM or ``stop``. ``ready`` is called once requests are answered.

    The first start prints the administrator's one-time password on stderr.
    """
    _tune_allocator()
    listener = _listen(settings)
    try:
        app = await App.open(settings)
    except BaseException:
        listener.close()
        raise
    try:
        _tune_garbage_collection()
        server = _Server(app)
        app.announce(listener.getsockname()[1])
        if app.first_password is not None:
            _print_password(app)
        await server.run_on(listener, ready, stop)
    finally:
        await app.close()
        listener.close()


_ALLOCATOR = {-8: 2, -3: 128 * 1024, -1: 128 * 1024}
"""glibc's M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD."""


def _tune_allocator() -> None:
    # Left alone, glibc keeps an arena per thread and raises its thresholds with every large page that is freed, so
    # that a long run holds more memory than a short one although nothing of ours grows.
    with contextlib.suppress(OSError, AttributeError):  # another libc
        libc = ctypes.CDLL(None)
        for option, value in _ALLOCATOR.items():
            libc.mallopt(option, value)


def _tune_garbage_collection() -> None:
    # A page of records is a hundred thousand young objects without a cycle: at the usual thresholds the collector
    # walks the whole heap again and again while it is decoded, which costs a third of a run's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


class _Server(uvicorn.Server):
    """uvicorn on our loop; a signal ends the live streams first, so that they do not hold the server up."""

    def __init__(self, app: App) -> None:
        self._app = app
        super().__init__(
            uvicorn.Config(
                build(app),
                http="httptools",
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    def stop(self) -> None:
        """End the streams and stop."""
        self._app.closing.set()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: object) -> None:
        """On a signal."""
        self.stop()
        super().handle_exit(sig, frame)  # type: ignore[arg-type]
        # uvicorn raises the signal again once it has stopped, which would end us before the rooms are closed.
        self._captured_signals.clear()

    async def run_on(
        self, listener: socket.socket, ready: Callable[[App], None] | None, stop: asyncio.Event | None
    ) -> None:
        """Serve on a bound socket until told to stop."""
        serving = asyncio.create_task(self.serve([listener]))
        while not self.started and not serving.done():
            await asyncio.sleep(0.01)
        if self.started:
            logger("app").info("Weftline answers at %s", self._app.url)
            if ready is not None:
                ready(self._app)
        if stop is not None:
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            self.stop()
        await serving


def _listen(settings: Settings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}",
            hint="stop what uses the port, or set WEFTLINE_PORT",
        ) from None


def _take(data_dir: Path) -> IO[str]:
    """The data folder's lock; it goes with the process, however that ends."""
    file = (data_dir / LOCK_FILE).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        pid = file.read().strip() or "unknown"
        file.close()
        raise ConflictError(
            f"the data folder {data_dir} is in use by the server with process id {pid}",
            hint="stop that server, or choose another folder with WEFTLINE_DATA_DIR",
        ) from None
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _release(lock: IO[str] | None) -> None:
    if lock is not None:
        lock.close()


def _forget_server(data_dir: Path) -> None:
    path = data_dir / SERVER_FILE
    with contextlib.suppress(OSError, ValueError):
        if json.decode(path.read_bytes())["pid"] == os.getpid():
            path.unlink()


def _ring(settings: Settings) -> KeyRing:
    if settings.master_key is not None:
        return KeyRing.from_text(settings.master_key.get_secret_value(), "WEFTLINE_MASTER_KEY")
    return load_or_create_ring(settings.data_dir / _MASTER_KEY_FILE)


def _engine_url(settings: Settings) -> str:
    # With SQLite the engine's history lies in a file of its own: two writers to one file would wait for each other.
    return f"sqlite:///{settings.data_dir / 'engine.db'}" if settings.is_sqlite else settings.database_url


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - it is shown, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _print_password(app: App) -> None:
    lines = (
        "",
        "  Weftline's first start. Sign in once and choose a password:",
        f"    address   {app.url}",
        "    name      admin",
        f"    password  {app.first_password}",
        "",
    )
    print("\n".join(lines), file=sys.stderr, flush=True)
