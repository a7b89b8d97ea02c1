"""What an answer tells of its endpoint: where the records stand, and how the next page is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

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


def facts_of(
    query: Mapping[str, str], headers: Mapping[str, str], body: Any, *, one: bool = False
) -> tuple[Json, str, Any]:
    """What an endpoint should say, the evidence in words, and a record; ``one``: the path names a single record."""
    found = [] if one else lists(body)
    if not found:
        return {"items_path": ""}, "its answer is one record", body if isinstance(body, dict) else None
    path, count = found[0]
    record = at(body, path)[0]
    seen = f"'{path}' is a list of {count} objects" if path else f"the answer itself is a list of {count} objects"
    guessed = paging(query, headers, body) or paging_of_query(query)
    if guessed is None:
        return {"items_path": path}, f"{seen}; nothing tells of pages", record
    return {"items_path": path, "pagination": guessed[0]}, f"{seen}; {guessed[1]}", record


def lists(body: Any) -> list[tuple[str, int]]:
    """Lists of objects in an answer, the likeliest first: their paths and lengths."""
    return sorted(_lists(body), key=lambda one: (-one[1], one[0].count(".")))


def at(body: Any, path: str) -> Any:
    """What stands at one of the paths of :func:`lists`."""
    for name in path.split(".") if path else []:
        body = body[name]
    return body


def paging_of_query(query: Mapping[str, str]) -> tuple[Json, str] | None:
    """What the query alone tells, where records were seen beside it."""
    size_name = next((name for name in query if name.lower() in _SIZE and query[name].isdecimal()), None)
    page = next((name for name in query if name.lower() in _PAGE and query[name].isdecimal()), None)
    if page is not None:
        config: Json = {"kind": "page_number", "parameter": page}
        if query[page] == "0":
            config["first"] = 0
        if size_name and int(query[size_name]):
            config |= {"size_parameter": size_name, "size": int(query[size_name])}
        return config, f"the query has '{page}'"
    offset = next((name for name in query if name.lower() in ("offset", "skip") and query[name].isdecimal()), None)
    if offset is not None and size_name and int(query[size_name]):
        config = {"kind": "limit_offset", "limit": int(query[size_name]), "limit_parameter": size_name}
        return config | {"offset_parameter": offset}, f"the query has '{offset}' and '{size_name}'"
    return None


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


def paging(query: Mapping[str, str], headers: Mapping[str, str], body: Any) -> tuple[Json, str] | None:
    """A paginator's kind and config, and why; ``headers`` have lower-case names."""
    link = headers.get("link", "")
    if re.search(r"rel=\"?next\"?", link):
        return ({"kind": "link_header"}, "the header Link names the next page")
    fields = {path: value for path, value in _fields(body) if value not in (None, "", False)}
    for path, value in fields.items():
        name = path.rsplit(".", 1)[-1].lower()
        if name in _NEXT_URL and isinstance(value, str) and value.startswith(("http://", "https://", "/", "?")):
            return ({"kind": "next_url", "url_path": path}, f"'{path}' is {_shown(value)}")
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
            config: Json = {"kind": "page_number", "parameter": parameter, "total_pages_path": path} | size
            return (config, f"'{path}' counts {value} pages")
    for path, value in fields.items():
        name = path.rsplit(".", 1)[-1].lower()
        if name in _TOKEN and isinstance(value, str):
            parameter = next((one for one in query if one.lower() in ("cursor", "after", "page_token")), "cursor")
            config = {"kind": "next_token", "token_path": path, "parameter": parameter}
            return (config, f"'{path}' is {_shown(value)}, which looks like a token")
    for path, value in fields.items():
        name = path.rsplit(".", 1)[-1].lower()
        if name in _TOTAL and isinstance(value, int) and "offset" in {one.lower() for one in query}:
            parameter = next(one for one in query if one.lower() == "offset")
            limit = size_name or "limit"
            config = {
                "kind": "limit_offset", "offset_parameter": parameter, "limit_parameter": limit,
                "limit": size.get("size", 100), "total_path": path,
            }  # fmt: skip
            return (config, f"'{path}' counts {value} records in all")
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
