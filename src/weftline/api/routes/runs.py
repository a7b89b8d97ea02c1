"""Runs: read, stop, retry."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from weftline.api.answers.runs import (
    ChunkAnswer,
    DeliveryPage,
    ExchangeAnswer,
    PayloadPage,
    RunDetail,
    RunEventAnswer,
    RunRow,
)
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open, Rooms
from weftline.model import DeliveryState, RunStatus
from weftline.workspace.flows import must_find

router = APIRouter(prefix="/api/runs", tags=["runs"], route_class=ExactRoute)
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("", response_model=list[RunRow])
async def list_runs(
    rooms: Open,
    flow: str | None = None,
    status: RunStatus | None = None,
    limit: Limit = 50,
    before: Annotated[str | None, Query(description="A run's id: only older ones")] = None,
) -> Response:
    """Runs, newest first."""
    flow_id = await flow_id_of(rooms, flow) if flow else None
    return answer(await rooms.engine.runs(flow_id, status, limit, before))


@router.get("/{run_id}", response_model=RunDetail)
async def get_run(run_id: str, rooms: Open) -> Response:
    """One run with its steps, sources and flow version."""
    return answer(await rooms.engine.run(run_id))


@router.get("/{run_id}/events", response_model=list[RunEventAnswer])
async def list_run_events(
    run_id: str, rooms: Open, after: Annotated[int, Query(ge=0)] = 0, limit: Limit = 200
) -> Response:
    """Lines of the run's log after one, in order."""
    return answer(await rooms.engine.events(run_id, after, limit))


@router.get("/{run_id}/deliveries", response_model=DeliveryPage)
async def list_run_deliveries(
    run_id: str,
    rooms: Open,
    state: DeliveryState | None = None,
    search: str | None = None,
    source: str | None = None,
    limit: Limit = 100,
    after: str | None = None,
) -> Response:
    """A page of the delivery ledger of the run's chain of retries."""
    return answer(await rooms.engine.deliveries(run_id, state, search, source, limit, after))


@router.get("/{run_id}/chunks", response_model=list[ChunkAnswer])
async def list_run_chunks(run_id: str, rooms: Open, step: str | None = None) -> Response:
    """The chunks that pass a step, or all."""
    return answer(await rooms.engine.chunks(run_id, step))


@router.get("/{run_id}/payload", response_model=PayloadPage)
async def get_run_payload(
    run_id: str,
    rooms: Open,
    chunk: str,
    step: str,
    side: Literal["in", "out"] = "in",
    payload: Annotated[int, Query(ge=0)] = 0,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Limit = 20,
) -> Response:
    """Records that a step saw or gave for a chunk."""
    return answer(await rooms.engine.payload(run_id, chunk, step, side, payload, offset, limit))


@router.get("/{run_id}/exchanges", response_model=list[ExchangeAnswer])
async def list_run_exchanges(run_id: str, rooms: Open, step: str | None = None, limit: Limit = 50) -> Response:
    """Kept requests and answers, failures first; secrets are masked."""
    return answer(await rooms.engine.exchanges(run_id, step, limit))


@router.post("/{run_id}/stop", response_model=RunRow)
async def stop_run(run_id: str, rooms: Open) -> Response:
    """Ask the run to stop at the next safe place."""
    await run_row(rooms, run_id)
    await rooms.engine.stop(run_id)
    return answer(await run_row(rooms, run_id))


@router.post("/{run_id}/retry", response_model=RunRow, status_code=202)
async def retry_run(run_id: str, rooms: Open) -> Response:
    """A new run that sends what is not yet confirmed."""
    return answer(await run_row(rooms, await rooms.engine.retry(run_id)), 202)


async def run_row(rooms: Rooms, run_id: str) -> dict[str, object]:
    """A run as a row."""
    run = await rooms.engine.run(run_id, with_document=False)
    return {name: run[name] for name in RunRow.model_fields}


async def flow_id_of(rooms: Rooms, given: str) -> str:
    """The id of the flow of that id, key or name."""
    return await rooms.db.read(lambda connection: must_find(connection, given).id)
