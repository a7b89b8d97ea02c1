"""API keys."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.access import KeyAnswer, NewKey, NewKeyAnswer
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open

router = APIRouter(prefix="/api/keys", tags=["access"], route_class=ExactRoute)


@router.get("", response_model=list[KeyAnswer])
async def list_keys(rooms: Open) -> Response:
    """Every API key, newest first."""
    return answer(await rooms.access.keys())


@router.post("", response_model=NewKeyAnswer, status_code=201)
async def create_key(body: NewKey, rooms: Open) -> Response:
    """A new API key; the key itself is shown this once."""
    return answer(await rooms.access.create_key(body.name), 201)


@router.delete("/{key_id}", status_code=204)
async def remove_key(key_id: str, rooms: Open) -> Response:
    """Take an API key back."""
    await rooms.access.remove_key(key_id)
    return Response(status_code=204)
