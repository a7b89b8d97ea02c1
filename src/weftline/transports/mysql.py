"""MySQL and MariaDB."""

from __future__ import annotations

import socket
import ssl
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from pydantic import BaseModel
from pymysql.converters import conversions  # type: ignore[import-untyped]

from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
)
from weftline.kernel import json
from weftline.model import field
from weftline.transports.http_tls import TlsContexts
from weftline.transports.sql import GRACE_S, SqlConfig, SqlTransport
from weftline.transports.sql_errors import Meaning

_NUMBERS: dict[Meaning, set[int]] = {
    CredentialRejectedError: {1045, 1044, 1227, 1251, 1524, 1698, 1862, 3118, 3159, 3955, 4151},
    RemoteFaultError: {1040, 1041, 1053, 1203, 1205, 1213, 1226, 1290, 1037},
    RemoteTimeoutError: {1317, 1969, 3024},
}
_JSON = 245
"""The number of MySQL's own JSON type."""


class MysqlConfig(SqlConfig):
    """Where the server answers."""

    port: int = field(3306, title="Port", ge=1, le=65535)


class MysqlTransport(SqlTransport):
    """Reads and writes a MySQL or MariaDB database."""

    kind: ClassVar[str] = "mysql"
    title: ClassVar[str] = "MySQL or MariaDB"
    Config: ClassVar[type[BaseModel]] = MysqlConfig
    driver: ClassVar[str] = "mysql+pymysql"

    def url(self) -> sa.URL:
        """With all of Unicode."""
        return super().url().update_query_dict({"charset": "utf8mb4"})

    def engine_options(self) -> dict[str, Any]:
        """JSON with exact numbers."""
        return {"json_deserializer": json.decode, "json_serializer": json.encode_text}

    def connect(self, address: str, dialect: sa.Dialect, arguments: dict[str, Any]) -> Any:
        """Over a socket of our own, so that the name that TLS proves may differ from the address."""
        tls = self.config.security != "none (unencrypted)"
        password = arguments.pop("password", None) or ""
        connection = cast("Any", dialect).connect(
            **arguments,
            password=password.encode(),  # as text it would be sent in Latin-1
            ssl=self._context() if tls else None,
            ssl_disabled=not tls,
            conv={**conversions, _JSON: json.decode},
            read_timeout=self.config.timeout_s + GRACE_S,
            write_timeout=self.config.timeout_s + GRACE_S,
            local_infile=False,
            defer_connect=True,
        )
        connection.connect(socket.create_connection((address, self.config.port), self.config.connect_timeout_s))
        return connection

    def begin(self, connection: sa.Connection, timeout_s: float, *, reads: bool) -> None:
        """MySQL ends statements that read only; MariaDB all of them."""
        mariadb = cast("Any", connection.dialect).is_mariadb
        limit = f"max_statement_time = {timeout_s:.3f}" if mariadb else f"max_execution_time = {timeout_s * 1000:.0f}"
        connection.exec_driver_sql(f"SET SESSION {limit}")
        # Of the session, since a statement that commits by itself (DROP TABLE) would leave a transaction's behind.
        connection.exec_driver_sql(f"SET SESSION TRANSACTION READ {'ONLY' if reads else 'WRITE'}")

    def leave(self, connection: sa.Connection, result: sa.CursorResult[Any]) -> None:
        """Hang up: the protocol would have us read all that is left, and the driver would do so."""
        driver: Any = connection.connection.driver_connection
        if driver._result is not None:
            driver._result.unbuffered_active = False
        connection.invalidate()

    def meaning(self, error: BaseException) -> Meaning | None:
        """By the server's number; those of 2000 to 2999 are the client's, about the connection."""
        number = error.args[0] if error.args else None
        if isinstance(error, TimeoutError) or "timed out" in str(error):
            return RemoteTimeoutError if number == 2013 else ConnectError
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return RequestRejectedError
        if not isinstance(number, int):
            return None
        for kind, numbers in _NUMBERS.items():
            if number in numbers:
                return kind
        if 2000 <= number < 3000:
            return RequestRejectedError if number == 2026 else ConnectError
        return RequestRejectedError if number >= 1000 else None

    def _context(self) -> ssl.SSLContext:
        home = TlsContexts(self.login, verify=self.config.security == "verify").home
        return ssl.create_default_context() if home is True else cast("ssl.SSLContext", home)
