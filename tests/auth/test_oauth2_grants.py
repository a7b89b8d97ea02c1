"""The grants without a person, through a session, against a real authorisation server."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.auth.conftest import Opened, items_of
from tests.auth.keys import KeyPair, ec_pair, rsa_pair
from weftline.errors import CredentialRejectedError
from weftline.model import Request

pytestmark = pytest.mark.connected
TOKEN = {"token_url": "{{ base_url }}/token"}
SERVICE = {"client_id": "service", "client_secret": "secret & service"}


async def revoke(session: Any, address: str) -> None:
    """Make the application refuse the session's token."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    request = session.auth._post(f"{address}/token/revocation", {"token": session.auth.token.value})
    answer = await session.transport.send(Request("POST", request.url, [], request.headers | form, request.body))
    assert answer.status == 200


async def test_client_credentials_in_the_header_and_again_after_a_401(opened: Opened, oauth_server: str) -> None:
    session = opened(oauth_server, {"kind": "oauth2_client", **TOKEN, "scopes": ["orders"]}, SERVICE)
    assert await items_of(session) == [{"who": "service", "scope": "orders"}]
    first = session.auth.token
    assert await items_of(session)
    assert session.auth.token is first
    await revoke(session, oauth_server)
    assert await items_of(session)
    assert session.auth.token != first


async def test_client_credentials_in_the_body(opened: Opened, oauth_server: str) -> None:
    credentials = {"client_id": "in body", "client_secret": "secret/body"}
    session = opened(oauth_server, {"kind": "oauth2_client", **TOKEN, "client_in": "body"}, credentials)
    assert await items_of(session) == [{"who": "in body", "scope": ""}]


async def test_a_wrong_client_secret_is_rejected(opened: Opened, oauth_server: str) -> None:
    session = opened(oauth_server, {"kind": "oauth2_client", **TOKEN}, SERVICE | {"client_secret": "wrong one"})
    with pytest.raises(CredentialRejectedError, match=re.escape("client authentication failed")) as caught:
        await items_of(session)
    assert "wrong one" not in str(caught.value)


@pytest.mark.parametrize(
    ("algorithm", "pair"), [("RS256", rsa_pair), ("PS256", rsa_pair), ("ES256", ec_pair)], ids=["RS", "PS", "ES"]
)
async def test_client_credentials_with_a_signed_assertion(
    opened: Opened, oauth_server: str, algorithm: str, pair: Any
) -> None:
    keys: KeyPair = pair()
    assertion = {"algorithm": algorithm, "key_id": "{{ credentials.key_id }}"}
    session = opened(
        oauth_server,
        {"kind": "oauth2_client", **TOKEN, "client_in": "assertion", "assertion": assertion},
        {"client_id": "signer", "private_key": keys.private, "key_id": keys.public["kid"]},
    )
    assert await items_of(session) == [{"who": "signer", "scope": ""}]


async def test_an_assertion_of_another_key_is_rejected(opened: Opened, oauth_server: str) -> None:
    session = opened(
        oauth_server,
        {"kind": "oauth2_client", **TOKEN, "client_in": "assertion", "assertion": {"key_id": "rsa-1"}},
        {"client_id": "bearer", "private_key": rsa_pair().private},
    )
    with pytest.raises(CredentialRejectedError):
        await items_of(session)


async def test_password(opened: Opened, oauth_server: str) -> None:
    auth = {"kind": "oauth2_password", **TOKEN, "client_in": "body", "scopes": ["orders"]}
    credentials = {"client_id": "in body", "client_secret": "secret/body", "username": "ada"}
    session = opened(oauth_server, auth, credentials | {"password": "password of ada"})
    assert await items_of(session) == [{"who": "ada", "scope": "orders"}]
    refused = opened(oauth_server, auth, credentials | {"password": "password of bob"})
    with pytest.raises(CredentialRejectedError, match="see user name, password"):
        await items_of(refused)


@pytest.mark.parametrize(("algorithm", "pair"), [("RS256", rsa_pair), ("PS256", rsa_pair), ("ES256", ec_pair)])
async def test_jwt_bearer_exchanges_what_it_signs(
    opened: Opened, oauth_server: str, algorithm: str, pair: Any
) -> None:
    extra = {name: f"{{{{ credentials.{name} }}}}" for name in ("client_id", "client_secret")}
    auth = {
        "kind": "jwt_bearer", **TOKEN, "algorithm": algorithm, "key_id": pair().public["kid"], "extra": extra,
        "issuer": "{{ credentials.client_id }}", "subject": "ada", "scopes": ["orders"],
    }  # fmt: skip
    credentials = {"client_id": "bearer", "client_secret": "secret bearer", "private_key": pair().private}
    assert await items_of(opened(oauth_server, auth, credentials)) == [{"who": "ada", "scope": "orders"}]
    refused = opened(oauth_server, auth | {"audience": "https://elsewhere.example"}, credentials)
    with pytest.raises(CredentialRejectedError, match="grant request is invalid"):
        await items_of(refused)
