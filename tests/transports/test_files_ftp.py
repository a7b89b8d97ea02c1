"""What only FTP does: TLS or in so many words none."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests import summary
from tests.transports.files_servers import POLICY, Place, Server, names
from tests.transports.ftp_servers import vsftpd
from weftline.errors import ConnectError, CredentialRejectedError, RequestRejectedError
from weftline.transports import TRANSPORTS

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module")
def plain() -> Iterator[Server]:
    with vsftpd("none (unencrypted)") as server:
        summary.note("vsftpd", server.words)
        yield server


@pytest.fixture(scope="module")
def secure() -> Iterator[Server]:
    with vsftpd("explicit TLS") as server:
        yield server


async def greet(place: Place, login: dict[str, str] | None = None, **config: object) -> list[str]:
    transport = place.transport(POLICY, login, **config)
    try:
        return await names(transport)
    finally:
        await transport.close()


def test_tls_is_what_nobody_has_to_ask_for():
    assert TRANSPORTS.config("ftp", {"host": "127.0.0.1"}).security == "explicit TLS"


async def test_a_wrong_password_is_refused(plain, secure):
    for server in (plain, secure):
        with pytest.raises(CredentialRejectedError, match="refused 'ftp'") as refused:
            await greet(server.at(uuid4().hex), {"password": "wrong"})
        assert "wrong" not in str(refused.value)


async def test_a_server_without_tls_gets_no_password(plain):
    with pytest.raises(RequestRejectedError, match="offers no TLS"):
        await greet(plain.at(uuid4().hex), security="explicit TLS")
    with pytest.raises(ConnectError, match="no TLS with"):
        await greet(plain.at(uuid4().hex), security="implicit TLS")


async def test_a_server_that_wants_tls_takes_no_password_without(secure):
    with pytest.raises(CredentialRejectedError, match="encryption"):
        await greet(secure.at(uuid4().hex), security="none (unencrypted)")


async def test_a_certificate_of_nobody_we_know_is_refused(secure):
    with pytest.raises(RequestRejectedError, match="not trusted"):
        await greet(secure.at(uuid4().hex), authorities="")


async def test_a_certificate_for_another_host_is_refused(secure):
    with pytest.raises(RequestRejectedError, match="not trusted"):
        await greet(secure.at(uuid4().hex), host="localhost")


async def test_a_folder_that_is_not_there_is_said_so(plain):
    transport = plain.at(uuid4().hex).transport(create_folders=False)
    with pytest.raises(RequestRejectedError, match="'none' is not there"):
        await names(transport, "none")
    assert await names(transport) == []
    await transport.close()
