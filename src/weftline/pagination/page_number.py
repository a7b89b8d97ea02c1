"""Page numbers: 1, 2, 3, ... until a page is short."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.expr import compile_path
from weftline.model import Request, Response, field
from weftline.pagination.base import Paginator, PaginatorConfig, State, set_query


class PageNumberConfig(PaginatorConfig):
    """The parameter's name, and how the last page is known."""

    parameter: str = field("page", title="Page parameter", example="page")
    first: int = field(1, title="First page", ge=0)
    send_first: bool = field(True, title="Send the first", description="Off: the first request names no page")
    size_parameter: str | None = field(None, title="Size parameter", example="per_page")
    size: int | None = field(None, title="Records a page", ge=1, description="A shorter page is the last one")
    total_pages_path: str | None = field(None, title="Path to the number of pages", example="meta.pages")


class PageNumberPaginator(Paginator):
    """Ask for page after page by number."""

    kind: ClassVar[str] = "page_number"
    title: ClassVar[str] = "Page number"
    Config: ClassVar[type[BaseModel]] = PageNumberConfig

    def first_place(self, request: Request) -> State:
        """The first page's number."""
        return {"page": self.config.first}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The next number, unless this page was the last."""
        if self.config.total_pages_path is not None:
            total = compile_path(self.config.total_pages_path).get(body, None)
            if isinstance(total, int):
                last = total - 1 + self.config.first
                return {"page": place["page"] + 1} if place["page"] < last else None
        if records == 0 or (self.config.size is not None and records < self.config.size):
            return None
        return {"page": place["page"] + 1}

    def apply(self, request: Request, place: State) -> Request:
        """With the page's number and size."""
        paged = request.copy()
        if self.config.send_first or place["page"] != self.config.first:
            set_query(paged, self.config.parameter, place["page"])
        if self.config.size_parameter and self.config.size:
            set_query(paged, self.config.size_parameter, self.config.size)
        return paged
