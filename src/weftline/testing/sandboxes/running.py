"""A sandbox for the length of a ``with`` block, on a free port, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import msgspec
import uvloop

from weftline.errors import SetupError
from weftline.testing.sandboxes.discovery import find
from weftline.testing.sandboxes.runner import CatalogPath
from weftline.testing.sandboxes.server import SandboxServer

__all__ = ["RunningSandbox", "running"]

START_TIMEOUT_S = 60.0


class RunningSandbox:
    """One running sandbox. Its calls block for a moment only: the sandbox answers from its own thread."""

    def __init__(self, slug: str, options: Mapping[str, Any], port: int, catalog: CatalogPath) -> None:
        self.slug = slug
        self._sandbox = find(slug, catalog)
        self._options = options
        self._server: SandboxServer | None = None
        self._wanted_port = port
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"sandbox-{slug}", daemon=True)
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._error: BaseException | None = None

    @property
    def base_url(self) -> str:
        """Where it listens, e.g. ``http://127.0.0.1:40123``."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        if self._server is None:
            raise SetupError(f"Sandbox '{self.slug}' is not running", hint="enter it with `with`")
        return self._server.port

    def stats(self) -> dict[str, Any]:
        """The counters of ``GET /_sandbox/stats``."""
        return self.control("GET", "stats")

    def reset(self) -> None:
        """Forget data written, counters, log and faults."""
        self.control("POST", "reset")

    def set_faults(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Put these faults in force instead of the former ones (see ``Fault`` for the keys)."""
        self.control("POST", "faults", list(faults))

    def log(self) -> list[dict[str, Any]]:
        """The last requests, oldest first."""
        requests: list[dict[str, Any]] = self.control("GET", "log")["requests"]
        return requests

    def control(self, method: str, name: str, content: Any = None) -> dict[str, Any]:
        """Call a control endpoint and read its JSON object."""
        body = None if content is None else msgspec.json.encode(content)
        request = urllib.request.Request(f"{self.base_url}/_sandbox/{name}", data=body, method=method)  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as response:
            return msgspec.json.decode(response.read(), type=dict[str, Any])

    def start(self) -> RunningSandbox:
        self._thread.start()
        if not self._started.wait(START_TIMEOUT_S):
            raise SetupError(f"Sandbox '{self.slug}' did not start within {START_TIMEOUT_S:.0f} s")
        if self._error is not None:
            raise self._error
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(timeout=10)

    def __enter__(self) -> RunningSandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> RunningSandbox:
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        try:
            server = SandboxServer(self._sandbox.build(self._options), port=self._wanted_port)
            await server.start()
            self._server = server
        except BaseException as error:
            self._error = error
            return
        finally:
            self._started.set()
        await self._stop.wait()
        await server.stop()


def running(
    slug: str, options: Mapping[str, Any] | None = None, *, port: int = 0, catalog: CatalogPath = None
) -> RunningSandbox:
    """``with`` or ``async with running(slug, options) as sandbox``: started on entry, stopped on exit."""
    return RunningSandbox(slug, options or {}, port, catalog)
