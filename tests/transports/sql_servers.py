"""Databases for the tests of their transports: one fresh database each, opened as a transport."""

from __future__ import annotations

from typing import Any

from weftline.kernel import json
from weftline.model import Request
from weftline.transports import TRANSPORTS, OutboundPolicy
from weftline.transports.sql import SqlTransport

POLICY = OutboundPolicy(allow_private=True)
NAMES = {
    "memory_sql": {"moment": "TIMESTAMP", "exact": "NUMERIC", "bytes": "BLOB", "json": "JSON"},
    "postgresql": {"moment": "TIMESTAMPTZ", "exact": "NUMERIC(38, 4)", "bytes": "BYTEA", "json": "JSONB"},
    "mysql": {"moment": "DATETIME(6)", "exact": "DECIMAL(38, 4)", "bytes": "BLOB", "json": "JSON"},
}
"""Names of types per kind."""


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
