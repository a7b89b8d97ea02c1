"""Logins for transports that connect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.auth.made import method, signed
from weftline.errors import CredentialRejectedError
from weftline.model import Request

PRINT = "SHA256:" + "aB3/" * 10 + "xyz"
GIVEN = {
    "username": "ada", "password": "pass word", "host_fingerprint": PRINT, "passphrase": "", "key_pass": "phrase",
    "private_key": "-----BEGIN X-----\\nabc\\n-----END X-----", "certificate": "  chain\n\n", "own_ca": "authority",
}  # fmt: skip
KEY = "-----BEGIN X-----\nabc\n-----END X-----\n"


@pytest.mark.parametrize(
    ("kind", "config", "expected"),
    [
        ("basic", {}, {"username": "ada", "password": "pass word"}),
        ("database", {}, {"username": "ada", "password": "pass word"}),
        ("ssh_password", {}, {"username": "ada", "password": "pass word", "host_fingerprint": PRINT}),
        ("ssh_key", {}, {"username": "ada", "private_key": KEY, "host_fingerprint": PRINT}),
        ("ssh_key", {"passphrase": "passphrase"}, {"username": "ada", "private_key": KEY, "host_fingerprint": PRINT}),
        ("mtls", {}, {"certificate": "chain\n", "private_key": KEY}),
        (
            "mtls",
            {"passphrase": "key_pass", "ca": "own_ca"},
            {"certificate": "chain\n", "private_key": KEY, "passphrase": "phrase", "ca": "authority\n"},
        ),
        ("bearer", {}, {}),
    ],
)
def test_a_login(kind: str, config: dict[str, Any], expected: dict[str, str]) -> None:
    assert method(kind, config, GIVEN).login() == expected


@pytest.mark.parametrize("kind", ["database", "ssh_password", "ssh_key", "mtls"])
def test_requests_stay_as_they_are(kind: str) -> None:
    assert signed(method(kind, {}, GIVEN)) == Request("GET", "http://127.0.0.1/x", [("a", "1")])


def test_a_passphrase_that_a_config_names_is_asked_for() -> None:
    auth = method("ssh_key", {"passphrase": "key_pass"}, GIVEN)
    assert auth.credential_keys(auth.config) == ["username", "private_key", "key_pass", "host_fingerprint"]


@pytest.mark.parametrize("wrong", ["MD5:00:11", "SHA256:short", PRINT + "\n"])
def test_a_fingerprint_is_looked_at(wrong: str) -> None:
    with pytest.raises(CredentialRejectedError, match="'host_fingerprint' is no fingerprint") as caught:
        method("ssh_password", {}, GIVEN | {"host_fingerprint": wrong}).login()
    assert wrong not in str(caught.value)
