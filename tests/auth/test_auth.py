from __future__ import annotations

import base64
import re
import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import pytest
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, Client

from weftline.auth import AUTH_METHODS, AuthMethod, Token
from weftline.errors import CredentialMissingError, CredentialRejectedError, DocumentError
from weftline.model import Request, Response

SECRETS = {
    "consumer_key": "key+1", "consumer_secret": "se cret&", "token_id": "tok~en", "token_secret": "tök=",
    "token": "abc", "username": "Aladdin", "password": "open sesame", "client_id": "id:1", "client_secret": "s/1",
}  # fmt: skip


def method(kind: str, config: dict[str, Any] | None = None, credentials: dict[str, str] | None = None) -> AuthMethod:
    variables = {"account": "tst_1", "base_url": "http://127.0.0.1:1"}
    return AUTH_METHODS.get(kind)(
        AUTH_METHODS.config(kind, config or {}), SECRETS if credentials is None else credentials, variables
    )


def signed(auth: AuthMethod, request: Request | None = None) -> Request:
    request = request or Request("GET", "http://127.0.0.1/x", [("a", "1")])
    auth.sign(request)
    return request


def test_none_leaves_the_request_alone() -> None:
    assert signed(method("none")) == Request("GET", "http://127.0.0.1/x", [("a", "1")])


def test_basic_is_the_example_of_its_rfc() -> None:
    assert signed(method("basic")).headers["Authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


def test_bearer() -> None:
    assert signed(method("bearer")).headers["Authorization"] == "Bearer abc"


@pytest.mark.parametrize(("place", "seen"), [({"header": "X-Key"}, "header"), ({"query": "key"}, "query")])
def test_api_key_goes_where_it_is_told(place: dict[str, str], seen: str) -> None:
    request = signed(method("api_key", {"place": place, "prefix": "Token "}))
    found = request.headers.get("X-Key") if seen == "header" else dict(request.query)["key"]
    assert found == "Token abc"


def test_api_key_needs_one_place() -> None:
    with pytest.raises(DocumentError, match="place is one of header and query"):
        method("api_key", {"place": {}})


@pytest.mark.parametrize("name", ["HMAC-SHA256", "HMAC-SHA1"])
@pytest.mark.parametrize(
    ("verb", "url", "query"),
    [
        ("PUT", "http://127.0.0.1:8080/services/rest/record/v1/salesOrder/eid:uk-1", []),
        ("GET", "https://1.example.test/a%20b/", [("q", "a b&c=d"), ("z", "~-._ü"), ("q", "")]),
        ("POST", "https://API.Example.test:443/x", [("expand", "true")]),
    ],
)
def test_oauth1_signs_as_oauthlib_does(name: str, verb: str, url: str, query: list[tuple[str, str]]) -> None:
    auth = method("oauth1", {"realm": "{{ account | upper }}", "signature_method": name})
    ours = signed(auth, Request(verb, url, list(query))).headers["Authorization"]
    parts = dict(re.findall(r'(\w+)="([^"]*)"', ours))
    assert parts["realm"] == "TST_1"
    client = Client(
        SECRETS["consumer_key"], SECRETS["consumer_secret"], SECRETS["token_id"], SECRETS["token_secret"],
        signature_method=SIGNATURE_HMAC_SHA256 if name == "HMAC-SHA256" else SIGNATURE_HMAC_SHA1,
        nonce=parts["oauth_nonce"], timestamp=parts["oauth_timestamp"],
    )  # fmt: skip
    _, headers, _ = client.sign(url + ("?" + urlencode(query) if query else ""), verb)
    theirs = dict(re.findall(r'(\w+)="([^"]*)"', headers["Authorization"]))
    assert unquote(parts["oauth_signature"]) == unquote(theirs["oauth_signature"])


def test_oauth1_never_uses_a_nonce_twice() -> None:
    auth = method("oauth1")
    seen = {re.findall('nonce="([^"]*)"', signed(auth).headers["Authorization"])[0] for _ in range(500)}
    assert len(seen) == 500


@pytest.mark.parametrize("place", ["header", "body"])
def test_oauth2_client_asks_for_a_token_and_uses_it(place: str) -> None:
    auth = method("oauth2_client", {"token_url": "{{ base_url }}/token", "scopes": ["a", "b"], "client_in": place})
    steps = auth.renew()
    request = next(steps)
    fields = {key: value[0] for key, value in parse_qs((request.body or b"").decode()).items()}
    assert (request.method, request.url) == ("POST", "http://127.0.0.1:1/token")
    assert (fields["grant_type"], fields["scope"]) == ("client_credentials", "a b")
    if place == "body":
        assert (fields["client_id"], fields["client_secret"]) == ("id:1", "s/1")
    else:
        assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"id%3A1:s%2F1").decode()
    with pytest.raises(StopIteration) as done:
        steps.send(Response(200, {}, b'{"access_token":"T","expires_in":3600}'))
    token = done.value.value
    assert token.value == "T"
    assert token.is_fresh
    auth.token = token
    assert signed(auth).headers["Authorization"] == "Bearer T"
    assert "T" in auth.secrets()


def test_oauth2_client_says_why_it_was_refused() -> None:
    steps = method("oauth2_client", {"token_url": "http://127.0.0.1:1/token"}).renew()
    next(steps)
    with pytest.raises(CredentialRejectedError, match="Client authentication failed"):
        steps.send(
            Response(401, {}, b'{"error":"invalid_client","error_description":"Client authentication failed"}')
        )


def test_a_token_is_stale_before_it_expires() -> None:
    assert not Token("x", time.time() + 30).is_fresh
    assert Token("x", time.time() + 300).is_fresh
    assert Token("x").is_fresh


@pytest.mark.parametrize("kind", ["basic", "bearer", "oauth1"])
def test_an_empty_credential_is_named_and_no_secret_is(kind: str) -> None:
    with pytest.raises(CredentialMissingError) as caught:
        signed(method(kind, credentials={"consumer_secret": "hush-hush", "token_secret": "hush-hush"}))
    assert "is empty" in str(caught.value)
    assert "hush" not in str(caught.value)
