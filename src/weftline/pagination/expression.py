"""What follows a page is calculated: for applications that none of the other kinds describes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self
from urllib.parse import parse_qsl, urlencode, urljoin

from pydantic import BaseModel, model_validator

from weftline.errors import DocumentError
from weftline.expr import compile_expression, compile_path, to_text
from weftline.kernel import json
from weftline.model import Request, Response, field
from weftline.pagination.address import at, hold_to, origin
from weftline.pagination.base import Paginator, PaginatorConfig, State, set_query


class ExpressionConfig(PaginatorConfig):
    """The next page's value, when there is none, and where it goes."""

    next: str = field(
        title="Next",
        description="Expression for the next page's value over body, headers, count (of the page's records), last "
        "(the last record) and value (this page's); null, false, 0 and empty text end it",
        example="count < 100 ? null : (value ?? 0) + count",
    )
    stop: str | None = field(
        None,
        title="Stop",
        description="Expression over the same: whether this page is the last",
        example="not body.more",
    )
    place: dict[Literal["query", "header", "body", "url"], str] = field(
        title="Place",
        description="Where the value goes and its name there; in a JSON body a path; url: it is the next address",
        example={"query": "cursor"},
    )
    first: int | str | None = field(None, title="First", description="The first page's value; null: it is not sent")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if len(self.place) != 1:
            raise ValueError("place is one of query, header, body and url")
        return self


class ExpressionPaginator(Paginator):
    """Calculate the next page's value. The body is seen without its records: `count` and `last` tell of them."""

    kind: ClassVar[str] = "expression"
    title: ClassVar[str] = "By expression"
    Config: ClassVar[type[BaseModel]] = ExpressionConfig

    def __init__(self, config: ExpressionConfig) -> None:
        super().__init__(config)
        self._next = compile_expression(config.next)
        self._stop = compile_expression(config.stop) if config.stop else None
        used = self._next.references | (self._stop.references if self._stop else frozenset())
        roots = {reference.split(".")[0].split("[")[0] for reference in used}
        self.wants_last = "last" in roots  # type: ignore[misc] # of this one, not of the class
        self.reads_body = "body" in roots  # type: ignore[misc]
        ((self._place, self._name),) = config.place.items()

    def first_place(self, request: Request) -> State:
        """The first value, and the host that all pages must have."""
        return {"value": self.config.first, "home": origin(request.url)}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The next value, of a page whose last record nobody asks for."""
        return self.next_place_after(None, place, request, response, body, records)

    def next_place_after(
        self, last: Any, place: State, request: Request, response: Response, body: Any, records: int
    ) -> State | None:
        """The next value, unless the chain stops here."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        scope = {"body": body, "headers": headers, "count": records, "last": last, "value": place["value"]}
        if self._stop is not None and self._stop.evaluate(scope):
            return None
        value = self._next.evaluate(scope)
        if not value:
            return None
        if self._place == "url":
            value = hold_to(urljoin(request.url, to_text(value)), place["home"])
        return place | {"value": value if isinstance(value, int) else to_text(value)}

    def apply(self, request: Request, place: State) -> Request:
        """With the value at its place."""
        value = place["value"]
        if value is None:
            return request
        if self._place == "url":
            return at(request, value)
        paged = request.copy()
        if self._place == "query":
            set_query(paged, self._name, value)
        elif self._place == "header":
            paged.headers[self._name] = str(value)
        else:
            paged.body = self._in_body(paged, value)
        return paged

    def _in_body(self, request: Request, value: int | str) -> bytes:
        kinds = {name.lower(): text.lower() for name, text in request.headers.items()}
        if kinds.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            fields = parse_qsl((request.body or b"").decode(), keep_blank_values=True)
            return urlencode([*(pair for pair in fields if pair[0] != self._name), (self._name, value)]).encode()
        try:
            document = json.decode(request.body or b"{}")
        except json.JSONError:
            document = None
        if not isinstance(document, dict):
            raise DocumentError(
                f"'{self._name}' has no place: the request's body is neither a JSON object nor a form",
                hint="see the endpoint's request.body",
            )
        if "content-type" not in kinds:
            request.headers["Content-Type"] = "application/json"
        compile_path(self._name).set(document, value)
        return json.encode(document)
