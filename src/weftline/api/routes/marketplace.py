"""The marketplace."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.connectors import MarketplaceEntry, MarketplaceRow
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open

_PLUG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#8a8f98" stroke-width="1.6"
stroke-linecap="round" stroke-linejoin="round"><path d="M9 3v5M15 3v5M7 8h10v3a5 5 0 0 1-10 0zM12 16v5"/></svg>"""

router = APIRouter(prefix="/api/marketplace", tags=["connectors"], route_class=ExactRoute)


@router.get("", response_model=list[MarketplaceRow])
async def list_marketplace(rooms: Open, search: str = "", category: str = "") -> Response:
    """Connectors that can be installed."""
    return answer(await rooms.connectors.browse(search, category))


@router.get("/{slug}", response_model=MarketplaceEntry)
async def get_marketplace_entry(slug: str, rooms: Open) -> Response:
    """One of them with its file and its page."""
    return answer(await rooms.connectors.entry(slug))


@router.get(
    "/{slug}/icon",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
async def get_marketplace_icon(slug: str, rooms: Open) -> Response:
    """Its icon; a plug for a connector without one, as those of the workspace's own are."""
    icon = rooms.connectors.icon(slug) or _PLUG
    # An SVG is a document that may hold scripts: opened by itself it may load and run nothing.
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "private, max-age=300",
    }
    return Response(icon, media_type="image/svg+xml", headers=headers)
