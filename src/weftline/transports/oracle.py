"""Oracle, by the driver's own implementation of its protocol."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from pydantic import BaseModel

from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
)
from weftline.model import field
from weftline.transports.http_tls import TlsContexts
from weftline.transports.sql import SqlConfig, SqlTransport
from weftline.transports.sql_errors import Meaning

_NUMBERS: dict[Meaning, set[str]] = {
    CredentialRejectedError: {
        "ORA-01005", "ORA-01017", "ORA-01045", "ORA-28000", "ORA-28001", "DPY-4001", "DPY-4027",
    },
    RemoteFaultError: {
        "ORA-00018", "ORA-00020", "ORA-00054", "ORA-00060", "ORA-00257", "ORA-01555", "ORA-02391", "ORA-04031",
        "ORA-04068", "ORA-08177", "ORA-12516", "ORA-12518", "ORA-12519", "ORA-12520", "ORA-12526", "ORA-12527",
        "ORA-12528", "ORA-30006", "ORA-30036",
    },
    ConnectError: {
        "ORA-00028", "ORA-01012", "ORA-01033", "ORA-01034", "ORA-01089", "ORA-01090", "ORA-01092", "ORA-02396",
        "ORA-03113", "ORA-03114", "ORA-03135", "ORA-12153", "ORA-12537", "ORA-12541", "ORA-12547", "ORA-12570",
        "ORA-12571", "DPY-1001", "DPY-4011", "DPY-6005",
    },
    RemoteTimeoutError: {"ORA-01013", "DPY-4024"},
}  # fmt: skip
"""The server's numbers and the driver's (DPY); all others are about the statement or its values."""


class OracleConfig(SqlConfig):
    """Where the listener answers."""

    port: int = field(1521, title="Port", description="Of TLS usually 2484", ge=1, le=65535)
    database: str = field(title="Service name", example="ORCLPDB1", min_length=1)


class OracleTransport(SqlTransport):
    """Reads and writes an Oracle database."""

    kind: ClassVar[str] = "oracle"
    title: ClassVar[str] = "Oracle"
    Config: ClassVar[type[BaseModel]] = OracleConfig
    driver: ClassVar[str] = "oracle+oracledb"
    extra: ClassVar[str] = "oracle"

    def connect(self, address: str, dialect: sa.Dialect, arguments: dict[str, Any]) -> Any:
        """To the address that was held against the policy; TLS proves the host."""
        tls = self.config.security != "none (unencrypted)"
        more = {
            "user": self.login.get("username"),
            "password": self.login.get("password"),
            "host": address,
            "port": self.config.port,
            "service_name": self.config.database,
            "protocol": "tcps" if tls else "tcp",
            "ssl_context": self._context() if tls else None,
            "ssl_server_dn_match": False,  # the context proves the name
            "tcp_connect_timeout": self.config.connect_timeout_s,
            "retry_count": 0,
            "expire_time": 1,
            "program": "weftline",
        }
        driver = cast("Any", dialect).loaded_dbapi
        return _within(self.config.connect_timeout_s, lambda: driver.connect(**more))

    def begin(self, connection: sa.Connection, timeout_s: float, *, reads: bool) -> None:
        """The driver has the server stop a statement; of transactions there are some that only read."""
        driver: Any = connection.connection.driver_connection
        driver.call_timeout = max(1, int(timeout_s * 1000))
        if reads:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    def meaning(self, error: BaseException) -> Meaning | None:
        """By the number that its words begin with."""
        words = str(error)
        if "certificate" in words.lower() or "WRONG_VERSION_NUMBER" in words:
            return RequestRejectedError
        found = re.match(r"(?:ORA|DPY)-\d+", words)
        if found is None:
            return None
        return next((kind for kind, numbers in _NUMBERS.items() if found[0] in numbers), RequestRejectedError)

    def _context(self) -> ssl.SSLContext:
        """A context that proves the host's name, whatever address the driver connects to."""
        home = TlsContexts(self.login, verify=self.config.security == "verify").home
        context: Any = ssl.create_default_context() if home is True else home
        wrap, host = context.wrap_socket, self.config.host

        def named(opened: Any, *arguments: Any, **more: Any) -> Any:
            context.check_hostname = context.verify_mode == ssl.CERT_REQUIRED  # the driver switches it off
            return wrap(opened, *arguments, **(more | {"server_hostname": host}))

        context.wrap_socket = named
        return cast("ssl.SSLContext", context)


def _within(seconds: float, connect: Callable[[], Any]) -> Any:
    """What ``connect`` makes, in time: the driver limits how long a socket takes, but waits for its login forever."""
    made: Future[Any] = Future()

    def work() -> None:
        try:
            made.set_result(connect())
        except BaseException as error:
            made.set_exception(error)

    Thread(target=work, name="oracle login", daemon=True).start()
    try:
        return made.result(seconds)
    except TimeoutError:
        made.add_done_callback(lambda late: None if late.exception() else late.result().close())
        raise ConnectionError(f"no answer to the login within {seconds:g} seconds") from None
