"""Paginators of a low-code manifest as our pagination, which asks the same pages."""

from __future__ import annotations

import re
from typing import Any

from weftline.importers.airbyte_config import Asked
from weftline.importers.airbyte_jinja import (
    RECORDS,
    Code,
    NoEquivalentError,
    Part,
    condition,
    constant,
    path,
    template,
)

Json = dict[str, Any]
Placed = tuple[str, str, Any]
"""Where something constant goes (query, headers or body), its name and its value."""
_PLACES = {"request_parameter": "query", "header": "header", "body_data": "body", "body_json": "body"}
_NOT = re.compile(r"\(not (.*)\)")


def paging(paginator: Json | None, items: list[str], asked: Asked) -> tuple[Json, list[Placed], str]:
    """The pagination, what goes into every request, and why; :class:`NoEquivalentError` says what cannot be."""
    if not paginator or paginator.get("type") == "NoPagination":
        return {"kind": "none"}, [], "the manifest names no paginator"
    if paginator.get("type") != "DefaultPaginator":
        raise NoEquivalentError(f"'{paginator.get('class_name') or paginator.get('type')}'")
    strategy = paginator.get("pagination_strategy") or {}
    parameters = strategy.get("$parameters") or paginator.get("$parameters") or {}
    size = template(strategy.get("page_size"), asked.roots(parameters))
    placed: list[Placed] = []
    if paginator.get("page_size_option") and size:
        place, name = option(paginator["page_size_option"], asked)
        placed.append((place, name, int(size) if str(size).isdigit() else size))
    number = int(size) if str(size).isdigit() else None
    if size and number is None and strategy.get("type") != "CursorPagination":
        raise NoEquivalentError(f"the page size {strategy.get('page_size')}, which differs from instance to instance")
    token = paginator.get("page_token_option") or {}
    kind = str(strategy.get("type", ""))
    why = f"the manifest's {strategy.get('class_name') or kind}"
    if token.get("type") == "RequestPath":
        where: dict[str, str] = {"url": ""}
        why += "; the pages after the first take their whole query from the address"
    elif token:
        place, name = option(token, asked)
        where = {place: name}
    else:
        raise NoEquivalentError(f"{why}, which puts its token nowhere")
    match kind:
        case "PageIncrement":
            return _pages(strategy, number, where), placed, why
        case "OffsetIncrement":
            return _offsets(strategy, number, where), placed, why
        case "CursorPagination":
            return _cursor(strategy, number, where, items, asked), placed, why
    raise NoEquivalentError(f"'{strategy.get('class_name') or kind}'")


def option(one: Json, asked: Asked) -> tuple[str, str]:
    """Where a request option goes, and its name or path there."""
    place = _PLACES.get(str(one.get("inject_into")))
    if place is None:
        raise NoEquivalentError(f"a value injected into '{one.get('inject_into')}'")
    name = one.get("field_name")
    if one.get("field_path"):
        return place, ".".join(str(part) for part in one["field_path"])
    return place, str(template(name, asked.roots(one.get("$parameters") or {})))


def _pages(strategy: Json, size: int | None, where: dict[str, str]) -> Json:
    first, at_once = int(strategy.get("start_from_page") or 0), bool(strategy.get("inject_on_first_request"))
    if "query" not in where:
        step = f"(value ?? {first}) + 1"
        return _calculated(step, size, where, first if at_once else None)
    found: Json = {"kind": "page_number", "parameter": where["query"], "first": first}
    return found | ({"size": size} if size else {}) | ({} if at_once else {"send_first": False})


def _offsets(strategy: Json, size: int | None, where: dict[str, str]) -> Json:
    at_once = bool(strategy.get("inject_on_first_request"))
    if "query" not in where:
        return _calculated("(value ?? 0) + count", size, where, 0 if at_once else None)
    # Without a size only an empty page is the last: one of less than one record.
    found = {"kind": "limit_offset", "limit": size or 1, "limit_parameter": None, "offset_parameter": where["query"]}
    return found | ({} if at_once else {"send_first": False})


def _calculated(step: str, size: int | None, where: dict[str, str], first: int | None) -> Json:
    end = f"count < {size}" if size else "count == 0"
    found: Json = {"kind": "expression", "next": step, "stop": end, "place": where}
    return found if first is None else found | {"first": first}


def _cursor(strategy: Json, size: int | None, where: dict[str, str], items: list[str], asked: Asked) -> Json:
    roots = asked.roots(strategy.get("$parameters") or {}, _page(items, size))
    value = condition(strategy.get("cursor_value"), roots)
    stop = condition(strategy["stop_condition"], roots) if strategy.get("stop_condition") not in (None, "") else None
    link = re.fullmatch(r"headers\.link\.(\w+)\.url", value)
    if link and "url" in where:
        if stop and "headers.link" not in stop:
            raise NoEquivalentError(f"the stop condition {strategy['stop_condition']} beside a link header")
        return {"kind": "link_header"} | ({"relation": link[1]} if link[1] != "next" else {})
    if "headers.link" in value or (stop and "headers.link" in stop):
        raise NoEquivalentError("a part of the link header")
    plain = value.removeprefix("body.") if re.fullmatch(r"body(\.\w+)+", value) else None
    if stop is not None and plain and _says_the_same(stop, value):
        stop = None
    if stop is None and plain and "query" in where:
        return {"kind": "next_token", "token_path": plain, "parameter": where["query"]}
    if stop is None and plain and "url" in where:
        return {"kind": "next_url", "url_path": plain}
    found: Json = {"kind": "expression", "next": value, "place": where}
    return found if stop is None else found | {"stop": stop}


def _says_the_same(stop: str, value: str) -> bool:
    """Whether a stop condition only says that there is no value, which ends a chain anyway."""
    bare = _NOT.fullmatch(stop)
    said = bare[1] if bare else stop
    return said in (value, f"(exists({value}))", f"exists({value})") if bare else stop in (
        f"({value} == null)", f'({value} == "")', f"(not exists({value}))",
    )  # fmt: skip


def _page(items: list[str], size: int | None) -> Any:
    def of(root: str, parts: list[Part]) -> Code:
        if root == "response":
            return _in_body(items, parts)
        if root == "last_record":
            return Code(path("last", parts))
        if root in ("last_page_size", "page_size") and not parts:
            return Code("count") if root == "last_page_size" else constant(size)
        if root == "headers" and parts:
            lower = [str(parts[0]).lower(), *parts[1:]]
            return Code(path("headers", lower))
        raise NoEquivalentError(f"the name '{path(root, parts)}'")

    return of


def _in_body(items: list[str], parts: list[Part]) -> Code:
    known = list(map(str, parts))
    if known == items:
        return Code(RECORDS)
    if known[: len(items)] == items and isinstance(parts[len(items)], int):
        if parts[len(items)] != -1:
            raise NoEquivalentError("a look at a record that is not the last")
        return Code(path("last", parts[len(items) + 1 :]))
    return Code(path("body", parts))
