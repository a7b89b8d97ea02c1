"""A token in the answer names the next page."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.expr import compile_path
from weftline.model import Request, Response, field
from weftline.pagination.base import Paginator, PaginatorConfig, State, set_query


class NextTokenConfig(PaginatorConfig):
    """Where the token stands and where it goes."""

    token_path: str = field(title="Path to the token", example="meta.next_cursor")
    parameter: str = field(title="Token parameter", example="cursor")


class NextTokenPaginator(Paginator):
    """Hand back the token of the last answer."""

    kind: ClassVar[str] = "next_token"
    title: ClassVar[str] = "Next token"
    Config: ClassVar[type[BaseModel]] = NextTokenConfig

    def first_place(self, request: Request) -> State:
        """No token yet."""
        return {"token": None}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The answer's token; none or an empty one ends the chain."""
        token = compile_path(self.config.token_path).get(body, None)
        return None if token in (None, "", False) else {"token": str(token)}

    def apply(self, request: Request, place: State) -> Request:
        """With the token, if there is one."""
        if place["token"] is None:
            return request
        paged = request.copy()
        set_query(paged, self.config.parameter, place["token"])
        return paged
