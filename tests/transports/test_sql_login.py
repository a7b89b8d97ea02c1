"""How the database transports come to a server: TLS, refused logins, servers that are busy; each against its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tests import servers, servers_mariadb, summary
from tests.transports.nginx import Authority
from tests.transports.sql_servers import PLAIN, ask, execute, rows, transport
from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    OutboundRefusedError,
    RemoteFaultError,
    RequestRejectedError,
)
from weftline.transports import UNSENT, OutboundPolicy
from weftline.transports.sql import SqlTransport

pytestmark = pytest.mark.connected

HBA = """
host all weftline 127.0.0.1/32 trust
hostssl all sealed 127.0.0.1/32 cert
host all all 127.0.0.0/8 scram-sha-256
"""
SEALED = {
    "postgresql": "SELECT ssl AS sealed FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    "mysql": "SELECT VARIABLE_VALUE <> '' AS sealed FROM information_schema.SESSION_STATUS"
    " WHERE VARIABLE_NAME = 'Ssl_cipher'",
}


@dataclass(frozen=True)
class Server:
    """A server that encrypts (``port``) and one that does not (``plain_port``), and whose certificate it shows."""

    kind: str
    port: int
    plain_port: int
    database: str
    authority: Authority
    clients: Authority

    @asynccontextmanager
    async def opened(self, login: dict[str, str] | None = None, **config: Any) -> AsyncIterator[SqlTransport]:
        login = {"username": "ada", "password": "pass wörd"} | (login or {})
        config = {"host": "127.0.0.1", "port": self.port, "database": self.database, "connect_timeout_s": 5} | config
        found = transport(self.kind, login, **config)
        try:
            yield found
        finally:
            await found.close()

    async def is_sealed(self, login: dict[str, str] | None = None, **config: Any) -> bool:
        async with self.opened(login, **config) as database:
            return bool((await rows(database, SEALED[self.kind]))[0]["sealed"])


def postgresql(stack: ExitStack, authority: Authority, clients: Authority) -> Server:
    certificate, key = authority.sign("database")
    files = {"server.crt": certificate, "server.key": key, "clients.crt": clients.pem, "pg_hba.conf": HBA}
    options = ["ssl=on", "ssl_ca_file=clients.crt", "listen_addresses=127.0.0.1,127.0.0.2", "deadlock_timeout=50ms"]
    found = [
        stack.enter_context(servers.started(options, files)),
        stack.enter_context(servers.started(files={"pg_hba.conf": HBA})),
    ]
    for url in found:
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(), autocommit=True) as opened:
            opened.execute("CREATE ROLE ada LOGIN PASSWORD 'pass wörd'")
            opened.execute("CREATE ROLE sealed LOGIN")
            opened.execute("CREATE DATABASE shop OWNER ada")
    ports = [url.port or 0 for url in found]
    summary.note("PostgreSQL with TLS", f"PostgreSQL {servers.version(found[0])} started from its package")
    return Server("postgresql", ports[0], ports[1], "shop", authority, clients)


def mysql(stack: ExitStack, authority: Authority, clients: Authority) -> Server:
    certificate, key = authority.sign("database")
    files = {"server.pem": certificate, "server.key": key, "clients.pem": clients.pem}
    options = [
        "--ssl-cert={folder}/server.pem", "--ssl-key={folder}/server.key", "--ssl-ca={folder}/clients.pem",
        "--bind-address=127.0.0.1,127.0.0.2",
    ]  # fmt: skip
    found = [
        stack.enter_context(servers_mariadb.started(options, files)),
        stack.enter_context(servers_mariadb.started(["--skip-ssl"])),
    ]
    for server in found:
        server.administer(
            "CREATE USER ada@'%' IDENTIFIED BY 'pass wörd'", "CREATE USER sealed@'%' REQUIRE X509",
            "CREATE DATABASE shop", "GRANT ALL ON shop.* TO ada@'%'", "GRANT ALL ON shop.* TO sealed@'%'",
        )  # fmt: skip
    summary.note("MariaDB with TLS", found[0].words)
    return Server("mysql", found[0].port, found[1].port, "shop", authority, clients)


@pytest.fixture(scope="module", params=[postgresql, mysql], ids=lambda made: made.__name__)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with ExitStack() as stack:
        yield request.param(stack, Authority("Databases"), Authority("Clients"))


# --- TLS ---


async def test_a_server_proves_itself(server: Server) -> None:
    assert await server.is_sealed({"ca": server.authority.pem}, security="verify")


@pytest.mark.parametrize("why", ["no authority", "another authority", "another host"])
async def test_a_server_that_does_not_prove_itself_is_refused(server: Server, why: str) -> None:
    ca = {"no authority": {}, "another authority": {"ca": Authority("Others").pem}}
    host = "127.0.0.2" if why == "another host" else "127.0.0.1"
    with pytest.raises(RequestRejectedError, match=r"(?i)certificate") as caught:
        await server.is_sealed(ca.get(why, {"ca": server.authority.pem}), security="verify", host=host)
    assert "authority" in caught.value.hint


async def test_whoever_answers_may_be_believed_and_still_nobody_listens(server: Server) -> None:
    assert await server.is_sealed(security="encrypt")
    assert await server.is_sealed(security="encrypt", host="127.0.0.2")


async def test_without_tls_only_for_who_says_so(server: Server) -> None:
    for security in ("verify", "encrypt"):
        with pytest.raises(RequestRejectedError, match="SSL"):
            await server.is_sealed({"ca": server.authority.pem}, security=security, port=server.plain_port)
    assert not await server.is_sealed(port=server.plain_port, **PLAIN)


async def test_a_certificate_of_ours_lets_us_in(server: Server) -> None:
    certificate, key = server.clients.sign("sealed", passphrase="a word")
    login = {"username": "sealed", "password": "", "ca": server.authority.pem}
    ours = {"certificate": certificate, "private_key": key, "passphrase": "a word"}
    assert await server.is_sealed(login | ours, security="verify")
    with pytest.raises(CredentialRejectedError):
        await server.is_sealed(login, security="verify")


# --- logins and ways ---


@pytest.mark.parametrize("login", [{"password": "wrong"}, {"username": "nobody"}])
async def test_a_refused_login_says_so_and_not_the_password(server: Server, login: dict[str, str]) -> None:
    with pytest.raises(CredentialRejectedError, match="refused the login") as caught:
        await server.is_sealed(login, security="encrypt")
    assert "pass wörd" not in str(caught.value)
    assert "wrong" not in str(caught.value)


async def test_a_database_that_is_not_there_is_no_matter_of_the_login(server: Server) -> None:
    words = {"postgresql": (RequestRejectedError, "does not exist"), "mysql": (CredentialRejectedError, "nothing")}
    kind, said = words[server.kind]  # MariaDB does not tell whether it is there
    with pytest.raises(kind, match=said):
        await server.is_sealed(security="encrypt", database="nothing")


async def test_nobody_there_and_nobody_allowed(server: Server) -> None:
    with pytest.raises(ConnectError) as caught:
        await server.is_sealed(port=servers.free_port())
    assert caught.value.context[UNSENT]
    with pytest.raises(ConnectError, match="the name is unknown"):
        await server.is_sealed(host="no-such-host.invalid")
    async with server.opened() as database:
        database._policy = OutboundPolicy()
        with pytest.raises(OutboundRefusedError, match="private address"):
            await rows(database, "SELECT 1 AS one")


# --- a server that is busy ---


async def test_of_two_that_block_each_other_one_may_be_repeated(server: Server) -> None:
    async with server.opened(security="encrypt", pool_size=4) as database:
        await execute(database, "DROP TABLE IF EXISTS items")
        await execute(database, "CREATE TABLE items (id INT PRIMARY KEY, n INT)")
        await ask(database, "INSERT", table="items", rows=[{"id": 1, "n": 0}, {"id": 2, "n": 0}])
        nap = "SELECT pg_sleep(0.3)" if server.kind == "postgresql" else "DO SLEEP(0.3)"
        sides = await asyncio.gather(
            *[_both(database, nap, first, second) for first, second in ((1, 2), (2, 1))], return_exceptions=True
        )
        (lost,) = [side for side in sides if isinstance(side, BaseException)]
        assert isinstance(lost, RemoteFaultError)
        assert (lost.recovery, lost.context.get(UNSENT)) == ("retry", True)
        assert "eadlock" in lost.message
        assert await rows(database, "SELECT n FROM items ORDER BY id") == [{"n": 1}, {"n": 1}]


async def _both(database: SqlTransport, nap: str, first: int, second: int) -> None:
    """Change two rows in a transaction, with a pause between them."""

    def work() -> None:
        with database._writing([]), database.engine.begin() as connection:
            database.begin(connection, 10, reads=False)
            connection.execute(sa.text("UPDATE items SET n = n + 1 WHERE id = :id"), {"id": first})
            connection.exec_driver_sql(nap)
            connection.execute(sa.text("UPDATE items SET n = n + 1 WHERE id = :id"), {"id": second})

    await asyncio.to_thread(work)


async def test_a_connection_that_the_server_ended_is_made_anew(server: Server) -> None:
    async with server.opened(security="encrypt", pool_size=2) as database:
        who = "pg_backend_pid()" if server.kind == "postgresql" else "connection_id()"
        (number,) = (await rows(database, f"SELECT {who} AS me"))[0].values()
        async with server.opened(security="encrypt") as other:
            end = f"SELECT pg_terminate_backend({number})" if server.kind == "postgresql" else f"KILL {number}"
            await execute(other, end)
        assert (await rows(database, f"SELECT {who} AS me"))[0]["me"] != number
