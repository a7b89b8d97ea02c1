"""What every kind of authentication keeps, whatever it signs with."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.auth.made import VARIABLES, driven
from weftline.auth import AUTH_METHODS, AuthMethod, Consent, Token
from weftline.errors import CredentialMissingError, WeftlineError
from weftline.model import Request, Response

CONFIGS: dict[str, dict[str, Any]] = {
    "api_key": {"place": {"header": "X-Key"}, "prefix": "{{ credentials.prefix }}"},
    "oauth2_client": {"token_url": "http://127.0.0.1/token", "extra": {"a": "{{ credentials.more }}"}},
    "oauth2_password": {"token_url": "http://127.0.0.1/token", "client_in": "body"},
    "oauth2_code": {"token_url": "http://127.0.0.1/token", "authorize_url": "http://127.0.0.1/authorize"},
    "oauth2_device": {"token_url": "http://127.0.0.1/token", "device_url": "http://127.0.0.1/device"},
    "jwt_bearer": {
        "token_url": "http://127.0.0.1/token", "issuer": "{{ credentials.client_id }}", "certificate": "certificate",
    },
    "hmac": {"text": "{{ request.body }}", "headers": {"X-Sign": "{{ credentials.key_id }}:{{ signature }}"}},
    "sigv4": {"service": "execute-api", "region": "{{ credentials.region }}"},
    "session_login": {
        "url": "http://127.0.0.1/login",
        "body": {"a": "{{ credentials.username }}", "b": "{{ credentials.password }}"},
        "token_from": {"body": "access_token"}, "send_headers": {"X-Session": "{{ token.value }}"},
    },
}  # fmt: skip
GIVEN = (
    b'{"access_token":"T","device_code":"D","user_code":"U","verification_uri":"http://127.0.0.1/device",'
    b'"error":"invalid_grant","error_description":"%b"}'
)
KINDS = AUTH_METHODS.kinds()
NEEDING = [kind for kind in KINDS if kind != "none"]


def made(kind: str, without: str = "") -> tuple[AuthMethod, dict[str, str]]:
    """A method of a kind and its credentials, none of them empty but ``without``."""
    found = AUTH_METHODS.get(kind)
    config = AUTH_METHODS.config(kind, CONFIGS.get(kind, {}))
    credentials = {key: f"hush-{key}-hush" for key in found.credential_keys(config) if key != without}
    if "host_fingerprint" in credentials:
        credentials["host_fingerprint"] = "SHA256:" + "hush" * 10 + "hus"
    return found(config, credentials, VARIABLES), credentials


def used(auth: AuthMethod, answer: Response) -> None:
    """Everything that reads credentials."""
    request = Request("POST", "http://127.0.0.1/x", [("a", "1")], {"Content-Type": "application/json"}, b"{}")
    auth.login()
    if isinstance(auth, Consent):
        place = driven(auth.consent("http://127.0.0.1/back", "state"), lambda _: answer)
        auth.token = driven(auth.exchange(place, "http://127.0.0.1/back", {"code": "c"}), lambda _: answer)
    elif auth.uses_token:
        auth.token = driven(auth.renew(), lambda _: answer)
    auth.sign(request)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_title_and_every_section_words(kind: str) -> None:
    schema = AUTH_METHODS.get(kind).Config.model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        assert part.get("description")
        assert [name for name, one in part.get("properties", {}).items() if not one.get("title")] == []


@pytest.mark.parametrize("kind", NEEDING)
def test_a_missing_credential_is_named_and_no_other_is_told(kind: str) -> None:
    _, credentials = made(kind)
    assert credentials, "credential_keys names them"
    may_be_empty: frozenset[str] = getattr(AUTH_METHODS.get(kind), "optional", frozenset())
    for key in set(credentials) - may_be_empty:
        auth, others = made(kind, without=key)
        with pytest.raises(CredentialMissingError, match=f"'{key}' is empty") as caught:
            used(auth, Response(200, {}, GIVEN % b""))
        assert not [value for value in others.values() if value in str(caught.value)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_credential_is_in_a_repr_or_in_an_error_and_secrets_names_all(kind: str) -> None:
    auth, credentials = made(kind)
    auth.token = Token("hush-value", refresh="hush-refresh", extra={"cookie": "hush-cookie"})
    values = [*credentials.values(), "hush-value", "hush-refresh", "hush-cookie"]
    assert set(values) <= set(auth.secrets())
    echo = " ".join(values).encode()
    for status in (400, 401, 429, 500, 200):
        told = f"{auth!r} {auth.token!r}"
        try:
            used(auth, Response(status, {}, GIVEN % echo))
        except WeftlineError as error:
            told += f"{error} {error!r} {error.context} {error.__cause__} {error.__context__}"
        assert "hush" not in told


@pytest.mark.parametrize("kind", KINDS)
def test_copies_may_be_signed_again(kind: str) -> None:
    auth, _ = made(kind)
    auth.token = Token("T", extra={"place": "p"})
    request = Request("POST", "http://127.0.0.1/x", [("a", "1")], {"Content-Type": "application/json"}, b"{}")
    before = copy.deepcopy(request)
    first, second = request.copy(), request.copy()
    auth.sign(first)
    auth.sign(second)
    auth.sign(second)
    assert request == before
    assert set(first.headers) == set(second.headers)
    assert [name for name, _ in first.query] == [name for name, _ in second.query]
