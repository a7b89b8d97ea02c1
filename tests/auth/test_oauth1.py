"""OAuth 1.0a, judged by oauthlib."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlencode

import pytest
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_PLAINTEXT, Client

from tests.auth.made import SECRETS, method, signed
from weftline.model import Request

METHODS = {
    "HMAC-SHA256": SIGNATURE_HMAC_SHA256, "HMAC-SHA1": SIGNATURE_HMAC_SHA1, "PLAINTEXT": SIGNATURE_PLAINTEXT,
}  # fmt: skip
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("token", [True, False], ids=["token", "consumer-only"])
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    ("verb", "url", "query", "body"),
    [
        ("PUT", "http://127.0.0.1:8080/services/rest/record/v1/salesOrder/eid:uk-1", [], None),
        ("GET", "https://1.example.test/a%20b/", [("q", "a b&c=d"), ("z", "~-._ü"), ("q", "")], None),
        ("POST", "https://API.Example.test:443/x", [("expand", "true")], None),
        ("POST", "https://api.example.test/x", [("a", "2")], "b=ü%26&a=1&c="),
    ],
)
def test_oauth1_signs_as_oauthlib_does(
    name: str, verb: str, url: str, query: list[tuple[str, str]], body: str | None, token: bool
) -> None:
    config = {"realm": "{{ account | upper }}", "signature_method": name} | ({} if token else {"token": None})
    auth = method("oauth1", config)
    headers = FORM if body else {}
    body = body and urlencode([("b", "ü&"), ("a", "1"), ("c", "")])
    request = Request(verb, url, list(query), dict(headers), body.encode() if body else None)
    ours = signed(auth, request).headers["Authorization"]
    parts = dict(re.findall(r'(\w+)="([^"]*)"', ours))
    assert parts["realm"] == "TST_1"
    assert ("oauth_token" in parts) is token
    tokens = (SECRETS["token_id"], SECRETS["token_secret"]) if token else (None, None)
    client = Client(
        SECRETS["consumer_key"], SECRETS["consumer_secret"], *tokens,
        signature_method=METHODS[name], nonce=parts["oauth_nonce"], timestamp=parts["oauth_timestamp"],
    )  # fmt: skip
    _, theirs, _ = client.sign(url + ("?" + urlencode(query) if query else ""), verb, body, dict(headers))
    expected = dict(re.findall(r'(\w+)="([^"]*)"', theirs["Authorization"]))
    assert unquote(parts.pop("oauth_signature")) == unquote(expected.pop("oauth_signature"))
    assert {key: value for key, value in parts.items() if key != "realm"} == expected


def test_oauth1_needs_no_realm() -> None:
    assert signed(method("oauth1")).headers["Authorization"].startswith('OAuth oauth_consumer_key="')


def test_oauth1_never_uses_a_nonce_twice() -> None:
    auth = method("oauth1")
    seen = {re.findall('nonce="([^"]*)"', signed(auth).headers["Authorization"])[0] for _ in range(500)}
    assert len(seen) == 500
