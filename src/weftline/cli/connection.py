"""Finds the server that a command talks to, or starts one for the time of the command."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from weftline import settings as setup
from weftline.cli.client import Client
from weftline.cli.server_file import ServerFile, is_alive, read_server_file
from weftline.errors import ConnectError, NotSignedInError, SetupError
from weftline.settings import Settings

__all__ = ["Connection", "connect", "is_up"]

LOCAL_KEY_FILE = "local.key"
"""As `weftline.access` has it, which is slow to load; a test compares them."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
STARTING_S = 20.0
"""How long a server that is starting, or very busy, is waited for."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A client, and whether its server ends with the command."""

    client: Client
    is_temporary: bool = False


@asynccontextmanager
async def connect(url: str | None = None, key: str | None = None) -> AsyncIterator[Connection]:
    """A signed-in client of ``url``, of ``WEFTLINE_URL``, of the data folder's server, or of one of our own."""
    settings = setup.load()
    given = key or (settings.api_key.get_secret_value() if settings.api_key else None)
    address = url or settings.url
    if address:
        _check(address)
        async with Client(address, given or _local_key(settings, address)) as client:
            yield Connection(client)
        return
    running = await _running(settings)
    if running is not None:
        async with Client(running.url, given or _read_local_key(settings)) as client:
            yield Connection(client)
        return
    from weftline.cli.local import local_server  # the whole server: only loaded when one is needed

    async with local_server(settings) as address, Client(address, given or _read_local_key(settings)) as client:
        yield Connection(client, is_temporary=True)


async def is_up(url: str) -> bool:
    """Whether a server answers there."""
    try:
        async with Client(url, None) as client:
            answer = await asyncio.wait_for(client.get("/health"), 5)
            return isinstance(answer, dict) and answer.get("status") == "ok"
    except (ConnectError, NotSignedInError, TimeoutError):
        return False


async def _running(settings: Settings) -> ServerFile | None:
    """The data folder's server, once it answers; None when none runs."""
    deadline = time.monotonic() + STARTING_S
    while (found := read_server_file(settings)) is not None:
        if await is_up(found.url):
            return found
        if not is_alive(settings, found):
            return None
        if time.monotonic() > deadline:
            raise SetupError(
                f"process {found.pid} serves '{settings.data_dir}' but does not answer at {found.url}",
                hint=f"see its log, or end it with 'kill {found.pid}' and start it again",
            )
        await asyncio.sleep(0.5)
    return None


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SetupError(f"'{url}' is not the address of a server", hint="write it as http://127.0.0.1:8400")


def _local_key(settings: Settings, address: str) -> str | None:
    """The data folder's key, but never to another machine."""
    host = urlsplit(address).hostname or ""
    return _read_local_key(settings) if host in LOOPBACK else None


def _read_local_key(settings: Settings) -> str | None:
    try:
        return (settings.data_dir / LOCAL_KEY_FILE).read_text("utf-8").strip() or None
    except OSError:
        return None
