"""A server for the time of one command, in this process, on a free loopback port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from weftline.app import App, serve
from weftline.cli.server_file import read_server_file
from weftline.errors import SetupError
from weftline.kernel import configure_logs
from weftline.settings import Settings

__all__ = ["local_server"]


@asynccontextmanager
async def local_server(settings: Settings) -> AsyncIterator[str]:
    """The server's address while the block lasts; what it leaves unfinished goes on at the next start.

    Ctrl-C ends the server first; the block then ends with ``KeyboardInterrupt``.
    """
    configure_logs("error" if settings.log_level == "error" else "warning", as_json=settings.log_json)
    here = settings.model_copy(update={"host": "127.0.0.1", "port": 0})
    up, stop = asyncio.Event(), asyncio.Event()
    command = asyncio.current_task()

    def ready(_app: App) -> None:
        up.set()

    def ended(_task: asyncio.Task[None]) -> None:
        if up.is_set() and not stop.is_set() and command is not None:
            command.cancel()

    serving = asyncio.create_task(serve(here, ready=ready, stop=stop))
    serving.add_done_callback(ended)
    waiting = asyncio.create_task(up.wait())
    await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
    if not up.is_set():
        waiting.cancel()
        await serving
        raise SetupError("the server for this command did not start", hint="try 'weftline doctor'")
    noted = read_server_file(settings)
    if noted is None:
        stop.set()
        await serving
        raise SetupError(f"'{settings.data_dir}' holds no note of the server", hint="try 'weftline doctor'")
    try:
        yield noted.url
    except asyncio.CancelledError:
        if serving.done():
            raise KeyboardInterrupt from None
        raise
    finally:
        stop.set()
        await serving
