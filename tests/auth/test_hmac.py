"""HMAC signatures, judged by OpenSSL."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import time
from typing import Any

import pytest

from tests.auth.made import method, signed
from weftline.errors import CredentialRejectedError, DocumentError
from weftline.model import Request

KEY = "köy & secret"
SECRETS = {"secret": KEY, "key_id": "K1"}
HEADERS = {"X-Key": "{{ credentials.key_id }}", "X-Time": "{{ request.timestamp }}", "X-Sign": "v1={{ signature }}"}


def openssl(algorithm: str, key: bytes, text: str) -> bytes:
    command = [
        "openssl",
        "mac",
        "-digest",
        algorithm,
        "-macopt",
        f"hexkey:{key.hex()}",
        "-in",
        "-",
        "-binary",
        "HMAC",
    ]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def request() -> Request:
    return Request("POST", "http://api.example.test/v1/or ders?x=1", [("a", "ü b")], {}, b'{"n":1}')


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_the_text_is_signed_as_it_is_sent(algorithm: str, encoding: str) -> None:
    names = ["method", "host", "path", "query", "body", "body_sha256", "timestamp"]
    text = "\n".join(f"{{{{ request.{name} }}}}" for name in names)
    config = {"algorithm": algorithm, "encoding": encoding, "text": text, "headers": HEADERS}
    found = signed(method("hmac", config, SECRETS), request())
    moment = found.headers["X-Time"]
    assert abs(int(moment) - time.time()) < 60
    plain = ["POST", "api.example.test", "/v1/or%20ders", "x=1&a=%C3%BC%20b", '{"n":1}']
    body_hash = hashlib.sha256(b'{"n":1}').hexdigest()
    expected = openssl(algorithm, KEY.encode(), "\n".join([*plain, body_hash, moment]))
    shown = expected.hex() if encoding == "hex" else base64.b64encode(expected).decode()
    assert found.headers == {"X-Key": "K1", "X-Time": moment, "X-Sign": f"v1={shown}"}
    assert (found.url, found.query) == ("http://api.example.test/v1/or%20ders?x=1&a=%C3%BC%20b", [])


def test_parameters_beside_the_signature_are_signed_too() -> None:
    query = {"key": "{{ credentials.key_id }}", "nonce": "{{ request.nonce }}", "sign": "{{ signature }}"}
    found = signed(method("hmac", {"text": "{{ request.query }}", "query": query}, SECRETS), request())
    ((name, signature),) = found.query
    assert re.fullmatch(
        r"http://api.example.test/v1/or%20ders\?x=1&a=%C3%BC%20b&key=K1&nonce=[0-9a-f]{32}", found.url
    )
    expected = openssl("sha256", KEY.encode(), found.url.partition("?")[2]).hex()
    assert (name, signature) == ("sign", expected)


@pytest.mark.parametrize(("encoding", "given"), [("hex", "0001feff"), ("base64", "AAH+/w==")])
def test_a_secret_may_be_encoded(encoding: str, given: str) -> None:
    config = {"text": "x", "secret_encoding": encoding, "headers": {"X": "{{ signature }}"}}
    expected = openssl("sha256", b"\x00\x01\xfe\xff", "x").hex()
    assert signed(method("hmac", config, {"secret": given})).headers == {"X": expected}
    with pytest.raises(CredentialRejectedError, match=f"'secret' is not {encoding}") as caught:
        signed(method("hmac", config, {"secret": "no! such"}))
    assert "no! such" not in str(caught.value)


@pytest.mark.parametrize("config", [{"text": "x"}, {"headers": HEADERS}])
def test_a_config_says_what_and_where(config: dict[str, Any]) -> None:
    with pytest.raises(DocumentError):
        method("hmac", config, SECRETS)
