"""Certificates, shown and trusted, against nginx; the login is the authentication method's own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests import summary
from tests.transports.nginx import Authority, Nginx, nginx
from weftline.auth.mtls import MtlsAuth, MtlsConfig
from weftline.errors import CredentialRejectedError, RequestRejectedError
from weftline.kernel import json
from weftline.model import Request
from weftline.transports import Login, NoLogin, OutboundPolicy
from weftline.transports.http import HttpConfig, HttpConnections, HttpTransport

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module")
def server() -> Iterator[Nginx]:
    with nginx() as started:
        summary.note("nginx", f"nginx {started.version} with client certificates")
        yield started


@pytest.fixture
async def connections() -> AsyncIterator[HttpConnections]:
    made = HttpConnections(OutboundPolicy(allow_private=True))
    yield made
    await made.close()


def login(server: Nginx, certificate: str = "", key: str = "", passphrase: str = "", ca: str | None = None) -> Login:
    signed = server.clients.sign("Acme") if not certificate else (certificate, key)
    values = {"certificate": signed[0], "private_key": signed[1], "passphrase": passphrase,
              "ca": server.servers.pem if ca is None else ca}  # fmt: skip
    return MtlsAuth(MtlsConfig(passphrase="passphrase", ca="ca"), values, {})


async def asked(connections: HttpConnections, who: Login, url: str, **config: object) -> object:
    settings = HttpConfig.model_validate({"base_url": url} | config)
    return json.decode((await HttpTransport.build(settings, connections, who).send(Request("GET", url))).body)


async def test_our_certificate_is_shown_and_their_authority_trusted(
    server: Nginx, connections: HttpConnections
) -> None:
    assert await asked(connections, login(server), server.url) == {"name": "CN=Acme"}


async def test_a_key_may_be_sealed(server: Nginx, connections: HttpConnections, tmp_path: Path) -> None:
    certificate, key = server.clients.sign("Sealed", "open sesame")
    assert "ENCRYPTED" in key
    who = login(server, certificate, key, "open sesame")
    assert await asked(connections, who, server.url) == {"name": "CN=Sealed"}
    for wrong in ("", "guess"):
        with pytest.raises(CredentialRejectedError, match="private key cannot be read") as caught:
            await asked(connections, login(server, certificate, key, wrong), server.url)
        assert "BEGIN" not in str(caught.value)


async def test_two_logins_of_one_process_are_two_at_the_server(server: Nginx, connections: HttpConnections) -> None:
    """Connections are shared by all instances; one must never go out on another's certificate."""
    logins = [login(server, *server.clients.sign(f"Shop{number}")) for number in range(3)]
    calls = [asked(connections, logins[number % 3], server.url) for number in range(12)]
    assert await asyncio.gather(*calls) == [{"name": f"CN=Shop{number % 3}"} for number in range(12)]


async def test_an_untrusted_server_gets_nothing(server: Nginx, connections: HttpConnections) -> None:
    for who in (NoLogin(), login(server, ca=Authority("Others").pem)):
        with pytest.raises(RequestRejectedError, match=r"is not trusted: .*issuer certificate"):
            await asked(connections, who, server.other_url)
    assert await asked(connections, NoLogin(), server.other_url, verify_tls=False) == {"verified": "NONE"}


async def test_the_certificate_stays_with_its_host(server: Nginx, connections: HttpConnections) -> None:
    assert await asked(connections, login(server), server.other_url) == {"verified": "SUCCESS"}
    assert await asked(connections, login(server), f"{server.url}/away") == {"verified": "NONE"}


async def test_pairs_that_do_not_fit_are_said(server: Nginx, connections: HttpConnections) -> None:
    (certificate, key), (_, other) = server.clients.sign("One"), server.clients.sign("Two")
    with pytest.raises(CredentialRejectedError, match="certificate cannot be used: KEY_VALUES_MISMATCH"):
        await asked(connections, login(server, certificate, other), server.url)
    broken = certificate[:100] + "!" + certificate[101:]
    with pytest.raises(CredentialRejectedError, match="certificate cannot be used"):
        await asked(connections, login(server, broken, key), server.url)
    with pytest.raises(CredentialRejectedError, match="authorities to trust cannot be read"):
        await asked(connections, login(server, ca=broken), server.url)


async def test_a_refused_certificate_is_a_credential(
    server: Nginx, connections: HttpConnections, tmp_path: Path
) -> None:
    """A server that refuses within TLS, as nginx does not."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=server.clients.pem)
    context.verify_mode = ssl.CERT_REQUIRED
    certificate, key = server.servers.sign("strict")
    (tmp_path / "chain.pem").write_text(certificate + key)
    context.load_cert_chain(tmp_path / "chain.pem")
    expired = login(server, *server.clients.sign("Old", days=-1))
    stranger = login(server, *Authority("Strangers").sign("Stranger"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        for who in (expired, stranger):
            refusing = asyncio.create_task(asyncio.to_thread(_refuse, listening, context))
            with pytest.raises(CredentialRejectedError, match=r"refused our certificate \(.*alert"):
                await asked(connections, who, url)
            await refusing


def _refuse(listening: socket.socket, context: ssl.SSLContext) -> None:
    """Shake hands, which fails, and read on, so that the alert is not lost in a reset."""
    listening.settimeout(10)
    accepted, _ = listening.accept()
    with context.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False) as connection:
        connection.settimeout(10)
        with contextlib.suppress(OSError):
            connection.do_handshake()
        with contextlib.suppress(OSError):
            while os.read(connection.fileno(), 4096):
                pass


async def test_a_packed_file_of_nginx_is_read_in_pieces(server: Nginx, connections: HttpConnections) -> None:
    transport = HttpTransport.build(HttpConfig(base_url=server.url), connections, login(server))
    async with transport.open(Request("GET", f"{server.url}/files/rows.json")) as answer:
        pieces = [piece async for piece in answer.pieces]
        assert answer.headers["content-encoding"] == "gzip"
    assert b"".join(pieces) == b'{"row": 1}\n' * 50_000
