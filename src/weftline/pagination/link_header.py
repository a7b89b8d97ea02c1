"""The ``Link`` header (RFC 8288) names the next page."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import urljoin

from pydantic import BaseModel

from weftline.model import Request, Response, field
from weftline.pagination.address import at, hold_to, origin
from weftline.pagination.base import Paginator, PaginatorConfig, State

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;=]+(?:=(?:\"[^\"]*\"|[^,;]*))?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s,;]+))", re.IGNORECASE)


class LinkHeaderConfig(PaginatorConfig):
    """The header's name and relation."""

    header: str = field("Link", title="Header")
    relation: str = field("next", title="Relation")


class LinkHeaderPaginator(Paginator):
    """Follow the link of the relation ``next``."""

    kind: ClassVar[str] = "link_header"
    title: ClassVar[str] = "Link header"
    Config: ClassVar[type[BaseModel]] = LinkHeaderConfig
    reads_body: ClassVar[bool] = False

    def first_place(self, request: Request) -> State:
        """The request's own address."""
        return {"url": None}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The linked address, which must be on the same host."""
        header = response.headers.get(self.config.header.lower(), "")
        for target, parameters in _LINK.findall(header):
            found = _REL.search(parameters)
            if found and self.config.relation in (found[1] or found[2]).lower().split():
                return {"url": hold_to(urljoin(request.url, target), origin(request.url))}
        return None

    def apply(self, request: Request, place: State) -> Request:
        """At the linked address, which carries its own query."""
        return request if place["url"] is None else at(request, place["url"])
