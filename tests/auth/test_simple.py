"""No authentication, basic, bearer and API keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import summary
from tests.auth import webservers
from tests.auth.conftest import Opened, items_of
from tests.auth.made import method, signed
from weftline.errors import CredentialRejectedError, DocumentError, RequestRejectedError
from weftline.model import Request


def test_none_leaves_the_request_alone() -> None:
    assert signed(method("none")) == Request("GET", "http://127.0.0.1/x", [("a", "1")])


def test_basic_is_the_example_of_its_rfc() -> None:
    assert signed(method("basic")).headers["Authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


@pytest.mark.connected
async def test_basic_is_let_in_by_a_server(opened: Opened) -> None:
    with webservers.lighttpd("MD5", "basic") as address:
        summary.note("lighttpd", f"lighttpd {webservers.version('lighttpd')}")
        right = {"username": "ada", "password": webservers.PASSWORD}
        assert await items_of(opened(address, {"kind": "basic"}, right)) == [1]
        with pytest.raises(CredentialRejectedError):
            await items_of(opened(address, {"kind": "basic"}, right | {"password": "another"}))


def test_bearer() -> None:
    assert signed(method("bearer")).headers["Authorization"] == "Bearer abc"


@pytest.mark.parametrize(("place", "seen"), [({"header": "X-Key"}, "header"), ({"query": "key"}, "query")])
def test_api_key_goes_where_it_is_told(place: dict[str, str], seen: str) -> None:
    request = signed(method("api_key", {"place": place, "prefix": "Token "}))
    found = request.headers.get("X-Key") if seen == "header" else dict(request.query)["key"]
    assert found == "Token abc"


def test_api_key_replaces_one_that_the_query_has() -> None:
    request = Request("GET", "http://127.0.0.1/x", [("key", "old"), ("a", "1")])
    assert signed(method("api_key", {"place": {"query": "key"}}), request).query == [("a", "1"), ("key", "abc")]


def test_api_key_has_a_prefix_that_may_be_a_template() -> None:
    config = {"place": {"header": "X-Key"}, "prefix": "{{ credentials.username }}@{{ account }}:"}
    assert signed(method("api_key", config)).headers == {"X-Key": "Aladdin@tst_1:abc"}


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        (None, "key", {"key": "abc"}),
        (b'{"a":1}', "key", {"a": 1, "key": "abc"}),
        (b'{"auth":{"user":"u"}}', "auth.key", {"auth": {"user": "u", "key": "abc"}}),
    ],
)
def test_api_key_in_a_json_body(body: bytes | None, name: str, expected: Any) -> None:
    request = signed(method("api_key", {"place": {"body": name}}), Request("POST", "http://127.0.0.1/x", body=body))
    assert json.loads(request.body or b"") == expected
    assert request.headers == {"Content-Type": "application/json"}


def test_api_key_in_a_form() -> None:
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = Request("POST", "http://127.0.0.1/x", headers=headers, body=b"a=1&key=old&b=")
    assert signed(method("api_key", {"place": {"body": "key"}}), request).body == b"a=1&b=&key=abc"


@pytest.mark.parametrize("body", [b"<a/>", b"[1]"])
def test_api_key_has_no_place_in_another_body(body: bytes) -> None:
    with pytest.raises(RequestRejectedError, match="neither a JSON object nor a form"):
        signed(method("api_key", {"place": {"body": "key"}}), Request("POST", "http://127.0.0.1/x", body=body))


@pytest.mark.parametrize("place", [{}, {"query": "a", "header": "b"}])
def test_api_key_needs_one_place(place: dict[str, str]) -> None:
    with pytest.raises(DocumentError, match="place is one of header, query and body"):
        method("api_key", {"place": place})
