"""SQL Server and Oracle, of which no server can be had here: what can be seen without one.

Their drivers are real, and so are TLS, logins that are refused, and the statements that SQLAlchemy's dialects make.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import oracledb
import pytds
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql
from sqlalchemy.dialects.oracle.oracledb import OracleDialect_oracledb

from tests.servers import free_port
from tests.transports import tds_server
from tests.transports.nginx import Authority
from tests.transports.sql_servers import PLAIN, POLICY, rows, transport
from tests.transports.tds_server import TdsServer
from weftline.connectors.lint import lint
from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    MissingExtraError,
    OutboundRefusedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
)
from weftline.model import Connector
from weftline.model.yaml import read_document
from weftline.transports import OutboundPolicy
from weftline.transports.sql import SqlTransport
from weftline.transports.sql_requests import Query
from weftline.transports.sql_statements import query_text
from weftline.transports.sql_tables import Tables
from weftline.transports.sql_upsert import upsert
from weftline.transports.sqlserver_tds import TdsDialect, is_for

KINDS = ["sqlserver", "oracle"]
DIALECTS: dict[str, Any] = {"sqlserver": TdsDialect, "oracle": OracleDialect_oracledb}
CATALOG = Path(__file__).resolve().parents[2] / "catalog"
LOGIN = {"username": "ada", "password": "pass wörd"}


@asynccontextmanager
async def opened(kind: str, login: dict[str, str] | None = None, **config: Any) -> AsyncIterator[SqlTransport]:
    config = {"host": "127.0.0.1", "port": free_port(), "database": "shop", "connect_timeout_s": 2} | config
    found = transport(kind, LOGIN | (login or {}), **config)
    try:
        yield found
    finally:
        await found.close()


async def failure(kind: str, login: dict[str, str] | None = None, **config: Any) -> Any:
    """Why a question had no answer."""
    async with opened(kind, login, **config) as database:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - of any kind: the callers look at it
            await rows(database, "SELECT 1 AS one")
    return caught.value


# --- before anything is sent ---


@pytest.mark.parametrize("kind", KINDS)
async def test_a_missing_driver_names_its_extra(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for driver in ("pytds", "oracledb"):
        monkeypatch.setitem(sys.modules, driver, None)
    error = await failure(kind)
    assert isinstance(error, MissingExtraError)
    assert f"needs the extra '{kind}'" in error.message


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_there(kind: str) -> None:
    for security in ("verify", "none (unencrypted)"):
        error = await failure(kind, security=security)
        assert isinstance(error, ConnectError)
        assert error.context["unsent"]
        assert "pass" not in str(error)


@pytest.mark.parametrize("kind", KINDS)
async def test_somebody_who_never_answers(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        error = await failure(kind, port=silent.getsockname()[1], **PLAIN)
        assert isinstance(error, ConnectError)
        assert time.monotonic() - began < 10
        caller, _ = silent.accept()
        caller.recv(65536)
        caller.close()  # what still waits for it comes to its end
    for thread in threading.enumerate():
        if thread.name == "oracle login":
            thread.join(5)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_private_address_is_refused(kind: str) -> None:
    async with opened(kind) as database:
        database._policy = OutboundPolicy()
        with pytest.raises(OutboundRefusedError, match="private address"):
            await rows(database, "SELECT 1 AS one")


# --- TLS ---


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Databases")


@pytest.fixture
def sqlserver(authority: Authority, tmp_path: Path) -> Iterator[TdsServer]:
    with tds_server.listening(tmp_path, *authority.sign("database"), tds_server.serve) as server:
        server.answer = tds_server.refusal(18456, "Login failed for user 'ada'.")
        yield server


@pytest.fixture
def oracle(authority: Authority, tmp_path: Path) -> Iterator[TdsServer]:
    """A listener that ends every call once TLS stands."""

    def serve(server: TdsServer, context: ssl.SSLContext, caller: socket.socket) -> None:
        with context.wrap_socket(caller, server_side=True) as sealed:
            server.logins.append(sealed.recv(65536))
            server.sealed.append(True)

    with tds_server.listening(tmp_path, *authority.sign("database"), serve) as server:
        yield server


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> tuple[str, TdsServer]:
    return request.param, request.getfixturevalue(request.param)


async def test_the_login_follows_once_the_server_has_proven_itself(server: Any, authority: Authority) -> None:
    kind, listener = server
    wanted = CredentialRejectedError if kind == "sqlserver" else ConnectError
    for security in ("verify", "encrypt"):
        error = await failure(kind, {"ca": authority.pem}, port=listener.port, security=security)
        assert isinstance(error, wanted), error
    assert listener.sealed
    assert all(listener.sealed)


@pytest.mark.parametrize("why", ["no authority", "another authority", "another host"])
async def test_a_server_that_does_not_prove_itself_sees_no_login(server: Any, authority: Authority, why: str) -> None:
    kind, listener = server
    ca = {"no authority": {}, "another authority": {"ca": Authority("Others").pem}}
    host = "localhost" if why == "another host" else "127.0.0.1"  # the certificate is for the number
    login = ca.get(why, {"ca": authority.pem})
    error = await failure(kind, login, port=listener.port, host=host, security="verify")
    assert isinstance(error, RequestRejectedError), error
    assert "certificate" in error.message.lower()
    assert listener.logins == []


async def test_a_server_without_tls_sees_no_login_unless_we_say_so(sqlserver: TdsServer) -> None:
    sqlserver.encryption = tds_server.NOT_SUPPORTED
    for security in ("verify", "encrypt"):
        error = await failure("sqlserver", port=sqlserver.port, security=security)
        assert isinstance(error, RequestRejectedError), error
        assert "ncrypt" in error.message
    assert sqlserver.logins == []
    assert isinstance(await failure("sqlserver", port=sqlserver.port, **PLAIN), CredentialRejectedError)
    assert sqlserver.sealed == [False]


async def test_a_refused_login_in_the_servers_words(sqlserver: TdsServer) -> None:
    error = await failure("sqlserver", port=sqlserver.port, security="encrypt")
    assert "refused the login: Login failed for user 'ada'." in error.message
    sqlserver.answer = tds_server.refusal(40613, "Database 'shop' is not currently available.")
    assert isinstance(await failure("sqlserver", port=sqlserver.port, security="encrypt"), RemoteFaultError)


async def test_a_server_that_sends_us_elsewhere_is_held_against_the_policy(sqlserver: TdsServer) -> None:
    sqlserver.answer = tds_server.routed("169.254.169.254", 80)
    error = await failure("sqlserver", port=sqlserver.port, security="encrypt")
    assert isinstance(error, OutboundRefusedError)
    assert POLICY.allow_private


def test_whom_a_certificate_names(authority: Authority) -> None:
    from cryptography import x509

    named = x509.load_pem_x509_certificate(authority.sign("db.example")[0].encode())
    assert is_for(named, "127.0.0.1")
    assert not is_for(named, "127.0.0.2")
    assert not is_for(named, "db.example"), "with alternative names the common name does not count"


# --- statements ---

TABLE = sa.Table(
    "items", sa.MetaData(), sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("odd 100%:name", sa.Unicode(80)), sa.Column("at", mssql.DATETIME2()), schema="sales",
)  # fmt: skip


def compiled(kind: str, statement: Any) -> Any:
    dialect = DIALECTS[kind]()
    return statement.compile(dialect=dialect)


def test_merge_binds_every_value() -> None:
    row = {"id": 1, "odd 100%:name": "x'; DROP TABLE items", "at": None}
    merge, bound = upsert(TdsDialect(), TABLE, ["id"], [row])
    text = str(compiled("sqlserver", merge))
    assert text == (
        "SET IDENTITY_INSERT sales.items ON; MERGE INTO sales.items WITH (HOLDLOCK) target USING (SELECT"
        " %(c0)s AS id, %(c1)s AS [odd 100%%:name], CAST(%(c2)s AS DATETIME2) AS at) source"
        " ON (target.id = source.id) WHEN MATCHED THEN UPDATE SET target.[odd 100%%:name] ="
        " source.[odd 100%%:name], target.at = source.at WHEN NOT MATCHED THEN INSERT (id, [odd 100%%:name], at)"
        " VALUES (source.id, source.[odd 100%%:name], source.at); SET IDENTITY_INSERT sales.items OFF;"
    )
    assert bound == [{"c0": 1, "c1": row["odd 100%:name"], "c2": None}]
    merge, _ = upsert(DIALECTS["oracle"](), TABLE, ["id"], [row])
    assert str(compiled("oracle", merge)).startswith(
        'MERGE INTO sales.items target USING (SELECT :c0 AS id, :c1 AS "odd 100%:name", :c2 AS at FROM DUAL) source'
    )


def test_pages_of_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weftline.transports.sql_tables._is_view", lambda *_: True)
    monkeypatch.setattr(Tables, "find", lambda *_: TABLE)
    asked = Query(table="items", key=["id"], changed="at", since="2026-01-01T00:00:00Z",
                  values={"limit": 10, "after_at": "2026-02-01T00:00:00Z", "after_id": 7})  # fmt: skip
    for kind, text in (
        ("sqlserver", "SELECT TOP __[POSTCOMPILE_param_1] sales.items.id AS id"),
        ("oracle", "FETCH FIRST __[POSTCOMPILE_param_1] ROWS ONLY"),
    ):
        dialect = DIALECTS[kind]()
        dialect._supports_offset_fetch = True

        class At:
            pass

        connection: Any = At()
        connection.dialect = dialect
        statement = Tables().page(connection, asked).compile(dialect=dialect)
        assert text in str(statement)
        assert "2026" not in str(statement)
        exact = "CAST(sales.items.at AS DATETIME2(6))" in str(statement)
        assert exact == (kind == "sqlserver")


def test_statements_of_authors() -> None:
    sql = (
        "SELECT [a:b] FROM t WHERE n LIKE '%:x' AND id > :after ORDER BY id OFFSET 0 ROWS FETCH NEXT :limit ROWS ONLY"
    )
    statement, values = query_text(sql, {"after": 1, "limit": 5}, TdsDialect())
    text = str(compiled("sqlserver", statement))
    assert text == sql.replace("%:x", "%%:x").replace(":after", "%(after)s").replace(":limit", "%(limit)s")
    assert values == {"after": 1, "limit": 5}
    sql = "SELECT id FROM t WHERE id > :after ORDER BY id FETCH NEXT :limit ROWS ONLY"
    assert str(compiled("oracle", query_text(sql, values, DIALECTS["oracle"]())[0])) == sql


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("number", "wanted"),
    [(18456, CredentialRejectedError), (1205, RemoteFaultError), (1222, RemoteFaultError), (40501, RemoteFaultError),
     (2627, RequestRejectedError), (208, RequestRejectedError), (8152, RequestRejectedError)],
)  # fmt: skip
def test_numbers_of_sql_server(number: int, wanted: type[Exception]) -> None:
    error = pytds.OperationalError("said")
    error.msg_no = number
    assert transport("sqlserver", LOGIN, host="h", database="d").meaning(error) is wanted


def test_of_sql_servers_connections() -> None:
    database = transport("sqlserver", LOGIN, host="h", database="d")
    assert database.meaning(pytds.TimeoutError("timed out")) is RemoteTimeoutError
    assert database.meaning(ConnectionResetError("reset")) is None
    assert TdsDialect().is_disconnect(pytds.ClosedConnectionError(), None, None)
    assert not TdsDialect().is_disconnect(pytds.IntegrityError("duplicate"), None, None)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("ORA-01017: invalid username/password", CredentialRejectedError), ("ORA-00060: deadlock", RemoteFaultError),
     ("ORA-08177: can't serialize", RemoteFaultError), ("ORA-03113: end-of-file", ConnectError),
     ("DPY-4024: call timeout of 300 ms exceeded", RemoteTimeoutError), ("ORA-00001: unique", RequestRejectedError),
     ("ORA-00942: table or view does not exist", RequestRejectedError), ("DPY-4011: closed", ConnectError)],
)  # fmt: skip
def test_numbers_of_oracle(words: str, wanted: type[Exception]) -> None:
    assert transport("oracle", LOGIN, host="h", database="d").meaning(oracledb.DatabaseError(words)) is wanted


@pytest.mark.parametrize("slug", KINDS)
def test_the_linter_has_nothing_to_say(slug: str) -> None:
    folder = CATALOG / slug
    assert lint(read_document(folder / "connector.yaml", Connector), folder) == []
