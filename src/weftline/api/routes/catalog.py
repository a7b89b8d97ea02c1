"""The folder that the marketplace is read from."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.connectors import CatalogProblem
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open

router = APIRouter(prefix="/api/catalog", tags=["connectors"], route_class=ExactRoute)


@router.get("/problems", response_model=list[CatalogProblem])
async def list_catalog_problems(rooms: Open) -> Response:
    """Connector files that cannot be used, and why: the marketplace does not show them."""
    return answer(await rooms.connectors.problems())
