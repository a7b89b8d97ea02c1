"""Stand-ins for applications: each pages its records by three, in the manner of a kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from weftline.kernel import json
from weftline.model import Request, Response
from weftline.pagination import PAGINATORS, Paginator

SIZE = 3
HOUR = timedelta(hours=1)
DAWN = datetime(2024, 2, 27, tzinfo=UTC)
QUERY = [("status", "any"), ("from", DAWN.isoformat()), ("to", (DAWN + 60 * HOUR).isoformat())]
BODY = json.encode({"query": "{ items { id } }", "variables": {"first": SIZE}})
BASE = Request("POST", "http://127.0.0.1/api/items", QUERY, {}, BODY)

CONFIGS: dict[str, dict[str, Any]] = {
    "none": {},
    "page_number": {"size_parameter": "size", "size": SIZE},
    "limit_offset": {"limit": SIZE},
    "next_token": {"token_path": "next", "parameter": "cursor"},
    "link_header": {},
    "next_url": {"url_path": "links.next"},
    "relative_uri": {"uri_path": "rest", "base": "/api"},
    "graphql_cursor": {"cursor_path": "data.pageInfo.endCursor", "more_path": "data.pageInfo.hasNextPage"},
    "expression": {"next": "body.next", "place": {"query": "cursor"}},
    "keyset": {"path": "id", "parameter": "since_id", "size": SIZE},
    "date_window": {
        "start_parameter": "from", "end_parameter": "to", "hours": 7,
        "inner": {"kind": "page_number", "size": SIZE},
    },
}  # fmt: skip
BY_TOKEN = ["next_token", "link_header", "next_url", "relative_uri", "graphql_cursor", "expression", "keyset"]
"""Kinds whose next place is what the application says."""


def paginator(kind: str, **config: Any) -> Paginator:
    """A paginator of that kind, set up for the stand-in."""
    return PAGINATORS.get(kind)(PAGINATORS.config(kind, CONFIGS[kind] | config))


def records(count: int) -> list[dict[str, Any]]:
    """Records, an hour apart; ids grow, with gaps."""
    return [{"id": 7 + 2 * n, "at": (DAWN + n * HOUR).isoformat()} for n in range(count)]


def answer(kind: str, page: Sequence[Any], following: int | None) -> Response:
    """A page that says in the kind's own way where the following one begins, or that there is none."""
    headers: dict[str, str] = {}
    body: dict[str, Any] = {"items": list(page)}
    there = urlencode({"status": "any", "at": following})
    if kind == "graphql_cursor":
        info = {"hasNextPage": following is not None, "endCursor": None if following is None else str(following)}
        body["data"] = {"pageInfo": info}
    elif following is not None:
        body |= {"next": str(following), "links": {"next": f"/api/items?{there}"}, "rest": f"/items?{there}"}
        headers["link"] = (
            f'<http://127.0.0.1/api/items?status=any&at=0>; rel="first", </api/items?{there}>; title="a, b"; rel=next'
        )
    return Response(200, headers, json.encode(body))


def serve(kind: str, items: list[dict[str, Any]], request: Request) -> Response:
    """The application's answer to a request."""
    query = dict(request.query)
    assert (query["status"], request.url) == ("any", BASE.url)
    if kind == "date_window":
        begin, end = (datetime.fromisoformat(query[name]) for name in ("from", "to"))
        items = [item for item in items if begin <= datetime.fromisoformat(item["at"]) < end]
    starts: dict[str, Callable[[], int]] = {
        "page_number": lambda: (int(query["page"]) - 1) * SIZE,
        "date_window": lambda: (int(query["page"]) - 1) * SIZE,
        "limit_offset": lambda: int(query["offset"]),
        "next_token": lambda: int(query.get("cursor", 0)),
        "expression": lambda: int(query.get("cursor", 0)),
        "graphql_cursor": lambda: int(json.decode(request.body or b"")["variables"].get("after") or 0),
        "keyset": lambda: sum(item["id"] <= int(query.get("since_id", 0)) for item in items),
    }
    start = starts.get(kind, lambda: int(query.get("at", 0)))()
    end = len(items) if kind == "none" else start + SIZE
    return answer(kind, items[start:end], end if end < len(items) else None)


def after(
    pager: Paginator, state: dict[str, Any], request: Request, response: Response
) -> tuple[list[Any], dict[str, Any] | None]:
    """A page's records and the state that follows, as if in another process."""
    body = json.decode(response.body)
    items = body.pop("items")
    last = items[-1] if items and pager.wants_last else None
    following = pager.after(state, request, response, body, len(items), "the test", last)
    return items, None if following is None else json.decode(json.encode(following))


def walk(
    pager: Paginator, application: Callable[[Request], Response], state: dict[str, Any] | None = None
) -> list[tuple[list[Any], dict[str, Any] | None]]:
    """Every page of a chain: its records, and the state that follows."""
    here = state or pager.first(BASE)
    pages = []
    while True:
        request = pager.request(BASE, here)
        page = after(pager, here, request, application(request))
        pages.append(page)
        if page[1] is None:
            return pages
        here = page[1]
