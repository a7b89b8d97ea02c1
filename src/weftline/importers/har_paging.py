"""How pages were asked for, seen from requests that followed each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin

from weftline.importers.draft import Json
from weftline.importers.guess import lists
from weftline.importers.har_entries import Entry

_SIZES = ("limit", "per_page", "perpage", "page_size", "pagesize", "size", "count", "first", "take", "top", "$top")


def seen(group: Sequence[Entry]) -> tuple[Json, str] | None:
    """A paginator's kind and config with the evidence; None when no two requests tell."""
    for number, one in enumerate(group):
        for other in group[number + 1 :]:
            found = _linked(one, other) or _stepped(one, other)
            if found is not None:
                return found
    return None


def _linked(one: Entry, other: Entry) -> tuple[Json, str] | None:
    link = re.search(r"<([^>]+)>\s*;[^,]*rel=\"?next\"?", one.answer_headers.get("link", ""))
    if link and urljoin(one.url, link[1]) == other.url:
        return {"kind": "link_header"}, "the next request went to the address in the header Link"
    for path, value in _plain(one.answer):
        address = value[:1] in ("h", "/", "?") if isinstance(value, str) else False
        if address and one.url != other.url and urljoin(one.url, value) == other.url:
            return {"kind": "next_url", "url_path": path}, f"the next request went to the address at '{path}'"
    return None


def _stepped(one: Entry, other: Entry) -> tuple[Json, str] | None:
    before, after = dict(one.query), dict(other.query)
    changed = [name for name in after if after[name] != before.get(name)]
    if len(changed) != 1 or any(name not in after for name in before):
        return None
    name = changed[0]
    then, now = before.get(name), after[name]
    shown = f"asked with {name}={_short(then)}, then with {name}={_short(now)}" if then else f"then asked with {name}"
    for path, value in _plain(one.answer):
        if now and str(value) == now and not isinstance(value, bool) and len(now) > 3:
            return {"kind": "next_token", "token_path": path, "parameter": name}, f"{shown}, which '{path}' had said"
    if not now.isdecimal() or not (then is None or then.isdecimal()):
        return None
    size_name = next((each for each in after if each.lower() in _SIZES and after[each].isdecimal()), None)
    size = int(after[size_name]) if size_name else None
    if "page" in name.lower() and int(now) - int(then or 1) == 1:
        config: Json = {"kind": "page_number", "parameter": name}
        if then is None:
            config["send_first"] = False
        elif then == "0":
            config["first"] = 0
        if size_name and size:
            config |= {"size_parameter": size_name, "size": size}
        return config, shown
    step = int(now) - int(then or 0)
    found = lists(one.answer)
    count = found[0][1] if found else None
    if step > 1 and step in (size, count):
        config = {"kind": "limit_offset", "limit": step, "offset_parameter": name}
        config["limit_parameter"] = size_name if size == step else None
        if then is None:
            config["send_first"] = False
        return config, f"{shown}, and a page has {step} records"
    return None


def _plain(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Plain values beside the records."""
    if not isinstance(value, dict) or depth > 4:
        return
    for name, one in value.items():
        here = f"{path}.{name}" if path else str(name)
        if not re.fullmatch(r"[\w-]+", str(name)):
            continue
        if isinstance(one, dict):
            yield from _plain(one, here, depth + 1)
        elif isinstance(one, str | int):
            yield here, one


def _short(value: str | None) -> str:
    return (value or "")[:20]
