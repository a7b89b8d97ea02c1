"""No pages: one answer is all."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.model import Request, Response
from weftline.pagination.base import Paginator, PaginatorConfig, State


class NoneConfig(PaginatorConfig):
    """Nothing to set."""


class NonePaginator(Paginator):
    """One answer holds everything."""

    kind: ClassVar[str] = "none"
    title: ClassVar[str] = "None"
    Config: ClassVar[type[BaseModel]] = NoneConfig
    reads_body: ClassVar[bool] = False

    def first_place(self, request: Request) -> State:
        """The only place."""
        return {}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """There is no other."""
        return None

    def apply(self, request: Request, place: State) -> Request:
        """The request as it is."""
        return request
