"""SQL: pages of a query, by offset or after the last row's key."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.errors import UnreadableBodyError
from weftline.kernel import json
from weftline.model import Request, Response, field
from weftline.pagination.base import Paginator, PaginatorConfig, State


class SqlConfig(PaginatorConfig):
    """How long a page is, and how the next one is found."""

    mode: Literal["statement", "offset", "keyset"] = field(
        "statement",
        title="Mode",
        description="statement: keyset if it has the place :after, offset if it has :offset, else all in one page",
    )
    size: int = field(1000, title="Rows a page", ge=1, description="The body's own 'size' stands before it")
    key: list[str] = field(
        list, title="Key", description="Columns that are unique and sorted by; the body's 'key' stands before it"
    )


class SqlPaginator(Paginator):
    """Puts ``limit`` and ``offset`` or ``after`` among the values of a query; of several columns ``after_<column>``.

    The first page of a keyset has null there. A table is read by keyset; its new rows by what they grow by, then key.
    """

    kind: ClassVar[str] = "sql"
    title: ClassVar[str] = "SQL"
    Config: ClassVar[type[BaseModel]] = SqlConfig
    wants_last: ClassVar[bool] = True

    def first_place(self, request: Request) -> State:
        """The start, in the manner of the request."""
        mode = self._mode(_body(request))
        return {"offset": 0} if mode == "offset" else {"after": None} if mode == "keyset" else {}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """None: without the last row nothing follows."""
        return None

    def next_place_after(
        self, last: Any, place: State, request: Request, response: Response, body: Any, records: int
    ) -> State | None:
        """Past the rows of this page, unless it was short or is all there is."""
        asked = _body(request)
        if not place or records < int(asked.get("values", {}).get("limit") or self.config.size):
            return None
        if "offset" in place:
            return {"offset": place["offset"] + records}
        key = [name.removeprefix("after_") for name in asked["values"] if name.startswith("after_")]
        return {"after": {name: self._of(last, name) for name in key or self._key(asked)}}

    def apply(self, request: Request, place: State) -> Request:
        """With the place among the values."""
        paged = request.copy()
        asked = _body(request)
        size = int(asked.pop("size", None) or self.config.size)
        key = self._key(asked)
        # A place that a statement does not have would be an error, so only what it has is given.
        values: dict[str, Any] = {"limit": size} if "table" in asked or _has(asked, "limit") else {}
        if "offset" in place:
            values["offset"] = place["offset"]
        elif "after" in place:
            after = place["after"] or dict.fromkeys(key)
            values |= {f"after_{name}": value for name, value in after.items()} if len(key) > 1 else {
                "after": next(iter(after.values()), None)
            }  # fmt: skip
        if "table" not in asked:
            asked.pop("key", None)
        paged.body = json.encode(asked | {"values": {**asked.get("values", {}), **values}})
        return paged

    def _mode(self, asked: dict[str, Any]) -> str:
        if self.config.mode != "statement":
            return str(self.config.mode)
        if "table" in asked or re.search(r":after\w*", asked.get("sql", "")):
            return "keyset"
        return "offset" if _has(asked, "offset") else "whole"

    def _key(self, asked: dict[str, Any]) -> list[str]:
        given = asked.get("key") or self.config.key or ["id"]
        key = [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given)
        return list(dict.fromkeys([asked["changed"], *key])) if asked.get("changed") else key

    def _of(self, last: Any, name: str) -> Any:
        if not isinstance(last, dict) or last.get(name) is None:
            raise UnreadableBodyError(
                f"the page's last row has no '{name}', so that the next page cannot be asked for",
                hint="let the statement read the columns of its key, and let none of them be null",
            )
        return last[name]


def _body(request: Request) -> dict[str, Any]:
    return dict(json.decode(request.body or b"{}"))


def _has(asked: dict[str, Any], place: str) -> bool:
    return re.search(rf"(?<![:\w\\]):{place}(?![:\w])", asked.get("sql", "")) is not None
