"""An application that answers anything with pages of two out of five records, and remembers what it was asked."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

IDS = [1, 2, 3, 4, 5]
SHOWN = ("authorization", "x-api-key", "x-client", "x-size", "x-cursor", "x-session", "content-type")


@dataclass
class Recorder:
    """Requests by the first two pieces of their path: ``/<manifest>/<side>/...``."""

    seen: dict[tuple[str, str], list[Any]] = field(default_factory=lambda: defaultdict(list))

    async def answer(self, request: web.Request) -> web.Response:
        """A page; by page number, offset or cursor, wherever it stands."""
        _, name, side, path = request.path.split("/", 3)
        raw = (await request.read()).decode()
        sent = json.loads(raw) if raw.startswith("{") else dict(parse_qsl(raw))
        headers = {key.lower(): value for key, value in request.headers.items() if key.lower() in SHOWN}
        self.seen[name, side].append((request.method, path, sorted(request.query.items()), headers, sent))
        if path == "login":
            return web.json_response({"session": {"token": f"session-of-{sent['user']}"}})
        if path == "token":
            return web.json_response({"access_token": f"by-{sent['grant_type']}", "expires_in": 3600})
        asked = {**request.query, **sent, **(sent.get("page") if isinstance(sent.get("page"), dict) else {})}
        start = int(asked.get("offset") or asked.get("cursor") or headers.get("x-cursor") or 0)
        if isinstance(asked.get("page"), str | int):
            start = (int(asked["page"]) - 1) * 2
        page = IDS[start : start + 2]
        following = start + 2 if start + 2 < len(IDS) else None
        body: dict[str, Any] = {
            "data": [{"id": one, "at": "2026-01-03T00:00:00Z", "tags": [{"id": one}]} for one in page],
            "more": following is not None, "meta": {"next": following and str(following)}, "links": {},
        }  # fmt: skip
        answer: dict[str, str] = {}
        if following is not None:
            query = urlencode({**request.query, "cursor": following})
            address = f"{request.url.origin()}{request.path}?{query}"
            body["links"]["next"] = address
            answer = {"Link": f'<{address}>; rel="next"', "X-Next": address}
        return web.json_response(body, headers=answer)
