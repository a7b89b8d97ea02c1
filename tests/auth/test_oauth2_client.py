"""OAuth 2 client credentials, with answers written out."""

from __future__ import annotations

import base64
import time
from urllib.parse import parse_qs

import pytest

from tests.auth.made import driven, method, signed
from weftline.auth import Token
from weftline.errors import CredentialRejectedError
from weftline.model import Request, Response


@pytest.mark.parametrize("place", ["header", "body"])
def test_it_asks_for_a_token_and_uses_it(place: str) -> None:
    auth = method("oauth2_client", {"token_url": "{{ base_url }}/token", "scopes": ["a", "b"], "client_in": place})
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response(200, {}, b'{"access_token":"T","expires_in":3600}')

    auth.token = driven(auth.renew(), answer)
    (request,) = asked
    fields = {key: value[0] for key, value in parse_qs((request.body or b"").decode()).items()}
    assert (request.method, request.url) == ("POST", "http://127.0.0.1:1/token")
    assert (fields["grant_type"], fields["scope"]) == ("client_credentials", "a b")
    if place == "body":
        assert (fields["client_id"], fields["client_secret"]) == ("id:1", "s/1")
    else:
        assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"id%3A1:s%2F1").decode()
    assert auth.token.is_fresh
    assert signed(auth).headers["Authorization"] == "Bearer T"
    assert "T" in auth.secrets()


def test_it_says_why_it_was_refused() -> None:
    body = b'{"error":"invalid_client","error_description":"Client authentication failed"}'
    steps = method("oauth2_client", {"token_url": "http://127.0.0.1:1/token"}).renew()
    with pytest.raises(CredentialRejectedError, match="Client authentication failed"):
        driven(steps, lambda _: Response(401, {}, body))


def test_a_token_is_stale_before_it_expires() -> None:
    assert not Token("x", time.time() + 30).is_fresh
    assert Token("x", time.time() + 300).is_fresh
    assert Token("x").is_fresh
