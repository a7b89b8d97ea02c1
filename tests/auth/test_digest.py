"""Digest authentication: the examples of RFC 7616, Apache and lighttpd as judges."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import DigestAuthMiddleware
from yarl import URL

from tests import summary
from tests.auth import webservers
from tests.auth.conftest import Opened, items_of
from tests.auth.made import method, signed
from weftline.errors import CredentialRejectedError
from weftline.model import Request, Response

MUFASA = {"username": "Mufasa", "password": "Circle of Life"}
RFC = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={0}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
ADA = {"username": "ada", "password": webservers.PASSWORD}


def challenged(auth: Any, header: str, status: int = 401) -> bool:
    return bool(auth.challenged(Response(status, {"www-authenticate": header}, b"")))


def answer(auth: Any, request: Request | None = None) -> dict[str, str]:
    """The parameters of the header that answers a challenge."""
    request = request or Request("GET", "http://www.example.org/dir/index.html")
    return _parameters(signed(auth, request).headers["Authorization"])


def _parameters(header: str) -> dict[str, str]:
    return {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^",]+))', header)}


@pytest.mark.parametrize(
    ("algorithms", "expected"),
    [
        (["MD5"], "8ca523f5e9506fed4657c9700eebdbec"),
        (["MD5", "SHA-256"], "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_it_is_the_example_of_its_rfc_and_takes_the_stronger(
    algorithms: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    monkeypatch.setattr("weftline.auth.digest.random.token_hex", lambda _: cnonce)
    auth = method("digest", {}, MUFASA)
    assert "Authorization" not in signed(auth).headers
    assert challenged(auth, ", ".join(RFC.format(name) for name in algorithms) + ', Basic realm="x, y"')
    said = answer(auth)
    assert (said["response"], said["algorithm"]) == (expected, algorithms[-1])
    assert (said["nc"], said["qop"], said["cnonce"], said["uri"]) == ("00000001", "auth", cnonce, "/dir/index.html")
    assert said["opaque"] == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
    assert answer(auth)["nc"] == "00000002"


@pytest.mark.parametrize("algorithm", ["MD5-sess", "SHA-256-sess", "MD5", "SHA-256"])
async def test_another_client_computes_the_same(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = DigestAuthMiddleware("ada", webservers.PASSWORD)
    other._challenge = {"realm": "r", "nonce": "n", "qop": "auth", "algorithm": algorithm}
    url = URL("http://127.0.0.1/x%20y?a=%C3%BC%20b", encoded=True)
    theirs = _parameters(await other._encode("POST", url, b""))
    monkeypatch.setattr("weftline.auth.digest.random.token_hex", lambda _: theirs["cnonce"])
    auth = method("digest", {}, ADA)
    assert challenged(auth, f'Digest realm="r", qop="auth", algorithm={algorithm}, nonce="n"')
    assert answer(auth, Request("POST", "http://127.0.0.1/x y", [("a", "ü b")], body=b"{}")) == theirs


def test_a_stale_nonce_is_replaced_and_a_wrong_password_is_not_tried_again() -> None:
    auth = method("digest", {}, ADA)
    assert challenged(auth, 'Digest realm="r", qop="auth", nonce="one"')
    assert challenged(auth, 'Digest realm="r", qop="auth", nonce="two", stale=TRUE')
    assert answer(auth)["nonce"] == "two"
    assert not challenged(auth, 'Digest realm="r", qop="auth", nonce="two", stale=false')


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ('Basic realm="x"', 401),
        ('Digest realm="r", nonce="n", algorithm=SHA-512-256', 401),
        ('Digest realm="r", nonce="n", qop="other"', 401),
        ('Digest realm="r", nonce="n"', 403),
    ],
)
def test_what_cannot_be_answered_is_not_tried(header: str, status: int) -> None:
    assert not challenged(method("digest", {}, ADA), header, status)


def test_users_may_be_hidden_bodies_covered_and_old_servers_answered() -> None:
    auth = method("digest", {}, MUFASA)
    assert challenged(auth, 'Digest realm="r", nonce="n", qop="auth-int", userhash=true, algorithm=SHA-256')
    one = answer(auth, Request("POST", "http://x/", body=b"1"))
    other = answer(auth, Request("POST", "http://x/", body=b"2"))
    assert one["username"] != "Mufasa"
    assert (one["userhash"], one["qop"]) == ("true", "auth-int")
    assert one["response"] != other["response"]
    assert challenged(auth, 'Digest realm="r", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"')
    assert not {"qop", "nc", "cnonce"} & answer(auth).keys()


# --- servers ---


@pytest.fixture(scope="module")
def apache() -> Iterator[str]:
    with webservers.apache() as address:
        summary.note("Apache", f"Apache {webservers.version('apache2')}")
        yield address


@pytest.mark.connected
async def test_apache_lets_us_in_and_its_nonces_may_run_out(opened: Opened, apache: str) -> None:
    session = opened(apache, {"kind": "digest"}, ADA, path="/items?a=%C3%BC b&c=1+2")
    nonces: set[str] = set()
    until = time.monotonic() + 15
    while len(nonces) < 3:
        assert time.monotonic() < until, "no nonce ran out"
        assert await items_of(session) == [1]
        nonces.add(answer(session.auth)["nonce"])


@pytest.mark.connected
async def test_apache_refuses_a_wrong_password(opened: Opened, apache: str) -> None:
    with pytest.raises(CredentialRejectedError):
        await items_of(opened(apache, {"kind": "digest"}, ADA | {"password": "another"}))


@pytest.mark.connected
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_lighttpd_lets_us_in(opened: Opened, algorithm: str) -> None:
    with webservers.lighttpd(algorithm) as address:
        summary.note("lighttpd", f"lighttpd {webservers.version('lighttpd')}")
        session = opened(address, {"kind": "digest"}, ADA, path="/items?a=%C3%BC b&c=1+2")
        assert await items_of(session) == [1]
        assert await items_of(session) == [1]
        assert answer(session.auth)["algorithm"] == algorithm
        with pytest.raises(CredentialRejectedError):
            await items_of(opened(address, {"kind": "digest"}, ADA | {"password": "another"}))
