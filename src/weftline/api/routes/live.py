"""A run as it happens, as server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from weftline.api.rooms import Open, Rooms
from weftline.kernel import json
from weftline.model import FINAL

router = APIRouter(prefix="/api/runs", tags=["runs"])

LOOK_S = 0.25
SHARE = 20
"""Watching takes at most one part in so many of the time."""
LAST_LINES_S = 0.4
"""Log lines are written in batches; after a run's end the last ones are waited for this long."""

PING_S = 15.0
_LINES = 500


@router.get(
    "/{run_id}/live",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def watch_run(
    run_id: str,
    rooms: Open,
    after: Annotated[int, Query(ge=0, description="Id of the last log line that is known")] = 0,
    last_event_id: Annotated[str, Header()] = "",
) -> StreamingResponse:
    """Events ``run`` (its state, on change), ``log`` (a line) and at last ``end``."""
    await rooms.engine.run(run_id, with_document=False)  # an unknown run is a 404, not an empty stream
    start = int(last_event_id) if last_event_id.isdigit() else after
    return StreamingResponse(
        _events(rooms, run_id, start),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


async def _events(rooms: Rooms, run_id: str, after: int) -> AsyncIterator[bytes]:
    seen: dict[str, Any] = {}
    said_at = time.monotonic()
    while not rooms.closing.is_set():
        looked_at = time.monotonic()
        run = await rooms.engine.run(run_id, with_document=False)
        final = run["status"] in FINAL
        if final:
            await asyncio.sleep(LAST_LINES_S)
            run = await rooms.engine.run(run_id, with_document=False)
        # The seconds run on by themselves: they are no change.
        state = {name: value for name, value in run.items() if name != "seconds"}
        if state != seen:
            seen = state
            said_at = time.monotonic()
            yield _event("run", run)
        while lines := await rooms.engine.events(run_id, after, _LINES):
            for line in lines:
                yield _event("log", line, line["id"])
            after = lines[-1]["id"]
            said_at = time.monotonic()
        if final:
            yield b"event: end\ndata: {}\n\n"
            return
        if time.monotonic() - said_at > PING_S:
            said_at = time.monotonic()
            yield b": still here\n\n"
        # A run with very many chunks takes longer to sum up: then look less often.
        await asyncio.sleep(max(LOOK_S, SHARE * (time.monotonic() - looked_at)))


def _event(name: str, data: Any, event_id: int | None = None) -> bytes:
    mark = b"" if event_id is None else b"id: %d\n" % event_id
    return mark + b"event: " + name.encode() + b"\ndata: " + json.encode(data) + b"\n\n"
