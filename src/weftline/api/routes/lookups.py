"""Lookup tables."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.lookups import LookupAnswer, LookupRow, SaveLookup
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open

router = APIRouter(prefix="/api/lookups", tags=["lookups"], route_class=ExactRoute)


@router.get("", response_model=list[LookupRow])
async def list_lookups(rooms: Open) -> Response:
    """Names and sizes."""
    return answer(await rooms.lookups.list())


@router.get("/{name}", response_model=LookupAnswer)
async def get_lookup(name: str, rooms: Open) -> Response:
    """One table."""
    return answer(await rooms.lookups.get(name))


@router.put("/{name}", response_model=LookupAnswer)
async def save_lookup(name: str, body: SaveLookup, rooms: Open) -> Response:
    """Write a table in place of any of that name."""
    return answer(await rooms.lookups.put(name, body.rows))


@router.delete("/{name}", status_code=204)
async def remove_lookup(name: str, rooms: Open) -> Response:
    """Remove a table."""
    await rooms.lookups.remove(name)
    return Response(status_code=204)
