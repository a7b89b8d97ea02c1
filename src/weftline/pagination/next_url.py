"""The answer holds the next page's address."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urljoin

from pydantic import BaseModel

from weftline.expr import compile_path
from weftline.model import Request, Response, field
from weftline.pagination.address import at, hold_to, origin
from weftline.pagination.base import Paginator, PaginatorConfig, State


class NextUrlConfig(PaginatorConfig):
    """Where the address stands, and where it may lead."""

    url_path: str = field(title="Path to the address", example="links.next")
    other_hosts: list[str] = field(
        list,
        title="Other hosts",
        description="Hosts (with port) beside the base URL's that get the credentials, too",
        example=["archive.api.example"],
        advanced=True,
    )


class NextUrlPaginator(Paginator):
    """Follow an address in the answer; a relative one is taken from the page it stands on."""

    kind: ClassVar[str] = "next_url"
    title: ClassVar[str] = "Next address"
    Config: ClassVar[type[BaseModel]] = NextUrlConfig

    def first_place(self, request: Request) -> State:
        """The request's own address, and the host that all pages must have."""
        return {"url": None, "home": origin(request.url)}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The answer's address; none or an empty one ends the chain."""
        found = compile_path(self.config.url_path).get(body, None)
        if found in (None, "", False):
            return None
        url = hold_to(urljoin(request.url, str(found)), place["home"], self.config.other_hosts)
        return {"url": url, "home": place["home"]}

    def apply(self, request: Request, place: State) -> Request:
        """At that address, which carries its own query."""
        return request if place["url"] is None else at(request, place["url"])
