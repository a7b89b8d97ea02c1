"""Keyset: a value of the last record says where the next page begins (since_id, starting_after, created_after)."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.errors import UnreadableBodyError
from weftline.expr import compile_path, to_text
from weftline.model import Request, Response, field
from weftline.pagination.base import Paginator, PaginatorConfig, State, set_query


class KeysetConfig(PaginatorConfig):
    """Which value of a record goes where, and how the last page is known."""

    path: str = field(title="Path in a record", description="To a value that is unique and grows", example="id")
    parameter: str = field(title="Parameter", description="Takes the last record's value", example="since_id")
    size: int | None = field(None, title="Records a page", ge=1, description="A shorter page is the last one")
    size_parameter: str | None = field(None, title="Size parameter", example="limit")
    more_path: str | None = field(None, title="Path to 'there is more'", example="has_more")


class KeysetPaginator(Paginator):
    """Ask for what comes after the last record, until a page is empty or short."""

    kind: ClassVar[str] = "keyset"
    title: ClassVar[str] = "Keyset"
    Config: ClassVar[type[BaseModel]] = KeysetConfig
    wants_last: ClassVar[bool] = True

    def first_place(self, request: Request) -> State:
        """From the start, or from where the request's own parameter says."""
        return {"after": None}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """None: without the last record nothing follows."""
        return None

    def next_place_after(
        self, last: Any, place: State, request: Request, response: Response, body: Any, records: int
    ) -> State | None:
        """Past the last record, unless this page was the last one."""
        if records == 0:
            return None
        more = None if self.config.more_path is None else compile_path(self.config.more_path).get(body, None)
        if more is False or (not isinstance(more, bool) and self.config.size and records < self.config.size):
            return None
        value = compile_path(self.config.path).get(last, None)
        if value in (None, ""):
            raise UnreadableBodyError(
                f"the page's last record has no '{self.config.path}', so that the next page cannot be asked for",
                hint="see 'path' of the endpoint's pagination; it is a path within one record",
            )
        return {"after": to_text(value)}

    def apply(self, request: Request, place: State) -> Request:
        """With the last value, if there is one, and the size."""
        paged = request.copy()
        if place["after"] is not None:
            set_query(paged, self.config.parameter, place["after"])
        if self.config.size_parameter and self.config.size:
            set_query(paged, self.config.size_parameter, self.config.size)
        return paged
