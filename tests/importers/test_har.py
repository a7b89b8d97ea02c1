"""Recordings of a browser become connectors that ask an API what the browser asked it."""

import asyncio
import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web

from tests.importers.calls import Listener, call, errors, listening, said, session_of
from weftline.errors import DocumentError
from weftline.importers import Imported, import_description

API = "https://api.corner.example"
HEADERS = {
    ":authority": "api.corner.example", "User-Agent": "browser", "sec-fetch-mode": "cors", "Referer": API,
    "Authorization": "Bearer a-secret", "Cookie": "sid=a-secret", "X-Client": "web",
}  # fmt: skip


def entry(
    method: str, path: str, answer: Any = None, *, body: Any = None, form: Any = None, headers: Any = None,
    answer_headers: Any = None, kind: str = "xhr", media: str = "application/json", origin: str = API,
    status: int = 200,
) -> dict[str, Any]:  # fmt: skip
    request: dict[str, Any] = {
        "method": method, "url": origin + path,
        "headers": [{"name": name, "value": value} for name, value in {**HEADERS, **(headers or {})}.items()],
    }  # fmt: skip
    if body is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(body)}
    if form is not None:
        request["postData"] = {
            "mimeType": "application/x-www-form-urlencoded", "text": urlencode(form),
            "params": [{"name": k, "value": v} for k, v in form.items()],
        }  # fmt: skip
    content: dict[str, Any] = {"mimeType": media, "size": 1}
    if answer is not None:
        content["text"] = base64.b64encode(json.dumps(answer).encode()).decode()
        content["encoding"] = "base64"
    return {
        "_resourceType": kind, "request": request, "time": 1, "startedDateTime": "2026-01-01T00:00:00Z",
        "response": {
            "status": status, "content": content,
            "headers": [{"name": name, "value": value} for name, value in (answer_headers or {}).items()],
        },
    }  # fmt: skip


def read(*recorded: dict[str, Any]) -> Imported:
    document = {"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": list(recorded)}}
    return import_description(json.dumps(document).encode(), "visit.har")


def orders(*ids: int) -> dict[str, Any]:
    return {"data": [{"id": one, "token": "a-secret", "lines": [{"n": 1}, {"n": 2}, {"n": 3}]} for one in ids]}


RECORDED = [
    entry("GET", "/", kind="document", media="text/html", origin="https://shop.corner.example"),
    entry("GET", "/app.js", kind="script", media="text/javascript"),
    entry("OPTIONS", "/v1/orders", kind="preflight"),
    entry("GET", "/v1/orders?status=open&page=1&per_page=2", orders(1, 2)),
    entry("GET", "/v1/orders?status=all&page=1&per_page=2", orders(1, 2)),
    entry("GET", "/v1/orders?status=all&page=2&per_page=2", orders(3)),
    entry("POST", "/collect", origin="https://track.example", body={"a": 1}, media="text/plain"),
    entry("GET", "/v1/orders/17", {"id": 17, "lines": [{"n": 1}]}),
    entry("GET", "/v1/orders/18", {"id": 18, "lines": [{"n": 1}]}, headers={"X-Request": "other"}),
    entry("PUT", "/v1/orders/17", {"id": 17}, body={"id": 17, "password": "a-secret", "count": 2}),
    entry("POST", "/v1/notes", {"id": 1}, form={"text": "a b", "kind": "x"}),
    entry("POST", "/graphql", {"data": {"shops": [{"id": 1}]}},
          body={"operationName": "Shops", "query": "query Shops { shops { id } }", "variables": {"first": 2}}),
    entry("POST", "/graphql", {"data": {"rename": {"id": 1}}},
          body={"operationName": "Rename", "query": "mutation Rename($n: String) { rename(n: $n) }",
                "variables": {"n": "x"}}),
    entry("GET", "/v1/gone", status=404),
]  # fmt: skip


def test_a_recording_becomes_a_connector():
    found = read(*RECORDED)
    assert errors(found) == []
    assert found.connector.title == "Corner"
    assert [one.key for one in found.connector.endpoints] == [
        "order.list", "order.get", "order.update", "note.create", "graphql.shops", "graphql.rename", "gone.list",
    ]  # fmt: skip
    assert found.operations == 7
    assert found.connector.variables[0].default == API
    assert [(one.kind, one.config) for one in found.connector.auth] == [("bearer", {})]
    listing, one = found.connector.endpoints[:2]
    assert listing.items_path == "data"
    assert listing.pagination == {"kind": "page_number", "parameter": "page", "size_parameter": "per_page", "size": 2}
    assert found.evidence["order.list"] == (
        "'data' is a list of 2 objects; asked with page=1, then with page=2; seen 3 times"
    )
    assert [(each.key, each.default) for each in listing.parameters] == [("status_value", None)]
    assert "open, all" in listing.parameters[0].help
    assert listing.request.headers == {"X-Client": "web"}
    assert (one.request.path, one.items_path) == ("/v1/orders/{{ order_id }}", "")
    assert found.connector.check == "order.list"
    assert found.samples["samples/order_update.json"] == {"id": 17, "password": "", "count": 2}
    for words in ("3 requests for parts of pages", "1 calls of another host, https://track.example",
                  "endpoints.gone.list: it was only answered with 404", "a second secret, 'Cookie'"):  # fmt: skip
        assert words in said(found)
    assert "a-secret" not in found.connector.model_dump_json() + str(found.samples) + said(found)


async def asked() -> Listener:
    listener = Listener()
    listener.reply = lambda request: web.json_response(
        orders(3) if request.query.get("page") == "2" else orders(1, 2)
    )
    found = read(*RECORDED)
    async with listening(listener) as base, session_of(found, {"token": "a-token"}, {"base_url": base}) as session:
        await call(session, found, "order.list", {"status_value": "all"})
        await call(session, found, "order.get", {"order_id": 18})
        for key in ("order.update", "note.create", "graphql.rename"):
            await call(session, found, key, {})
    return listener


def test_a_session_asks_what_the_browser_asked():
    own = {"authorization": "Bearer a-token", "x-client": "web"}
    typed = {**own, "content-type": "application/json"}
    assert asyncio.run(asked()).seen == [
        ("GET", "/v1/orders", [("page", "1"), ("per_page", "2"), ("status", "all")], own, ""),
        ("GET", "/v1/orders", [("page", "2"), ("per_page", "2"), ("status", "all")], own, ""),
        ("GET", "/v1/orders/18", [], own, ""),
        ("PUT", "/v1/orders/17", [], typed, {"id": 17, "password": "", "count": 2}),
        ("POST", "/v1/notes", [], own | {"content-type": "application/x-www-form-urlencoded"},
         [("kind", "x"), ("text", "a b")]),
        ("POST", "/graphql", [], typed,
         {"operationName": "Rename", "query": "mutation Rename($n: String) { rename(n: $n) }",
          "variables": {"n": "x"}}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("recorded", "pagination"),
    [
        ([entry("GET", "/a?offset=0&limit=2", orders(1, 2)), entry("GET", "/a?offset=2&limit=2", orders(3))],
         {"kind": "limit_offset", "limit": 2, "offset_parameter": "offset", "limit_parameter": "limit"}),
        ([entry("GET", "/a", orders(1, 2)), entry("GET", "/a?skip=2", orders(3))],
         {"kind": "limit_offset", "limit": 2, "offset_parameter": "skip", "limit_parameter": None,
          "send_first": False}),
        ([entry("GET", "/a", orders(1) | {"paging": {"more": "c0ffee"}}), entry("GET", "/a?from=c0ffee", orders(3))],
         {"kind": "next_token", "token_path": "paging.more", "parameter": "from"}),
        ([entry("GET", "/a", orders(1) | {"then": "/a?k=9"}), entry("GET", "/a?k=9", orders(3))],
         {"kind": "next_url", "url_path": "then"}),
        ([entry("GET", "/a", orders(1), answer_headers={"Link": f'<{API}/a?k=9>; rel="next"'}),
          entry("GET", "/a?k=9", orders(3))], {"kind": "link_header"}),
        ([entry("GET", "/a?q=1", orders(1)), entry("GET", "/a?q=7", orders(3))], {"kind": "none"}),
    ],
)  # fmt: skip
def test_pages_are_seen_from_what_followed_what(recorded, pagination):
    found = read(*recorded)
    assert errors(found) == []
    assert found.connector.endpoints[0].pagination == pagination


def test_what_is_no_recording_of_an_api_is_refused():
    with pytest.raises(DocumentError, match="no call of an API"):
        read(RECORDED[0], RECORDED[1])
    with pytest.raises(DocumentError, match="no call of an API"):
        read(entry("GET", "/", origin="http://["))
    with pytest.raises(DocumentError, match="no HAR recording"):
        import_description(b"{}", "visit.har", "har")
