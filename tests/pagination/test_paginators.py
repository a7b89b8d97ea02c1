"""What single kinds do beside what every one promises (see test_contract)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.pagination.simulated import BASE, paginator
from weftline.errors import DocumentError, OutboundRefusedError, PageLoopError, UnreadableBodyError
from weftline.kernel import json
from weftline.model import Request, Response
from weftline.pagination import PAGINATORS, date_window

PLAIN = Request("GET", "http://127.0.0.1/items", [("status", "any")])


def test_the_same_page_twice_is_an_error() -> None:
    pager = paginator("page_number", size=None, size_parameter=None)
    response = Response(200, {}, b'{"items":[1]}')
    state = pager.after(pager.first(PLAIN), PLAIN, response, {}, 1, "the test")
    assert state is not None
    with pytest.raises(PageLoopError, match="same page twice"):
        pager.after(state, PLAIN, response, {}, 1, "the test")


def test_a_link_to_another_host_is_refused() -> None:
    pager = paginator("link_header")
    response = Response(200, {"link": '<http://evil.example/steal>; rel="next"'}, b"[1]")
    with pytest.raises(OutboundRefusedError, match="another host"):
        pager.after(pager.first(PLAIN), PLAIN, response, [1], 1, "the test")


@pytest.mark.parametrize("body", [{}, {"more": None}, None, []])
def test_an_answer_that_does_not_say_whether_there_is_more_is_no_end(body: Any) -> None:
    pager = paginator("limit_offset", more_path="more", total_path="total")
    state = pager.first(PLAIN)
    assert pager.after(state, PLAIN, Response(200, {}, b"x"), body, 3, "the test") is not None
    assert pager.after(state, PLAIN, Response(200, {}, b"x"), body, 2, "the test") is None


@pytest.mark.parametrize(("kind", "body"), [("limit_offset", {"more": False}), ("page_number", {"pages": 1})])
def test_the_application_may_say_where_the_end_is(kind: str, body: dict[str, Any]) -> None:
    config = {"more_path": "more"} if kind == "limit_offset" else {"total_pages_path": "pages"}
    pager = paginator(kind, **config)
    assert pager.after(pager.first(PLAIN), PLAIN, Response(200, {}, b"x"), body, 3, "the test") is None


def place_after(kind: str, body: Any, request: Request = PLAIN, **config: Any) -> dict[str, Any] | None:
    pager = paginator(kind, **config)
    state = pager.after(pager.first(PLAIN), request, Response(200, {}, b"x"), body, 1, "the test")
    return None if state is None else {**state["place"], "request": pager.request(PLAIN, state)}


# --- addresses ---


@pytest.mark.parametrize(
    ("found", "url", "query"),
    [
        ("?page=2", "http://127.0.0.1/items", [("page", "2")]),
        ("more/2", "http://127.0.0.1/more/2", []),
        ("/v2/items?a=b%26c&d=", "http://127.0.0.1/v2/items", [("a", "b&c"), ("d", "")]),
        ("http://127.0.0.1/x", "http://127.0.0.1/x", []),
    ],
)
def test_an_address_is_taken_from_the_page_on(found: str, url: str, query: list[tuple[str, str]]) -> None:
    place = place_after("next_url", {"links": {"next": found}})
    assert place is not None
    assert (place["request"].url, place["request"].query) == (url, query)


EVIL = ["http://evil.example/a", "//evil.example/a", "https://127.0.0.1/a", "http://127.0.0.1:81/a",
        "http://127.0.0.1@evil.example/", "file:///etc/passwd", "http://user:secret@evil.example/"]  # fmt: skip


@pytest.mark.parametrize("found", EVIL)
def test_an_address_elsewhere_gets_no_credentials(found: str) -> None:
    with pytest.raises(OutboundRefusedError, match="another host") as caught:
        place_after("next_url", {"links": {"next": found}})
    assert "secret" not in str(caught.value)


def test_another_host_may_be_allowed_and_lead_back() -> None:
    allowed = {"other_hosts": ["Archive.example:81"]}
    place = place_after("next_url", {"links": {"next": "http://archive.example:81/a"}}, **allowed)
    assert place is not None
    back = Request("GET", "http://archive.example:81/a")
    home = place_after("next_url", {"links": {"next": "http://127.0.0.1/b"}}, back, **allowed)
    assert home is not None
    secure = Request("GET", "https://127.0.0.1/items")
    pager = paginator("next_url", **allowed)
    with pytest.raises(OutboundRefusedError):  # a less safe way is refused even to an allowed host
        pager.next_place(pager.first_place(secure), secure, Response(200, {}, b""),
                         {"links": {"next": "http://archive.example:81/a"}}, 1)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "url"),
    [("/items?at=3", "http://127.0.0.1/api/items"), ("items?at=3", "http://127.0.0.1/api/items"),
     ("?at=3", "http://127.0.0.1/api"), ("//evil.example/?at=3", "http://127.0.0.1/api/evil.example/"),
     ("http://127.0.0.1/other?at=3", "http://127.0.0.1/other")],
)  # fmt: skip
def test_a_rest_is_put_behind_its_base(found: str, url: str) -> None:
    place = place_after("relative_uri", {"rest": found})
    assert place is not None
    assert (place["request"].url, place["request"].query) == (url, [("at", "3")])


def test_a_rest_cannot_lead_elsewhere() -> None:
    place = paginator("relative_uri").first(PLAIN)
    with pytest.raises(OutboundRefusedError, match="another host"):
        paginator("relative_uri").request(PLAIN, place | {"place": {"uri": "http://evil.example/"}})


# --- GraphQL ---


@pytest.mark.parametrize("info", [{}, {"hasNextPage": True}, {"hasNextPage": None, "endCursor": "a"}])
def test_missing_page_information_is_no_end(info: dict[str, Any]) -> None:
    with pytest.raises(UnreadableBodyError, match="page information is missing"):
        place_after("graphql_cursor", {"data": {"pageInfo": info}})


@pytest.mark.parametrize("body", [None, b"", b"[]", b"<x/>", b'{"variables": 1}'])
def test_a_cursor_needs_a_body_with_variables(body: bytes | None) -> None:
    pager = paginator("graphql_cursor")
    state = pager.first(PLAIN) | {"place": {"cursor": "a"}}
    with pytest.raises(DocumentError, match="the cursor has no place"):
        pager.request(Request("POST", PLAIN.url, body=body), state)


def test_the_other_variables_stay() -> None:
    pager = paginator("graphql_cursor", variable="from")
    request = pager.request(BASE, pager.first(BASE) | {"place": {"cursor": "a"}})
    assert json.decode(request.body or b"")["variables"] == {"first": 3, "from": "a"}


# --- keyset ---


def test_a_keyset_goes_on_as_long_as_the_application_says() -> None:
    pager = paginator("keyset", more_path="has_more", size_parameter="limit")
    first = pager.first(PLAIN)
    page = (first, PLAIN, Response(200, {}, b"x"))
    assert pager.after(*page, {"has_more": False}, 3, "the test", {"id": 9}) is None
    short = pager.after(*page, {"has_more": True}, 1, "the test", {"id": json.decode("12345678901234567890123")})
    assert short is not None
    assert pager.request(PLAIN, short).query[1:] == [("since_id", "12345678901234567890123"), ("limit", "3")]
    assert pager.after(*page, {"has_more": True}, 0, "the test") is None


def test_a_last_record_without_its_key_is_an_error() -> None:
    pager = paginator("keyset")
    with pytest.raises(UnreadableBodyError, match="no 'id'"):
        pager.after(pager.first(PLAIN), PLAIN, Response(200, {}, b"x"), {}, 3, "the test", {"name": "a"})


# --- windows of time ---


def windows(query: list[tuple[str, str]], **config: Any) -> list[tuple[str, str]]:
    pager = PAGINATORS.get("date_window")(
        PAGINATORS.config("date_window", {"start_parameter": "from", "end_parameter": "to"} | config)
    )
    request = Request("GET", "http://127.0.0.1/items", query)
    state: dict[str, Any] | None = pager.first(request)
    seen = []
    while state is not None:
        asked = pager.request(request, state)
        seen.append((dict(asked.query)["from"], dict(asked.query)["to"]))
        state = pager.after(state, asked, Response(200, {}, b"[]"), [], 0, "the test")
    return seen


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"days": 20}, [("2024-01-01T00:00:00Z", "2024-01-21T00:00:00Z"),
                        ("2024-01-21T00:00:00Z", "2024-02-05T00:00:00Z")]),
        ({"days": 20, "form": "date"}, [("2024-01-01", "2024-01-21"), ("2024-01-21", "2024-02-05")]),
        ({"days": 20, "form": "date", "end_included": True}, [("2024-01-01", "2024-01-20"),
                                                              ("2024-01-21", "2024-02-05")]),
        ({"days": 34, "hours": 24, "form": "epoch_s"}, [("1704067200", "1707091200")]),
        ({"days": 35, "form": "epoch_ms", "end_included": True}, [("1704067200000", "1707091199999"),
                                                                  ("1707091200000", "1707091200000")]),
    ],
)  # fmt: skip
def test_windows_are_written_as_the_application_reads_them(
    config: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert windows([("from", "2024-01-01"), ("to", "2024-02-05T01:00:00+01:00")], **config) == expected


def test_the_end_is_now_as_it_was_at_the_start_of_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([datetime(2024, 3, 1, 12, 0, 0, 1, UTC)])
    monkeypatch.setattr(date_window, "now", lambda: next(moments))
    assert windows([], start="2024-02-29T00:00:00", hours=24) == [
        ("2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"), ("2024-03-01T00:00:00Z", "2024-03-01T12:00:01Z"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "config", "words"),
    [
        ([], {"days": 1}, "has no start"),
        ([("from", "yesterday")], {"days": 1}, "'yesterday' is not a time"),
        ([], {}, "needs days or hours"),
        ([], {"hours": 36, "form": "date"}, "whole days"),
        ([], {"days": 1, "inner": {"kind": "date_window"}}, "within another"),
    ],
)
def test_what_windows_need_is_said(query: list[tuple[str, str]], config: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        windows(query, **config)
