"""Entries of a recording: which are calls of an API, and which of them are the same endpoint."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from weftline.importers.draft import Json
from weftline.importers.guess_auth import Pairs
from weftline.importers.guess_request import is_id
from weftline.kernel import json

_ASSETS = {"script", "stylesheet", "image", "font", "media", "manifest", "texttrack", "ping",
           "websocket", "preflight", "eventsource", "signedexchange", "prefetch"}  # fmt: skip
_ASSET_TYPES = ("image/", "font/", "video/", "audio/", "text/css", "text/html", "text/javascript", "application/wasm",
                "application/javascript", "application/x-javascript", "application/font",
                "application/manifest")  # fmt: skip
_ASSET_ENDS = (".js", ".mjs", ".css", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".woff", ".woff2", ".ttf",
               ".map", ".webp", ".html", ".mp4")  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One request and its answer."""

    method: str
    origin: str
    path: str
    query: Pairs
    headers: Pairs
    post: Json
    status: int
    answer_headers: dict[str, str]
    media: str
    text: str | None
    resource: str
    url: str

    @property
    def pieces(self) -> tuple[str, ...]:
        """The path, what looks like an id left open."""
        return tuple("\0" if is_id(piece) else piece for piece in self.path.split("/"))

    @property
    def answer(self) -> Any:
        """The JSON of a good answer; None for others."""
        if self.text is None or not 200 <= self.status < 300:
            return None
        try:
            return json.decode(self.text.encode())
        except json.JSONError:
            return None

    @property
    def is_asset(self) -> bool:
        """Whether it is a part of a page, not a call of an API."""
        if self.resource in _ASSETS or self.method == "OPTIONS":
            return True
        if "json" in self.media or self.method not in ("GET", "HEAD"):
            return False
        return self.media.startswith(_ASSET_TYPES) or self.path.lower().endswith(_ASSET_ENDS)


def entries(document: Any) -> Iterable[Entry]:
    """The entries of a recording that have an address."""
    for one in listed(table(table(document).get("log")).get("entries")):
        request, response = table(one.get("request")), table(one.get("response"))
        url = str(request.get("url") or "")
        try:
            parts = urlsplit(url)
        except ValueError:  # brackets that are no address
            continue
        if parts.scheme not in ("http", "https") or not parts.hostname:
            continue
        content = table(response.get("content"))
        status = response.get("status")
        yield Entry(
            str(request.get("method") or "GET").upper(), f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}",
            parts.path or "/", parse_qsl(parts.query, keep_blank_values=True), pairs(request.get("headers")),
            table(request.get("postData")), status if isinstance(status, int) else 0,
            {name.lower(): value for name, value in pairs(response.get("headers"))},
            str(content.get("mimeType") or "").partition(";")[0].strip().lower(), _text(content),
            str(one.get("_resourceType") or ""), url,
        )  # fmt: skip


def table(value: Any) -> Json:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Json]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def pairs(value: Any) -> Pairs:
    """Names and values."""
    return [(str(one.get("name") or ""), str(one.get("value") or "")) for one in listed(value) if one.get("name")]


def _text(content: Json) -> str | None:
    text = content.get("text")
    if not isinstance(text, str):
        return None
    if content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None
