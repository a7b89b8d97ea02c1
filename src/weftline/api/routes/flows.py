"""Flows."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from weftline.api.answers.flows import (
    CursorAnswer,
    FlowBody,
    FlowDetail,
    FlowListRow,
    FlowVersionDocument,
    Forgotten,
    SetEnabled,
    StartRun,
    WebhookSecret,
)
from weftline.api.answers.runs import RunRow
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open
from weftline.api.routes.runs import flow_id_of, run_row
from weftline.kernel import json
from weftline.model import StartRequest

router = APIRouter(prefix="/api/flows", tags=["flows"], route_class=ExactRoute)


@router.get("", response_model=list[FlowListRow])
async def list_flows(rooms: Open) -> Response:
    """All flows by name."""
    return answer(await rooms.flows.list())


@router.post("", response_model=FlowDetail, status_code=201)
async def create_flow(body: FlowBody, rooms: Open) -> Response:
    """A new flow with its first draft."""
    return answer(await rooms.flows.create(_document(body)), 201)


@router.get("/{flow_id}", response_model=FlowDetail)
async def get_flow(flow_id: str, rooms: Open) -> Response:
    """One flow, by id, key or name."""
    return answer(await rooms.flows.get(flow_id))


@router.get("/{flow_id}/cursors", response_model=list[CursorAnswer])
async def list_cursors(flow_id: str, rooms: Open) -> Response:
    """Where the flow's incremental pulls left off."""
    return answer(await rooms.flows.cursors(flow_id))


@router.delete("/{flow_id}/cursors", response_model=Forgotten)
async def forget_cursors(flow_id: str, rooms: Open, step: str | None = None) -> Response:
    """Let the next run pull everything again, of one step or of all."""
    return answer({"forgotten": await rooms.flows.forget_cursors(flow_id, step)})


@router.put("/{flow_id}/draft", response_model=FlowDetail)
async def save_draft(flow_id: str, body: FlowBody, rooms: Open) -> Response:
    """Write the draft."""
    return answer(await rooms.flows.save_draft(flow_id, _document(body)))


@router.post("/{flow_id}/deploy", response_model=FlowDetail)
async def deploy_flow(flow_id: str, rooms: Open) -> Response:
    """Deploy the draft; refused with the problems while it has errors."""
    return answer(await rooms.flows.deploy(flow_id))


@router.post("/{flow_id}/enabled", response_model=FlowDetail)
async def set_flow_enabled(flow_id: str, body: SetEnabled, rooms: Open) -> Response:
    """Whether triggers start runs."""
    return answer(await rooms.flows.set_enabled(flow_id, body.enabled))


@router.get("/{flow_id}/versions/{version}", response_model=FlowVersionDocument)
async def get_flow_version(flow_id: str, version: int, rooms: Open) -> Response:
    """One version with its document."""
    return answer(await rooms.flows.version(flow_id, version))


@router.post("/{flow_id}/versions/{version}/restore", response_model=FlowDetail)
async def restore_flow_version(flow_id: str, version: int, rooms: Open) -> Response:
    """Make an earlier version the draft."""
    return answer(await rooms.flows.restore(flow_id, version))


@router.post("/{flow_id}/versions/{version}/deploy", response_model=FlowDetail)
async def deploy_flow_version(flow_id: str, version: int, rooms: Open) -> Response:
    """Deploy an earlier version."""
    return answer(await rooms.flows.deploy(flow_id, version))


@router.delete("/{flow_id}", status_code=204)
async def remove_flow(flow_id: str, rooms: Open) -> Response:
    """Remove a flow; its runs stay. Refused while runs are under way."""
    await rooms.flows.remove(flow_id)
    return Response(status_code=204)


@router.post("/{flow_id}/run", response_model=RunRow, status_code=202)
async def run_flow(flow_id: str, body: StartRun, rooms: Open) -> Response:
    """Start a run by hand; it is durable when the answer comes."""
    known_id = await flow_id_of(rooms, flow_id)
    payload_id = None
    if body.payload is not None:
        records = body.payload if isinstance(body.payload, list) else [body.payload]
        payload_id = (await rooms.payloads.put(json.encode(records), len(records), {})).id
    run_id = await rooms.engine.admit(
        StartRequest(known_id, "manual", payload_id=payload_id, version=body.version, variables=body.variables)
    )
    return answer(await run_row(rooms, run_id), 202)


@router.get("/{flow_id}/webhooks/{key}/secret", response_model=WebhookSecret)
async def get_webhook_secret(flow_id: str, key: str, rooms: Open) -> Response:
    """The secret of a webhook; made at the first time of asking."""
    return answer({"secret": await rooms.webhooks.secret(await flow_id_of(rooms, flow_id), key)})


@router.put("/{flow_id}/webhooks/{key}/secret", status_code=204)
async def set_webhook_secret(flow_id: str, key: str, body: WebhookSecret, rooms: Open) -> Response:
    """Use a secret that the calling application dictates."""
    await rooms.webhooks.set_secret(await flow_id_of(rooms, flow_id), key, body.secret)
    return Response(status_code=204)


def _document(body: FlowBody) -> dict[str, Any]:
    return body.document.model_dump(mode="python", exclude_unset=True)
