"""What only SFTP does: keys of hosts and of users."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import PrivateFormat

from tests import summary
from tests.transports.files_servers import POLICY, Place, Server, names, read, write
from tests.transports.sftp_servers import fingerprint, openssh, private, with_passwords
from weftline.errors import (
    ConnectError,
    CredentialMissingError,
    CredentialRejectedError,
    MissingExtraError,
    RemoteTimeoutError,
    RequestRejectedError,
)
from weftline.transports import UNSENT

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module")
def ssh() -> Iterator[Server]:
    with openssh() as server:
        summary.note("OpenSSH", server.words)
        yield server


@pytest.fixture(scope="module")
def doors() -> Iterator[Server]:
    with with_passwords() as server:
        yield server


async def greet(place: Place, login: dict[str, str] | None = None, **config: object) -> list[str]:
    transport = place.transport(POLICY, login, **config)
    try:
        return await names(transport)
    finally:
        await transport.close()


async def test_another_host_key_is_refused_before_anything_of_ours_is_shown(doors):
    place = doors.at(uuid4().hex)
    tries = doors.keys["tries"]
    tries.clear()
    other = fingerprint(ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(CredentialRejectedError, match="host key") as refused:
        await greet(place, {"host_fingerprint": other})
    assert place.login["host_fingerprint"] in str(refused.value), "it says what it saw"
    with pytest.raises(CredentialMissingError, match="not known"):
        await greet(place, {"host_fingerprint": ""})
    assert tries == []


async def test_the_fingerprint_of_any_key_of_the_host_will_do(ssh):
    place = ssh.at(uuid4().hex)
    for kind in ("ed25519", "rsa"):
        assert await greet(place, {"host_fingerprint": fingerprint(ssh.keys["hosts"][kind])}) == []
    assert await greet(place, {"host_fingerprint": place.login["host_fingerprint"] + "="}) == []


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("form", [PrivateFormat.OpenSSH, PrivateFormat.PKCS8])
@pytest.mark.parametrize("passphrase", ["", "open sesame"])
async def test_keys_of_all_kinds_and_files(ssh, kind, form, passphrase):
    place = ssh.at(uuid4().hex)
    text = private(ssh.keys["keys"][kind], passphrase, form)
    assert await greet(place, {"private_key": text, "passphrase": passphrase}) == []


async def test_who_is_not_known_is_told_so(ssh, doors):
    stranger = private(ed25519.Ed25519PrivateKey.generate())
    keys, passwords = ssh.at(uuid4().hex), doors.at(uuid4().hex)
    for place, login, words in [
        (keys, {"private_key": stranger}, "refused"),
        (keys, {"private_key": "", "password": "x"}, "it wants publickey"),
        (
            keys,
            {"private_key": private(ed25519.Ed25519PrivateKey.generate(), "a"), "passphrase": "b"},
            "cannot be read",
        ),
        (keys, {"private_key": "-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----"}, "cannot be read"),
        (passwords, {"password": "wrong"}, "refused 'ann'"),
    ]:
        with pytest.raises(CredentialRejectedError, match=words) as refused:
            await greet(place, login)
        assert "wrong" not in str(refused.value)


async def test_a_server_that_is_not_there_or_says_nothing(ssh):
    place = ssh.at(uuid4().hex)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ConnectError) as silence:
            await greet(place, port=port, connect_timeout_s=0.3)
    with pytest.raises(ConnectError) as refused:
        await greet(place, port=port)
    assert silence.value.context == refused.value.context == {UNSENT: True}


async def test_a_call_ends_when_its_time_is_over(ssh):
    place = ssh.at(uuid4().hex)
    transport = place.transport()
    assert await names(transport) == []
    with ssh.frozen(), pytest.raises(RemoteTimeoutError, match=r"within 0\.2 seconds"):
        await names(transport, timeout_s="0.2")
    assert await names(transport) == [], "on another connection"
    await transport.close()


async def test_a_connection_that_broke_while_it_was_idle_is_replaced(ssh):
    transport = ssh.at(uuid4().hex).transport()
    assert await write(transport, "in/a", b"1") == "in/a"
    ssh.cut()
    for _ in range(50):  # the kernel may tell a moment later
        await asyncio.sleep(0.01)
        if not transport._idle[0][0].alive():
            break
    assert await read(transport, "in/a") == b"1"
    await transport.close()


async def test_what_the_server_does_not_allow_is_refused_and_the_connection_goes_on(ssh):
    transport = ssh.at(uuid4().hex).transport(create_folders=False)
    with pytest.raises(RequestRejectedError, match="'new' is not there"):
        await write(transport, "new/a", b"1")
    await write(transport, "in/a", b"1")
    with pytest.raises(RequestRejectedError):
        await write(transport, "in/a/b", b"1")
    assert await names(transport) == ["a"]
    await transport.close()


async def test_without_its_extra_it_says_so(ssh, monkeypatch):
    monkeypatch.setitem(sys.modules, "paramiko", None)
    with pytest.raises(MissingExtraError, match="extra 'sftp'"):
        await greet(ssh.at(uuid4().hex))
