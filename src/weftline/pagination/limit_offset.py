"""Limit and offset."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.expr import compile_path
from weftline.model import Request, Response, field
from weftline.pagination.base import Paginator, PaginatorConfig, State, set_query


class LimitOffsetConfig(PaginatorConfig):
    """Names of the two parameters, and how the end is known."""

    limit: int = field(title="Records a page", ge=1, example=100)
    limit_parameter: str | None = field("limit", title="Limit parameter", description="null: it is not sent")
    offset_parameter: str = field("offset", title="Offset parameter")
    send_first: bool = field(True, title="Send the first", description="Off: the first request names no offset")
    total_path: str | None = field(None, title="Path to the total", example="totalResults")
    more_path: str | None = field(None, title="Path to 'there is more'", example="hasMore")


class LimitOffsetPaginator(Paginator):
    """Skip what has been read."""

    kind: ClassVar[str] = "limit_offset"
    title: ClassVar[str] = "Limit and offset"
    Config: ClassVar[type[BaseModel]] = LimitOffsetConfig

    def first_place(self, request: Request) -> State:
        """From the start."""
        return {"offset": 0}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """Past the records of this page, unless the application says that there are no more."""
        offset = place["offset"] + records
        if records == 0:
            return None
        if self.config.more_path is not None:
            more = compile_path(self.config.more_path).get(body, None)
            if isinstance(more, bool):  # an answer that does not say is no reason to stop early
                return {"offset": offset} if more else None
        if self.config.total_path is not None:
            total = compile_path(self.config.total_path).get(body, None)
            if isinstance(total, int):
                return {"offset": offset} if offset < total else None
        return {"offset": offset} if records >= self.config.limit else None

    def apply(self, request: Request, place: State) -> Request:
        """With limit and offset."""
        paged = request.copy()
        if self.config.limit_parameter:
            set_query(paged, self.config.limit_parameter, self.config.limit)
        if self.config.send_first or place["offset"]:
            set_query(paged, self.config.offset_parameter, place["offset"])
        return paged
