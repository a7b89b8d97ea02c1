"""Signed assertions: their claims and headers, read again by PyJWT."""

from __future__ import annotations

import base64
import hashlib
import ssl
from typing import Any

import jwt
import pytest

from tests.auth.keys import ec_pair, rsa_pair
from tests.auth.made import driven, method, signed
from weftline.auth import AuthMethod
from weftline.errors import CredentialRejectedError
from weftline.model import Response


def unused(_: object) -> Response:
    raise AssertionError("nothing is to be asked")


def read(auth: AuthMethod, algorithm: str = "RS256") -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of the token that goes into a request."""
    auth.token = driven(auth.renew(), unused)
    words, token = signed(auth).headers["Authorization"].split(" ")
    assert words == "Bearer"
    pair = ec_pair() if algorithm == "ES256" else rsa_pair()
    claims = jwt.decode(token, jwt.PyJWK(pair.public, algorithm).key, [algorithm], options={"verify_aud": False})
    return jwt.get_unverified_header(token), claims


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_a_signed_token_is_the_bearer_token(algorithm: str) -> None:
    config = {
        "algorithm": algorithm, "key_id": "{{ credentials.key_id }}", "issuer": "{{ account }}", "audience": "v1",
        "claims": {"scope": ["GET /v1", "{{ account | upper }}"]}, "lifetime_s": 1200,
    }  # fmt: skip
    key = (ec_pair() if algorithm == "ES256" else rsa_pair()).private
    header, claims = read(method("jwt_bearer", config, {"private_key": key, "key_id": "K1"}), algorithm)
    assert header == {"alg": algorithm, "typ": "JWT", "kid": "K1"}
    assert claims.pop("exp") - claims.pop("iat") == 1200
    assert claims.pop("jti")
    assert claims == {"iss": "tst_1", "aud": "v1", "scope": ["GET /v1", "TST_1"]}


def test_it_is_renewed_before_it_runs_out() -> None:
    auth = method("jwt_bearer", {"lifetime_s": 1200}, {"private_key": rsa_pair().private})
    token = driven(auth.renew(), unused)
    assert token.is_fresh
    assert driven(auth.renew(), unused).value != token.value


@pytest.mark.parametrize(("name", "algorithm"), [("x5t", "sha1"), ("x5t#S256", "sha256")])
def test_a_certificate_is_named_by_its_thumbprint(name: str, algorithm: str) -> None:
    pair = rsa_pair()
    config = {"certificate": "certificate", "thumbprint": name}
    header, _ = read(method("jwt_bearer", config, {"private_key": pair.private, "certificate": pair.certificate}))
    digest = hashlib.new(algorithm, ssl.PEM_cert_to_DER_cert(pair.certificate)).digest()
    assert header[name] == base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_line_ends_may_be_spelt() -> None:
    assert read(method("jwt_bearer", {}, {"private_key": rsa_pair().private.replace("\n", "\\n")}))


@pytest.mark.parametrize(
    ("config", "key"),
    [({}, "-----BEGIN nothing"), ({"algorithm": "ES256"}, None), ({"certificate": "certificate"}, None)],
    ids=["no key", "key of another kind", "no certificate"],
)
def test_what_cannot_be_read_is_named_and_not_shown(config: dict[str, Any], key: str | None) -> None:
    credentials = {"private_key": key or rsa_pair().private, "certificate": "hush-hush"}
    with pytest.raises(CredentialRejectedError, match=r"the credential '\w+' is no") as caught:
        driven(method("jwt_bearer", config, credentials).renew(), unused)
    assert "BEGIN nothing" not in str(caught.value)
    assert "hush" not in str(caught.value)
