"""Instances."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from weftline.api.answers.instances import (
    ConsentAnswer,
    ConsentState,
    DuplicateInstance,
    InstanceAnswer,
    InstanceDetail,
    SaveInstance,
)
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open

router = APIRouter(prefix="/api/instances", tags=["instances"], route_class=ExactRoute)


@router.get("", response_model=list[InstanceAnswer])
async def list_instances(rooms: Open) -> Response:
    """All instances by name."""
    return answer(await rooms.instances.list())


@router.get("/{instance_id}", response_model=InstanceDetail)
async def get_instance(instance_id: str, rooms: Open) -> Response:
    """One instance; of its credentials only which are set."""
    return answer(await rooms.instances.get(instance_id))


@router.post("", response_model=InstanceAnswer, status_code=201)
async def create_instance(body: SaveInstance, rooms: Open) -> Response:
    """Add an instance; its credentials are checked first."""
    made = await rooms.instances.create(_document(body), body.credentials, save_unchecked=body.save_unchecked)
    return answer(_row(made), 201)


@router.put("/{instance_id}", response_model=InstanceAnswer)
async def update_instance(instance_id: str, body: SaveInstance, rooms: Open) -> Response:
    """Change an instance; credentials left out are kept."""
    changed = await rooms.instances.update(
        instance_id, _document(body), body.credentials, save_unchecked=body.save_unchecked
    )
    return answer(_row(changed))


@router.post("/{instance_id}/check", response_model=InstanceAnswer)
async def check_instance(instance_id: str, rooms: Open) -> Response:
    """Call the application to see whether the credentials still pass."""
    return answer(_row(await rooms.instances.check(instance_id)))


@router.post("/{instance_id}/authorise", response_model=ConsentAnswer, status_code=201)
async def authorise_instance(instance_id: str, rooms: Open) -> Response:
    """Ask a person for consent: where their browser must go."""
    return answer(await rooms.consents.ask(instance_id), 201)


@router.get("/{instance_id}/consents/{consent_id}", response_model=ConsentState)
async def look_at_consent(instance_id: str, consent_id: str, rooms: Open) -> Response:
    """How a question to a person stands; for devices' codes, this asks the application."""
    return answer(await rooms.consents.look(instance_id, consent_id))


@router.post("/{instance_id}/duplicate", response_model=InstanceAnswer, status_code=201)
async def duplicate_instance(instance_id: str, body: DuplicateInstance, rooms: Open) -> Response:
    """A copy under another name, credentials included."""
    return answer(_row(await rooms.instances.duplicate(instance_id, body.name)), 201)


@router.delete("/{instance_id}", status_code=204)
async def remove_instance(instance_id: str, rooms: Open) -> Response:
    """Remove an instance; refused while flows use it."""
    await rooms.instances.remove(instance_id)
    return Response(status_code=204)


def _document(body: SaveInstance) -> dict[str, Any]:
    return body.document.model_dump(mode="python", exclude_unset=True)


def _row(instance: dict[str, Any]) -> dict[str, Any]:
    return {name: instance[name] for name in InstanceAnswer.model_fields}
