"""Installed connectors."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from weftline.api.answers.connectors import (
    ChangesAnswer,
    ConnectorAnswer,
    ConnectorFile,
    ConnectorRow,
    DuplicateConnector,
    InstallConnector,
    OldVersionAnswer,
    UpdateConnector,
)
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
    return answer(await rooms.versions.changes(slug))


@router.post("/{slug}/update", response_model=ChangesAnswer)
async def update_connector(slug: str, rooms: Open, body: UpdateConnector | None = None) -> Response:
    """Update for all instances at once, the workspace's edits kept; what that changed."""
    return answer(await rooms.versions.update(slug, body.choices if body else {}))


@router.post("/own", response_model=ConnectorAnswer, status_code=201)
async def create_connector(body: ConnectorFile, rooms: Open) -> Response:
    """Save a connector of the workspace's own."""
    slug = await rooms.versions.save(body.document, new=True)
    return answer(await rooms.connectors.get(slug), 201)


@router.put("/{slug}", response_model=ConnectorAnswer)
async def save_connector(slug: str, body: ConnectorFile, rooms: Open) -> Response:
    """Save an edit of an installed connector, for all instances at once."""
    await rooms.versions.save(body.document | {"slug": slug}, new=False)
    return answer(await rooms.connectors.get(slug))


@router.post("/{slug}/compare", response_model=ChangesAnswer)
async def compare_connector(slug: str, body: ConnectorFile, rooms: Open) -> Response:
    """What saving a file in place of the installed one would change."""
    return answer(await rooms.versions.compare(slug, body.document | {"slug": slug}))


@router.get("/{slug}/history", response_model=list[OldVersionAnswer])
async def get_connector_history(slug: str, rooms: Open) -> Response:
    """What stood in its place, the last one first."""
    return answer(await rooms.versions.history(slug))


@router.get("/{slug}/rollback", response_model=ChangesAnswer)
async def get_rollback_changes(slug: str, rooms: Open) -> Response:
    """What rolling back would change."""
    return answer(await rooms.versions.rollback_changes(slug))


@router.post("/{slug}/rollback", response_model=ChangesAnswer)
async def roll_connector_back(slug: str, rooms: Open) -> Response:
    """Put back what stood in its place before; what that changed. Once more undoes it."""
    return answer(await rooms.versions.rollback(slug))


@router.post("/{slug}/duplicate", response_model=ConnectorAnswer, status_code=201)
async def duplicate_connector(slug: str, body: DuplicateConnector, rooms: Open) -> Response:
    """A copy of the workspace's own."""
    copy = await rooms.versions.duplicate(slug, body.slug, body.title)
    return answer(await rooms.connectors.get(copy), 201)


@router.get("/{slug}/file", response_class=PlainTextResponse)
async def get_connector_file(slug: str, rooms: Open) -> Response:
    """The connector as one YAML file, its samples within."""
    return PlainTextResponse(await rooms.versions.file(slug), media_type="application/yaml")


@router.delete("/{slug}", status_code=204)
async def remove_connector(slug: str, rooms: Open) -> Response:
    """Remove a connector; refused while it has instances."""
    await rooms.connectors.remove(slug)
    return Response(status_code=204)
