"""Follows a run to its end, with one live bar per source when someone watches."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import nullcontext, suppress
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from weftline.cli.client import Client
from weftline.errors import ConnectError
from weftline.model import FINAL

__all__ = ["follow"]

Json = dict[str, Any]
LINE_EVERY_S = 2.0
AWAY_S = 60.0
"""How long a server may be away (restarted, say) before following it is given up."""


class _Counts(ProgressColumn):
    """What became of a source's records."""

    def render(self, task: Task) -> Text:
        counts = task.fields
        text = Text(f"{counts['pulled']:>6} pulled  {counts['confirmed']:>6} confirmed")
        if counts["failed"]:
            text.append(f"  {counts['failed']:>4} failed", style="red")
        return text


class _Bars:
    """A bar per source; it is full when every pulled record is at its end."""

    def __init__(self) -> None:
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            _Counts(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, Any] = {}

    def show(self, detail: Json) -> None:
        at_end = detail["status"] in FINAL
        for source in detail["sources"]:
            name = source["instance"]
            counts = {key: source[key] for key in ("pulled", "confirmed", "failed")}
            if name not in self._tasks:
                self._tasks[name] = self.progress.add_task(name, total=None, **counts)
            done = source["confirmed"] + source["failed"]
            total = max(source["pulled"], done, 1)
            # At the end the rest was filtered out: nothing is left to do.
            self.progress.update(self._tasks[name], total=total, completed=total if at_end else done, **counts)
        waiting = detail.get("waiting")
        if waiting:
            self.progress.console.print(f"[yellow]waiting until {waiting['until'][11:19]}: {waiting['reason']}")


class _Lines:
    """A line now and then, where nobody watches but a log is kept."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def show(self, detail: Json) -> None:
        if time.monotonic() - self._at < LINE_EVERY_S and detail["status"] not in FINAL:
            return
        self._at = time.monotonic()
        counts = [
            f"{one['instance']}: {one['pulled']} pulled, {one['confirmed']} confirmed, {one['failed']} failed"
            for one in detail["sources"]
        ]
        sys.stderr.write(f"{detail['status'].replace('_', ' ')}  {'; '.join(counts)}\n")
        sys.stderr.flush()


async def follow(client: Client, run_id: str, *, timeout_s: float | None = None) -> Json:
    """The run's detail once it is final, or as it stands when ``timeout_s`` is up; shown on stderr meanwhile.

    A server that goes away in between is waited for: the run goes on when it is back.
    """
    bars: _Bars | _Lines = _Bars() if sys.stderr.isatty() else _Lines()
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    with bars.progress if isinstance(bars, _Bars) else nullcontext():
        away_since: float | None = None
        while True:
            try:
                detail = await _once(client, run_id, bars, deadline)
                away_since = None
            except ConnectError:
                away_since = away_since or time.monotonic()
                if time.monotonic() - away_since > AWAY_S:
                    raise
                detail = None
            if detail is not None and (
                detail["status"] in FINAL or (deadline is not None and time.monotonic() >= deadline)
            ):
                bars.show(detail)
                return detail
            await asyncio.sleep(0.5)


async def _once(client: Client, run_id: str, bars: _Bars | _Lines, deadline: float | None) -> Json:
    """Listen until the run ends, the time is up or the stream breaks; then the run as it stands."""

    async def listen() -> None:
        async for name, data in client.events(f"/api/runs/{run_id}/live"):
            if name != "run":
                continue
            if data["status"] in FINAL:
                return
            bars.show(data)

    left = None if deadline is None else max(0.0, deadline - time.monotonic())
    with suppress(TimeoutError):
        await asyncio.wait_for(listen(), left)
    detail: Json = await client.get(f"/api/runs/{run_id}")
    return detail
