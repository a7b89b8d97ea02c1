"""Runs sandboxes until told to stop: one, or several of a file in one process on several ports."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import uvloop

from weftline.testing.sandboxes.discovery import find
from weftline.testing.sandboxes.placement import Placement, read_file
from weftline.testing.sandboxes.server import SandboxServer

__all__ = ["run_file", "run_one", "serve", "serve_all"]

CatalogPath = str | os.PathLike[str] | None


async def serve(
    slug: str,
    options: Mapping[str, Any],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    catalog: CatalogPath = None,
) -> None:
    """Serve one sandbox until cancelled."""
    await serve_all([Placement(slug=slug, port=port, options=dict(options))], host=host, catalog=catalog)


async def serve_all(
    placements: Sequence[Placement],
    *,
    host: str = "127.0.0.1",
    catalog: CatalogPath = None,
    report: Callable[[str], None] | None = None,
) -> None:
    """Serve several sandboxes until cancelled; ``report`` gets one line for each as it begins to listen.

    All are built before the first listens, so a wrong option or a busy port leaves nothing half started.
    """
    servers = [
        (place, SandboxServer(find(place.slug, catalog).build(place.options), host=host, port=place.port))
        for place in placements
    ]
    try:
        for _, server in servers:
            await server.start()
        for place, server in servers:
            if report is not None:
                label = f"{place.slug} ({place.name})" if place.name else place.slug
                report(f"{label} listens on {server.base_url}")
        await asyncio.Event().wait()
    finally:
        for _, server in servers:
            await server.stop()


def run_one(
    slug: str,
    options: Mapping[str, Any] | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    catalog: CatalogPath = None,
) -> None:
    """Serve one sandbox in this process until SIGINT or SIGTERM."""
    _run([Placement(slug=slug, port=port, options=dict(options or {}))], host, catalog)


def run_file(path: str | Path, *, host: str = "127.0.0.1", catalog: CatalogPath = None) -> None:
    """Serve every sandbox of a file in this process until SIGINT or SIGTERM."""
    placements, named = read_file(path)
    _run(placements, host, catalog if catalog is not None else named)


def _run(placements: Sequence[Placement], host: str, catalog: CatalogPath) -> None:
    # A sandbox keeps what is sent to it: without this the collector walks all of it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)

    async def until_stopped() -> None:
        task = asyncio.ensure_future(serve_all(placements, host=host, catalog=catalog, report=_report))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            return

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_stopped())


def _report(line: str) -> None:
    print(line, flush=True)
