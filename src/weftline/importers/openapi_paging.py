"""Where records stand in an answer, and how its pages are walked: guessed, with the evidence in words."""

from __future__ import annotations

import re
from typing import Any

from weftline.importers import naming
from weftline.importers.openapi_refs import Json, Refs, table
from weftline.importers.openapi_samples import Samples, kind_of

_WRAPPERS = (
    "data",
    "items",
    "results",
    "records",
    "value",
    "values",
    "entries",
    "list",
    "content",
    "rows",
    "objects",
)
_PAGE = ("page", "page_number", "pagenumber", "pageno", "page[number]")
_SIZE = ("per_page", "perpage", "limit", "page_size", "pagesize", "size", "page[size]", "max_results", "maxresults")
_OFFSET = ("offset", "skip", "start", "startindex", "start_index")
_CURSOR = ("cursor", "page_token", "pagetoken", "next_token", "nexttoken", "continuation_token", "after", "page_info")
_TOKEN = re.compile(r"(^|\.)(next_?(page_?)?(token|cursor)|end_?cursor|continuation_?token|cursors?\.after)$", re.I)
_NEXT = re.compile(r"(^|[._])(next|next_?(page_?)?(link|url|href|uri)|next\.href)$", re.I)
_TOTAL_PAGES = re.compile(r"(^|\.)(total_?pages|page_?count|pages|last_?page)$", re.I)
_TOTAL = re.compile(r"(^|\.)(total|total_?(count|results|items|records))$", re.I)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def items_path(schema: Json, path: str, samples: Samples) -> tuple[str, bool]:
    """Where records stand, and whether there are several of them."""
    if kind_of(schema) == "array":
        return "", True
    lists, inner = [], []
    for name, one in table(schema.get("properties")).items():
        if not _PLAIN.fullmatch(name):
            continue
        part = samples.merged(one)
        if kind_of(part) == "array":
            lists.append(name)
        elif kind_of(part) == "object" and name.lower() in _WRAPPERS:
            inner.append(name)
    last = path.rstrip("/").rpartition("/")[2].partition(".")[0]
    for name in lists:
        if name.lower() in _WRAPPERS or naming.words(name) == naming.words(last):
            return name, True
    if len(lists) == 1 and not last.startswith("{") and len(table(schema.get("properties"))) <= 6:
        return lists[0], True
    return (inner[0], False) if inner else ("", False)


def pagination(names: dict[str, Json], answer: Json, schema: Json, samples: Samples, refs: Refs) -> tuple[Json, str]:
    """A paginator's kind and config, and the evidence; ``names`` are the query parameters, as described."""
    fields = _fields(schema, samples)
    known = {name.lower(): name for name in names}

    def named(words: tuple[str, ...]) -> str | None:
        return next((known[word] for word in words if word in known), None)

    def field(pattern: re.Pattern[str], *kinds: str) -> str | None:
        return next((path for path, kind in fields.items() if pattern.search(path) and kind in kinds), None)

    size_name = named(_SIZE)
    size = _size(samples.merged(names[size_name].get("schema"))) if size_name else None
    token, parameter = field(_TOKEN, "string"), named(_CURSOR)
    if token and parameter:
        return {"kind": "next_token", "token_path": token, "parameter": parameter}, (
            f"the parameter '{parameter}', and '{token}' in the answer"
        )
    if page := named(_PAGE):
        config: Json = {"kind": "page_number", "parameter": page}
        evidence = [f"the parameter '{page}'"]
        if size_name and size:
            config |= {"size_parameter": size_name, "size": size}
            evidence.append(f"'{size_name}' of {size} beside it")
        if total := field(_TOTAL_PAGES, "integer", "number"):
            config["total_pages_path"] = total
            evidence.append(f"'{total}' in the answer")
        return config, ", ".join(evidence)
    offset = named(_OFFSET)
    if offset and size_name and size:
        config = {"kind": "limit_offset", "limit": size, "limit_parameter": size_name, "offset_parameter": offset}
        if total := field(_TOTAL, "integer", "number"):
            config["total_path"] = total
        return config, f"the parameters '{offset}' and '{size_name}'"
    if link := field(_NEXT, "string"):
        return {"kind": "next_url", "url_path": link}, f"'{link}' in the answer, which looks like an address"
    headers = {str(name).lower(): refs.of(one) for name, one in table(answer.get("headers")).items()}
    if "link" in headers:
        return {"kind": "link_header"}, "the answer's header 'Link'"
    return {"kind": "none"}, "nothing in its parameters or its answer tells of pages"


def _fields(schema: Json, samples: Samples) -> dict[str, str]:
    """The plain fields of an answer, three levels down, without those in lists."""
    found: dict[str, str] = {}
    waiting: list[tuple[str, Any, int]] = [("", schema, 0)]
    while waiting and len(found) < 300:
        path, one, depth = waiting.pop(0)
        for name, part in table(samples.merged(one).get("properties")).items():
            if not _PLAIN.fullmatch(name):
                continue
            here, merged = f"{path}.{name}".lstrip("."), samples.merged(part)
            kind = kind_of(merged)
            if kind == "object" and depth < 3:
                waiting.append((here, merged, depth + 1))
            elif kind != "array":
                found[here] = kind
    return found


def _size(schema: Json) -> int | None:
    most, usual = schema.get("maximum"), schema.get("default")
    for value in (most if isinstance(most, int) and most <= 250 else None, usual, 50):
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None
