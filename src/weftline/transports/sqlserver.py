"""SQL Server, and what speaks its protocol."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel

from weftline.errors import (
    CredentialRejectedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
)
from weftline.model import field
from weftline.transports import sqlserver_tds
from weftline.transports.policy import checked_address
from weftline.transports.sql import SqlConfig, SqlTransport
from weftline.transports.sql_errors import Meaning

_NUMBERS: dict[Meaning, set[int]] = {
    CredentialRejectedError: {4060, 18452, 18456, 18470, 18486, 18487, 18488},
    RemoteFaultError: {
        701, 921, 1204, 1205, 1222, 3960, 4221, 6005, 8645, 8651, 9002, 10928, 10929, 17142, 17197, 40197, 40501,
        40613, 41302, 41305, 41325, 49918, 49919, 49920,
    },
}  # fmt: skip
"""The server's numbers; all others are about the statement or its values."""


class SqlserverConfig(SqlConfig):
    """Where the server answers."""

    port: int = field(1433, title="Port", ge=1, le=65535)


class SqlserverTransport(SqlTransport):
    """Reads and writes a SQL Server database."""

    kind: ClassVar[str] = "sqlserver"
    title: ClassVar[str] = "SQL Server"
    Config: ClassVar[type[BaseModel]] = SqlserverConfig
    driver: ClassVar[str] = sqlserver_tds.NAME
    extra: ClassVar[str] = "sqlserver"

    def connect(self, address: str, dialect: sa.Dialect, arguments: dict[str, Any]) -> Any:
        """Over sockets of our own; where the server sends us elsewhere, that address is held against the policy."""
        where = {(self.config.host, self.config.port): address}

        def dial(host: str, port: int) -> socket.socket:
            to = where.get((host, port)) or asyncio.run(checked_address(self._policy, host, port))
            opened = socket.create_connection((to, port), self.config.connect_timeout_s)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return opened

        config = self.config
        return sqlserver_tds.connect(
            dial, config.host, config.port, config.database, self.login, config.security, config.connect_timeout_s
        )

    def begin(self, connection: sa.Connection, timeout_s: float, *, reads: bool) -> None:
        """The server knows a time for locks only: the driver has it stop a statement. It has no transaction that only
        reads: what a statement of QUERY writes is rolled back."""
        driver: Any = connection.connection.driver_connection
        driver._tds_socket.sock.settimeout(timeout_s)
        connection.exec_driver_sql(f"SET LOCK_TIMEOUT {timeout_s * 1000:.0f}")

    def meaning(self, error: BaseException) -> Meaning | None:
        """By the server's number; without one it is about the connection."""
        if isinstance(error, TimeoutError):
            return RemoteTimeoutError
        number = getattr(error, "msg_no", 0)
        if not number:
            words = str(error).lower()
            return RequestRejectedError if "certificate" in words or "encrypt" in words else None
        return next((kind for kind, numbers in _NUMBERS.items() if number in numbers), RequestRejectedError)
