"""The answer holds the part of the next page's address that comes after a fixed base."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from weftline.expr import compile_path
from weftline.model import Request, Response, field
from weftline.pagination.address import at, hold_to, origin
from weftline.pagination.base import Paginator, PaginatorConfig, State


class RelativeUriConfig(PaginatorConfig):
    """Where the rest of the address stands, and what it is the rest of."""

    uri_path: str = field(title="Path to the rest of the address", example="meta.next")
    base: str = field(
        "/", title="Base", description="Path on the same host that the rest is joined to", example="/api/v2/"
    )


class RelativeUriPaginator(Paginator):
    """Put what the answer says behind a base, always on the same host; ``next_url`` reads it from the page on."""

    kind: ClassVar[str] = "relative_uri"
    title: ClassVar[str] = "Relative address"
    Config: ClassVar[type[BaseModel]] = RelativeUriConfig

    def first_place(self, request: Request) -> State:
        """The request's own address."""
        return {"uri": None}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The answer's rest of an address; none or an empty one ends the chain."""
        found = compile_path(self.config.uri_path).get(body, None)
        return None if found in (None, "", False) else {"uri": str(found)}

    def apply(self, request: Request, place: State) -> Request:
        """At base and rest."""
        uri = place["uri"]
        if uri is None:
            return request
        home = origin(request.url)
        if urlsplit(uri).scheme:
            hold_to(uri, home)
            return at(request, uri)
        base = home + "/" + self.config.base.strip("/")
        return at(request, base + uri if uri.startswith("?") else f"{base.rstrip('/')}/{uri.lstrip('/')}")
