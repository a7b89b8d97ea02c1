"""What a token endpoint answers, and what is made of it: answers written out."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.auth.made import driven, method, signed
from weftline.auth import ConsentPlace, Token
from weftline.errors import (
    CredentialRejectedError,
    DocumentError,
    RateLimitedError,
    RemoteFaultError,
    UnreadableBodyError,
    WeftlineError,
)
from weftline.model import Request, Response

URL = {"token_url": "http://127.0.0.1/token"}
CODE = {**URL, "authorize_url": "http://127.0.0.1/authorize?tenant=1"}
DEVICE = {**URL, "device_url": "http://127.0.0.1/device"}
PLACE = ConsentPlace("http://127.0.0.1/device", "verifier", "CODE", 7.0)


def answered(status: int, body: bytes, headers: dict[str, str] | None = None) -> Any:
    return lambda _: Response(status, headers or {}, body)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, b'{"error":"invalid_grant"}', CredentialRejectedError),
        (403, b"<html>", CredentialRejectedError),
        (429, b"", RateLimitedError),
        (500, b"", RemoteFaultError),
        (503, b"{}", RemoteFaultError),
        (200, b"<html>", UnreadableBodyError),
        (200, b'{"access_token":7}', UnreadableBodyError),
    ],
)
@pytest.mark.parametrize("kind", ["oauth2_client", "oauth2_password", "oauth2_code", "oauth2_device"])
def test_an_answer_without_a_token(kind: str, status: int, body: bytes, error: type[WeftlineError]) -> None:
    auth = method(kind, {"oauth2_code": CODE, "oauth2_device": DEVICE}.get(kind, URL))
    auth.token = Token("old", refresh="R1")
    with pytest.raises(error) as caught:
        driven(auth.renew(), answered(status, body, {"retry-after": "17"}))
    assert caught.value.retry_after_s == (17 if error is RateLimitedError else None)


def test_a_refresh_token_stays_until_a_new_one_comes_and_what_came_with_it_too() -> None:
    auth = method("oauth2_code", CODE | {"keep": ["company"], "headers": {"X-Company": "{{ token.company }}"}})
    answer = answered(200, b'{"access_token":"A1","refresh_token":"R1","expires_in":"60"}')
    auth.token = driven(auth.exchange(PLACE, "http://back", {"code": "c", "company": "7"}), answer)
    assert (auth.token.value, auth.token.refresh, auth.token.extra) == ("A1", "R1", {"company": "7"})
    auth.token = driven(auth.renew(), answered(200, b'{"access_token":"A2"}'))
    assert (auth.token.value, auth.token.refresh) == ("A2", "R1")
    auth.token = driven(auth.renew(), answered(200, b'{"access_token":"A3","refresh_token":"R3"}'))
    assert (auth.token.value, auth.token.refresh) == ("A3", "R3")
    assert signed(auth).headers == {"Authorization": "Bearer A3", "X-Company": "7"}


@pytest.mark.parametrize("token", [None, Token("A1", expires_at=0.0)])
@pytest.mark.parametrize(("kind", "config"), [("oauth2_code", CODE), ("oauth2_device", DEVICE)])
def test_without_a_refresh_token_a_person_is_needed(kind: str, config: dict[str, Any], token: Token | None) -> None:
    auth = method(kind, config)
    auth.token = token
    with pytest.raises(CredentialRejectedError, match="authorise the instance again") as caught:
        driven(auth.renew(), answered(500, b""))
    assert caught.value.code == "credential.rejected"


def test_the_api_may_stand_where_the_answer_says() -> None:
    auth = method("oauth2_client", URL | {"address_from": "instance_url", "header": "X-Token", "prefix": ""})
    body = b'{"access_token":"T","instance_url":"https://eu7.example.test:8443"}'
    auth.token = driven(auth.renew(), answered(200, body))
    request = signed(auth, Request("GET", "https://login.example.test/v1/items?a=1", [("b", "2")]))
    assert (request.url, request.query) == ("https://eu7.example.test:8443/v1/items?a=1", [("b", "2")])
    assert request.headers == {"X-Token": "T"}


def test_a_token_lives_as_long_as_the_config_says_if_the_answer_does_not() -> None:
    auth = method("oauth2_client", URL | {"lifetime_s": 90})
    assert driven(auth.renew(), answered(200, b'{"access_token":"T"}')).slack_s == 45
    assert driven(auth.renew(), answered(200, b'{"access_token":"T","expires_in":20}')).slack_s == 10


def test_where_the_browser_goes() -> None:
    auth = method("oauth2_code", CODE | {"scopes": ["a", "b"], "authorize_extra": {"account": "{{ account }}"}})
    place = driven(auth.consent("http://127.0.0.1/back?x=1", "st"), answered(500, b""))
    url, _, query = place.url.partition("?")
    fields = {name: value[0] for name, value in parse_qs(query).items()}
    assert url == "http://127.0.0.1/authorize"
    assert len(place.verifier) == 64
    assert len(fields.pop("code_challenge")) == 43
    assert fields == {
        "tenant": "1", "response_type": "code", "client_id": "id:1", "redirect_uri": "http://127.0.0.1/back?x=1",
        "state": "st", "scope": "a b", "account": "tst_1", "code_challenge_method": "S256",
    }  # fmt: skip
    plain = driven(method("oauth2_code", CODE | {"pkce": False}).consent("b", "st"), answered(500, b""))
    assert plain.verifier == ""
    assert "code_challenge" not in plain.url


def test_a_device_that_asks_too_often_is_told_to_wait() -> None:
    auth = method("oauth2_device", DEVICE)
    with pytest.raises(RateLimitedError) as caught:
        driven(auth.exchange(PLACE, "", {}), answered(400, b'{"error":"slow_down"}'))
    assert caught.value.retry_after_s == 12


def test_a_device_code_runs_out() -> None:
    auth = method("oauth2_device", DEVICE)
    with pytest.raises(CredentialRejectedError, match="expired_token"):
        driven(auth.exchange(PLACE, "", {}), answered(400, b'{"error":"expired_token"}'))


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'{"device_code":"x"}'])
def test_a_device_endpoint_that_answers_nonsense(body: bytes) -> None:
    with pytest.raises(UnreadableBodyError, match="see the device URL"):
        driven(method("oauth2_device", DEVICE).consent("", ""), answered(200, body))


@pytest.mark.parametrize("config", [{"client_in": "assertion"}, {"assertion": {}}])
def test_an_assertion_and_the_place_for_it_go_together(config: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match="says what is signed"):
        method("oauth2_client", URL | config)
