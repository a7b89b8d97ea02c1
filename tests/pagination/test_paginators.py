from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weftline.errors import OutboundRefusedError, PageLoopError
from weftline.kernel import json
from weftline.model import Request, Response
from weftline.pagination import PAGINATORS, Paginator

BASE = Request("GET", "http://127.0.0.1/items", [("status", "any")])
CASES: dict[str, dict[str, Any]] = {
    "page_number": {"size_parameter": "size", "size": 3},
    "limit_offset": {"limit": 3},
    "next_token": {"token_path": "next", "parameter": "cursor"},
    "link_header": {},
}


def paginator(kind: str, **config: Any) -> Paginator:
    return PAGINATORS.get(kind)(PAGINATORS.config(kind, CASES.get(kind, {}) | config))


def server(kind: str, items: list[int], request: Request) -> Response:
    """A stand-in that pages ``items`` by three, in the manner of ``kind``."""
    query = dict(request.query)
    assert kind == "none" or query.get("status") == "any"
    headers: dict[str, str] = {}
    body: dict[str, Any] = {}
    start = {
        "page_number": lambda: (int(query["page"]) - 1) * 3,
        "limit_offset": lambda: int(query["offset"]),
        "next_token": lambda: int(query.get("cursor", 0)),
        "link_header": lambda: int(query.get("at", 0)),
        "none": lambda: 0,
    }[kind]()
    end = len(items) if kind == "none" else start + 3
    if end < len(items):
        body["next"] = str(end)
        headers["link"] = (
            f'<http://127.0.0.1/items?{urlencode({"status": "any", "at": 0})}>; rel="first", '
            f'</items?{urlencode({"status": "any", "at": end})}>; title="a, b"; rel=next'
        )
    return Response(200, headers, json.encode(body | {"items": items[start:end]}))


def walk(kind: str, items: list[int], pager: Paginator) -> list[int]:
    """All records of a chain, its state going through JSON after every page."""
    state = pager.first(BASE)
    seen: list[int] = []
    while True:
        request = pager.request(BASE, state)
        response = server(kind, items, request)
        body = json.decode(response.body)
        seen += body["items"]
        following = pager.after(state, request, response, body, len(body["items"]), "the test")
        if following is None:
            return seen
        state = json.decode(json.encode(following))


@pytest.mark.parametrize("kind", ["none", *CASES])
@given(count=st.integers(0, 40))
def test_a_chain_yields_every_record_once(kind: str, count: int) -> None:
    assert walk(kind, list(range(count)), paginator(kind)) == list(range(count))
    assert Request("GET", "http://127.0.0.1/items", [("status", "any")]) == BASE


@given(tail=st.integers(0, 30), circle=st.integers(1, 30))
def test_a_circle_of_tokens_is_found_wherever_it_begins(tail: int, circle: int) -> None:
    pager = paginator("next_token")

    def chase() -> None:
        state = pager.first(BASE)
        for number in range(10 * (tail + circle) + 10):
            place = number if number < tail else tail + (number - tail) % circle
            body = {"next": f"t{place}", "page": number}
            found = pager.after(state, BASE, Response(200, {}, json.encode(body)), body, 1, "the test")
            assert found is not None
            state = found

    with pytest.raises(PageLoopError, match="leads back"):
        chase()


def test_the_same_page_twice_is_an_error() -> None:
    pager = paginator("page_number", size=None, size_parameter=None)
    response = Response(200, {}, b'{"items":[1]}')
    state = pager.after(pager.first(BASE), BASE, response, {}, 1, "the test")
    assert state is not None
    with pytest.raises(PageLoopError, match="same page twice"):
        pager.after(state, BASE, response, {}, 1, "the test")


def test_the_page_cap_is_an_error_and_not_an_end() -> None:
    pager = paginator("limit_offset", max_pages=2)
    with pytest.raises(PageLoopError, match="more than 2 pages"):
        walk("limit_offset", list(range(9)), pager)


def test_a_link_to_another_host_is_refused() -> None:
    pager = paginator("link_header")
    response = Response(200, {"link": '<http://evil.example/steal>; rel="next"'}, b"[1]")
    with pytest.raises(OutboundRefusedError, match="another host"):
        pager.after(pager.first(BASE), BASE, response, [1], 1, "the test")


@pytest.mark.parametrize("body", [{}, {"more": None}, None, []])
def test_an_answer_that_does_not_say_whether_there_is_more_is_no_end(body: Any) -> None:
    pager = paginator("limit_offset", more_path="more", total_path="total")
    state = pager.first(BASE)
    assert pager.after(state, BASE, Response(200, {}, b"x"), body, 3, "the test") is not None
    assert pager.after(state, BASE, Response(200, {}, b"x"), body, 2, "the test") is None


@pytest.mark.parametrize(("kind", "body"), [("limit_offset", {"more": False}), ("page_number", {"pages": 1})])
def test_the_application_may_say_where_the_end_is(kind: str, body: dict[str, Any]) -> None:
    config = {"more_path": "more"} if kind == "limit_offset" else {"total_pages_path": "pages"}
    pager = paginator(kind, **config)
    assert pager.after(pager.first(BASE), BASE, Response(200, {}, b"x"), body, 3, "the test") is None
