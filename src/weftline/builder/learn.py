"""What an answer tells of its endpoint: where the records stand, and how the next page is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weftline.model import Endpoint, Response

Json = dict[str, Any]

_DEEPEST = 4
_NEXT_URL = ("next", "next_url", "next_page_url", "nextlink", "@odata.nextlink", "next_link", "next_href", "href")
_TOKEN = (
    "next_cursor", "nextcursor", "next_page_token", "nextpagetoken", "cursor", "after", "continuation",
    "next_token", "nexttoken", "page_token", "offset", "next",
)  # fmt: skip
_TOTAL_PAGES = ("total_pages", "totalpages", "pages", "page_count", "pagecount", "last_page")
_TOTAL = ("total", "total_count", "totalcount", "count", "total_results", "totalresults")
_PAGE = ("page", "page_number", "pagenumber", "current_page")
_SIZE = ("limit", "per_page", "page_size", "pagesize", "size", "count", "first", "take")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change of the endpoint that the answer speaks for: the field of the endpoint, its value, and why."""

    field: str
    value: Any
    why: str


def learn(endpoint: Endpoint, query: Mapping[str, str], response: Response, body: Any) -> list[Suggestion]:
    """What should be changed; nothing when the answer agrees with the endpoint."""
    found: list[Suggestion] = []
    lists = sorted(_lists(body), key=lambda one: (-one[1], one[0].count(".")))
    paths = [path for path, _ in lists]
    if lists and endpoint.items_path not in paths:
        path, count = lists[0]
        words = (
            f"'{path}' is a list of {count} objects" if path else f"the answer itself is a list of {count} objects"
        )
        found.append(Suggestion("items_path", path, words))
    if endpoint.pagination.get("kind", "none") == "none":
        paging = _paging(query, response, body)
        if paging is not None:
            found.append(paging)
    return found


def _lists(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, int]]:
    """Lists of objects: their paths and lengths. Lists within records are not looked for."""
    if isinstance(value, list):
        if value and all(isinstance(item, dict) for item in value):
            yield path, len(value)
        return
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, one in value.items():
            if re.fullmatch(r"[A-Za-z_][\w-]*", str(name)):
                yield from _lists(one, f"{path}.{name}" if path else str(name), depth + 1)


def _paging(query: Mapping[str, str], response: Response, body: Any) -> Suggestion | None:
    link = response.headers.get("link", "")
    if re.search(r"rel=\"?next\"?", link):
        return Suggestion("pagination", {"kind": "link_header"}, "the header Link names the next page")
    fields = {path: value for path, value in _fields(body) if value not in (None, "", False)}
    for path, value in fields.items():
        name = path.rsplit(".", 1)[-1].lower()
        if name in _NEXT_URL and isinstance(value, str) and value.startswith(("http://", "https://", "/", "?")):
            return Suggestion("pagination", {"kind": "next_url", "url_path": path}, f"'{path}' is {_shown(value)}")
    size_name = next((name for name in query if name.lower() in _SIZE), None)
    size = (
        {"size_parameter": size_name, "size": int(query[size_name])}
        if size_name and query[size_name].isdecimal()
        else {}
    )
    for path, value in fields.items():
        name = path.rsplit(".", 1)[-1].lower()
        if name in _TOTAL_PAGES and isinstance(value, int):
            parameter = next((one for one in query if one.lower() in _PAGE), "page")
            paging = {"kind": "page_number", "parameter": parameter, "total_pages_path": path} | size
            return Suggestion("pagination", paging, f"'{path}' counts {value} pages")
    for path, value in fields.items():
        name = path.rsplit(".", 1)[-1].lower()
        if name in _TOKEN and isinstance(value, str):
            parameter = next((one for one in query if one.lower() in ("cursor", "after", "page_token")), "cursor")
            paging = {"kind": "next_token", "token_path": path, "parameter": parameter}
            return Suggestion("pagination", paging, f"'{path}' is {_shown(value)}, which looks like a token")
    for path, value in fields.items():
        name = path.rsplit(".", 1)[-1].lower()
        if name in _TOTAL and isinstance(value, int) and "offset" in {one.lower() for one in query}:
            parameter = next(one for one in query if one.lower() == "offset")
            limit = size_name or "limit"
            paging = {
                "kind": "limit_offset", "offset_parameter": parameter, "limit_parameter": limit,
                "limit": size.get("size", 100), "total_path": path,
            }  # fmt: skip
            return Suggestion("pagination", paging, f"'{path}' counts {value} records in all")
    return None


def _fields(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Plain values beside the records, by their paths."""
    if not isinstance(value, dict) or depth >= _DEEPEST:
        return
    for name, one in value.items():
        here = f"{path}.{name}" if path else str(name)
        if isinstance(one, dict):
            yield from _fields(one, here, depth + 1)
        elif not isinstance(one, list):
            yield here, one


def _shown(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "…")
