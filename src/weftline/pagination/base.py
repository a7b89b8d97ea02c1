"""The socket ``Paginator``: which request follows a page. Pure: requests and responses in, a JSON state out.

The state continues a chain in another process. Every chain is guarded: the same place or the same page twice is a
:class:`PageLoopError`, and so is a chain longer than its cap; a chain never ends silently.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.errors import PageLoopError
from weftline.kernel import digest, json
from weftline.model import Document, Request, Response, field

State = dict[str, Any]


class PaginatorConfig(Document):
    """What every paginator may be told."""

    max_pages: int = field(10_000, title="Most pages", description="More than this is an error", ge=1, advanced=True)


class Paginator(ABC):
    """One way to page. A kind says where a chain begins, what follows a page, and how a place becomes a request."""

    kind: ClassVar[str]
    title: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    pages_differ: ClassVar[bool] = True
    """Whether the same page twice means a circle; two files, say, may well be the same."""
    reads_body: ClassVar[bool] = True
    """Whether :meth:`next_place` looks at the body beside its records; it is None for kinds that do not."""
    wants_last: ClassVar[bool] = False
    """Whether :meth:`after` needs the page's last record, decoded; such kinds have their own ``next_place_after``."""

    def __init__(self, config: Any) -> None:
        self.config = config

    @abstractmethod
    def first_place(self, request: Request) -> State:
        """Where the chain begins."""

    @abstractmethod
    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """Where it goes on after a page of ``records`` records; None at its end."""

    def next_place_after(
        self, last: Any, place: State, request: Request, response: Response, body: Any, records: int
    ) -> State | None:
        """:meth:`next_place` with the page's last record; None on an empty page and for kinds that do not ask."""
        return self.next_place(place, request, response, body, records)

    @abstractmethod
    def apply(self, request: Request, place: State) -> Request:
        """A copy of the request for a place."""

    def holds_records(self, place: State) -> bool:
        """Whether the answer at a place has records; kinds that ask for other things on their way say where not."""
        return True

    def first(self, request: Request) -> State:
        """The state of the first page."""
        place = self.first_place(request)
        return {"place": place, "number": 1, "anchor": _mark(place), "span": 1, "steps": 0, "page": ""}

    def request(self, request: Request, state: State) -> Request:
        """The request of a state."""
        return self.apply(request, state["place"])

    def after(
        self,
        state: State,
        request: Request,
        response: Response,
        body: Any,
        records: int,
        where: str,
        last: Any = None,
    ) -> State | None:
        """The state after a page, guarded; None at the end of the chain. ``last`` is its last record, if wanted."""
        place = self.next_place_after(last, state["place"], request, response, body, records)
        if place is None:
            return None
        page = digest(response.body, size=8) if records and self.pages_differ else ""
        if page and page == state["page"]:
            raise PageLoopError(
                f"{where} sent the same page twice (page {state['number']})",
                hint="the application ignores the place we ask for: see the endpoint's pagination",
            )
        mark = _mark(place)
        # Brent's way to find a circle: one anchor, moved at powers of two. It needs no memory of all places.
        if mark == state["anchor"]:
            raise PageLoopError(
                f"{where} leads back to a page it has sent before (after page {state['number']})",
                hint="see the endpoint's pagination: the token or address of the next page does not move on",
            )
        anchor, span, steps = state["anchor"], state["span"], state["steps"] + 1
        if steps == span:
            anchor, span, steps = mark, span * 2, 0
        if state["number"] >= self.config.max_pages:
            raise PageLoopError(
                f"{where} has more than {self.config.max_pages:,} pages",
                hint="narrow the request with a filter, or raise max_pages in the endpoint's pagination",
            )
        following = {
            "place": place, "number": state["number"] + 1, "anchor": anchor, "span": span, "steps": steps,
            "page": page,
        }  # fmt: skip
        # What was read is kept for good before the request of such a place is sent.
        return following | ({"barrier": True} if place.get("barrier") else {})


def _mark(place: State) -> str:
    return digest(json.encode(place), size=8)


def set_query(request: Request, name: str, value: object) -> None:
    """Set one query parameter, in place of any of that name."""
    request.query = [(key, old) for key, old in request.query if key != name]
    request.query.append((name, str(value)))
