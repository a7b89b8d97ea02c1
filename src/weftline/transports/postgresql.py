"""PostgreSQL, and what speaks its protocol."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel

from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
)
from weftline.kernel import json
from weftline.model import field
from weftline.transports.sql import SqlConfig, SqlTransport
from weftline.transports.sql_errors import Meaning

_STATES: tuple[tuple[str, Meaning], ...] = (
    ("57014", RemoteTimeoutError),
    ("28", CredentialRejectedError),
    ("08", ConnectError),
    ("40", RemoteFaultError),
    ("53", RemoteFaultError),
    ("55P03", RemoteFaultError),
    ("57P", ConnectError),
    ("58", RemoteFaultError),
    ("XX", RemoteFaultError),
)
"""Classes of SQLSTATE, by how they begin; all others are about the statement or its values."""
_SAID: tuple[tuple[str, Meaning], ...] = (
    (
        r"authentication failed|role .* does not exist|no password supplied|pg_hba\.conf|client certificate",
        CredentialRejectedError,
    ),
    (r"too many (clients|connections)|remaining connection slots|starting up|shutting down", RemoteFaultError),
    (r"database .* does not exist|certificate|does not support SSL|permission denied", RequestRejectedError),
)
"""While connecting the driver has words only."""
_MODES = {"verify": "verify-full", "encrypt": "require", "none (unencrypted)": "disable"}
_AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


class PostgresqlConfig(SqlConfig):
    """Where the server answers."""

    port: int = field(5432, title="Port", ge=1, le=65535)


class PostgresqlTransport(SqlTransport):
    """Reads and writes a PostgreSQL database."""

    kind: ClassVar[str] = "postgresql"
    title: ClassVar[str] = "PostgreSQL"
    Config: ClassVar[type[BaseModel]] = PostgresqlConfig
    driver: ClassVar[str] = "postgresql+psycopg"

    def engine_options(self) -> dict[str, Any]:
        """JSON columns with exact numbers; one question fewer for every new connection."""
        return {"json_deserializer": json.decode, "json_serializer": json.encode_text, "use_native_hstore": False}

    def connect(self, address: str, dialect: sa.Dialect, arguments: dict[str, Any]) -> Any:
        """The address to connect to, the host for the certificate."""
        more = {
            "hostaddr": address,
            "sslmode": _MODES[self.config.security],
            "connect_timeout": int(self.config.connect_timeout_s),
            "application_name": "weftline",
            "gssencmode": "disable",
            # A server that is gone is noticed, even while nothing is sent.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        }
        if self.config.security == "verify":
            more["sslrootcert"] = self._authorities()
        if self.login.get("certificate"):
            more["sslcert"] = self.file("client.pem", self.login["certificate"])
            more["sslkey"] = self.file("client.key", self.login.get("private_key", ""))
            more["sslpassword"] = self.login.get("passphrase", "")
        return dialect.connect(**arguments, **more)

    def begin(self, connection: sa.Connection, timeout_s: float, *, reads: bool) -> None:
        """Both settings in one question; they end with the transaction."""
        statement = "select set_config('statement_timeout', :timeout, true)"
        if reads:
            statement += ", set_config('transaction_read_only', 'on', true)"
        connection.execute(sa.text(statement), {"timeout": str(max(1, int(timeout_s * 1000)))})

    def meaning(self, error: BaseException) -> Meaning | None:
        """By SQLSTATE; while connecting by the words."""
        state = getattr(error, "sqlstate", None)
        if state:
            return next((kind for begin, kind in _STATES if state.startswith(begin)), RequestRejectedError)
        return next((kind for words, kind in _SAID if re.search(words, str(error))), None)

    def _authorities(self) -> str:
        if self.login.get("ca"):
            return self.file("ca.pem", self.login["ca"])
        known = (ssl.get_default_verify_paths().cafile, *_AUTHORITIES)
        return next((path for path in known if path and Path(path).is_file()), "system")
