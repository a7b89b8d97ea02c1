"""GraphQL connections (the Relay cursor specification): the cursor goes into a variable of the query."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.errors import DocumentError, UnreadableBodyError
from weftline.expr import compile_path
from weftline.kernel import json
from weftline.model import Request, Response, field
from weftline.pagination.base import Paginator, PaginatorConfig, State


class GraphqlCursorConfig(PaginatorConfig):
    """Where the answer's page information stands, and which variable takes the cursor."""

    cursor_path: str = field(title="Path to the end cursor", example="data.orders.pageInfo.endCursor")
    more_path: str = field(title="Path to 'there is more'", example="data.orders.pageInfo.hasNextPage")
    variable: str = field("after", title="Variable", description="Of the query; null on the first page")


class GraphqlCursorPaginator(Paginator):
    """Hand the end cursor back in the query's variables for as long as there is a next page."""

    kind: ClassVar[str] = "graphql_cursor"
    title: ClassVar[str] = "GraphQL cursor"
    Config: ClassVar[type[BaseModel]] = GraphqlCursorConfig

    def first_place(self, request: Request) -> State:
        """No cursor yet."""
        return {"cursor": None}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The answer's cursor, unless it says that there is no next page."""
        more = compile_path(self.config.more_path).get(body, None)
        cursor = compile_path(self.config.cursor_path).get(body, None)
        if more is False:
            return None
        if not isinstance(more, bool) or cursor in (None, ""):
            missing = self.config.cursor_path if isinstance(more, bool) else self.config.more_path
            raise UnreadableBodyError(
                f"page information is missing: the answer has nothing at '{missing}'",
                hint="ask for pageInfo { hasNextPage endCursor } in the query; see the endpoint's pagination",
            )
        return {"cursor": str(cursor)}

    def apply(self, request: Request, place: State) -> Request:
        """With the cursor among the variables of the body."""
        if place["cursor"] is None:
            return request
        try:
            body = json.decode(request.body or b"")
            variables = {**(body.get("variables") or {}), self.config.variable: place["cursor"]}
        except (json.JSONError, AttributeError, TypeError):
            raise DocumentError(
                "the cursor has no place: the request's body is not a JSON object with 'query' and 'variables'",
                hint="see the endpoint's request.body",
            ) from None
        paged = request.copy()
        paged.body = json.encode({**body, "variables": variables})
        return paged
