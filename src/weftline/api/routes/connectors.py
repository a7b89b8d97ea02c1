"""Installed connectors."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.connectors import ChangesAnswer, ConnectorAnswer, ConnectorRow, InstallConnector
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open

router = APIRouter(prefix="/api/connectors", tags=["connectors"], route_class=ExactRoute)


@router.get("", response_model=list[ConnectorRow])
async def list_connectors(rooms: Open) -> Response:
    """Installed connectors with their instances."""
    return answer(await rooms.connectors.list())


@router.post("", response_model=ConnectorAnswer, status_code=201)
async def install_connector(body: InstallConnector, rooms: Open) -> Response:
    """Install a connector of the marketplace."""
    return answer(await rooms.connectors.install(body.slug), 201)


@router.get("/{slug}", response_model=ConnectorAnswer)
async def get_connector(slug: str, rooms: Open) -> Response:
    """One installed connector with its file."""
    return answer(await rooms.connectors.get(slug))


@router.get("/{slug}/changes", response_model=ChangesAnswer)
async def get_connector_changes(slug: str, rooms: Open) -> Response:
    """What an update would change."""
    return answer(await rooms.connectors.changes(slug))


@router.post("/{slug}/update", response_model=ChangesAnswer)
async def update_connector(slug: str, rooms: Open) -> Response:
    """Update for all instances at once; what that changed."""
    return answer(await rooms.connectors.update(slug))


@router.delete("/{slug}", status_code=204)
async def remove_connector(slug: str, rooms: Open) -> Response:
    """Remove a connector; refused while it has instances."""
    await rooms.connectors.remove(slug)
    return Response(status_code=204)
