"""Databases for the tests of their transports: one fresh database each, opened as a transport."""

from __future__ import annotations

import contextlib
import getpass
import os
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import make_url

from tests import servers, servers_mariadb, summary
from weftline.kernel import json
from weftline.model import Request
from weftline.transports import TRANSPORTS, OutboundPolicy
from weftline.transports.sql import SqlTransport

POLICY = OutboundPolicy(allow_private=True)
PLAIN = {"security": "none (unencrypted)"}
NAMES = {
    "memory_sql": {"moment": "TIMESTAMP", "exact": "NUMERIC", "bytes": "BLOB", "json": "JSON"},
    "postgresql": {"moment": "TIMESTAMPTZ", "exact": "NUMERIC(38, 4)", "bytes": "BYTEA", "json": "JSONB"},
    "mysql": {"moment": "DATETIME(6)", "exact": "DECIMAL(38, 4)", "bytes": "BLOB", "json": "JSON"},
}
"""Names of types per kind."""


Place = tuple[dict[str, str], dict[str, Any]]
"""A login, and the transport's config."""


@contextlib.contextmanager
def postgresql_database(server: servers.Postgres, name: str) -> Iterator[Place]:
    """A fresh database of PostgreSQL."""
    with servers.database(server, f"weftline_{name}_{os.getpid()}") as text:
        url = make_url(text)
        login = {"username": url.username or getpass.getuser(), "password": url.password or ""}
        yield login, {"host": url.host, "port": url.port, "database": url.database} | PLAIN


@contextlib.contextmanager
def mysql_database(name: str) -> Iterator[Place]:
    """A fresh database of MariaDB."""
    with (
        servers_mariadb.mariadb() as server,
        servers_mariadb.database(server, f"weftline_{name}_{os.getpid()}") as database,
    ):
        summary.note("MariaDB", server.words)
        yield {"username": "root"}, {"host": "127.0.0.1", "port": server.port, "database": database} | PLAIN


def transport(kind: str, login: dict[str, str] | None = None, **config: Any) -> SqlTransport:
    found: Any = TRANSPORTS.get(kind)
    return found(TRANSPORTS.config(kind, config), POLICY, login or {})


def asking(method: str, timeout_s: float = 20.0, **body: Any) -> Request:
    return Request(method, "", [], {}, json.encode(body), timeout_s)


async def ask(database: SqlTransport, method: str, timeout_s: float = 20.0, **body: Any) -> Any:
    return json.decode((await database.send(asking(method, timeout_s, **body))).body)


async def rows(database: SqlTransport, sql: str, **values: Any) -> Any:
    return await ask(database, "QUERY", sql=sql, values=values)


async def execute(database: SqlTransport, sql: str, **values: Any) -> Any:
    return (await ask(database, "EXECUTE", sql=sql, values=values))["rows"]
