"""Pages by expression: what is calculated, where it goes, and when it ends."""

import pytest

from tests.pagination.simulated import after, paginator
from weftline.errors import DocumentError, OutboundRefusedError
from weftline.kernel import json
from weftline.model import Request, Response

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OFFSET = "count < 2 ? null : (value ?? 0) + count"


def page(body: dict, headers: dict | None = None) -> Response:
    return Response(200, headers or {}, json.encode(body))


def following(request: Request, response: Response, **config) -> Request | None:
    """The request after a page."""
    pager = paginator("expression", **config)
    _, state = after(pager, pager.first(request), pager.request(request, pager.first(request)), response)
    return None if state is None else pager.request(request, state)


def test_a_value_is_counted_up_and_a_short_page_is_the_last():
    pager = paginator("expression", next=OFFSET, place={"header": "X-Offset"})
    request = Request("GET", "http://127.0.0.1/items", [], {})
    state, seen = pager.first(request), []
    for ids in ([1, 2], [3, 4], [5]):
        asked = pager.request(request, state)
        seen.append(asked.headers.get("X-Offset"))
        _, state = after(pager, state, asked, page({"items": ids}))
    assert (seen, state) == ([None, "2", "4"], None)


def test_the_stop_stands_before_the_value():
    base = Request("GET", "http://127.0.0.1/items", [], {})
    config = {"next": "last.id", "stop": "not body.more", "place": {"query": "since"}}
    more = following(base, page({"items": [{"id": 4}], "more": True}), **config)
    assert more is not None
    assert more.query == [("since", "4")]
    assert following(base, page({"items": [{"id": 4}], "more": False}), **config) is None


@pytest.mark.parametrize(
    ("body", "headers", "name", "expected"),
    [
        (b'{"p": {"n": 2}}', {"Content-Type": "application/json"}, "p.after", {"p": {"n": 2, "after": "c"}}),
        (None, {}, "after", {"after": "c"}),
        (b"size=2&after=a", dict(FORM), "after", b"size=2&after=c"),
    ],
)  # fmt: skip
def test_a_value_goes_into_a_body(body, headers, name, expected):
    request = Request("POST", "http://127.0.0.1/items", [], headers, body)
    more = following(request, page({"items": [1], "next": "c"}), place={"body": name})
    assert more is not None
    assert more.body is not None
    assert (more.body if isinstance(expected, bytes) else json.decode(more.body)) == expected
    assert request.body == body


def test_an_address_stays_at_its_host():
    base = Request("GET", "http://127.0.0.1/items", [("page", "1")], {})
    config = {"next": "headers['x-next']", "place": {"url": ""}}
    more = following(base, page({"items": [1]}, {"X-Next": "/items?page=2"}), **config)
    assert more is not None
    assert (more.url, more.query) == ("http://127.0.0.1/items", [("page", "2")])
    with pytest.raises(OutboundRefusedError):
        following(base, page({"items": [1]}, {"X-Next": "http://elsewhere.example/"}), **config)


def test_a_body_that_holds_no_names_is_refused():
    request = Request("POST", "http://127.0.0.1/items", [], {}, b"[1]")
    with pytest.raises(DocumentError, match="'cursor' has no place"):
        following(request, page({"items": [1], "next": "c"}), place={"body": "cursor"})


def test_the_first_page_and_offset_may_stay_unsaid():
    base = Request("GET", "http://127.0.0.1/items", [], {})
    pages = paginator("page_number", send_first=False)
    assert pages.request(base, pages.first(base)).query == [("size", "3")]
    offsets = paginator("limit_offset", send_first=False, limit_parameter=None)
    first = offsets.first(base)
    assert offsets.request(base, first).query == []
    _, state = after(offsets, first, base, page({"items": [1, 2, 3]}))
    assert state is not None
    assert offsets.request(base, state).query == [("offset", "3")]
