"""Deliveries of all runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from weftline.api.answers.runs import FoundDelivery
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open

router = APIRouter(prefix="/api/deliveries", tags=["runs"], route_class=ExactRoute)


@router.get("", response_model=list[FoundDelivery])
async def search_deliveries(rooms: Open, search: Annotated[str, Query(min_length=1, max_length=500)]) -> Response:
    """Where a record went: deliveries whose record key begins with the text, newest first."""
    return answer(await rooms.engine.search_deliveries(search))
