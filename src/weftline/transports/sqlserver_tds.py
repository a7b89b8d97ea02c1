"""What SQLAlchemy and a login with TLS need of the driver for TDS, SQL Server's protocol.

The driver's own ``connect`` would follow a server to any other address, and proves certificates or has no TLS at all;
so that it is done here from the driver's parts.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.mssql.base import MSDialect

from weftline.errors import CredentialRejectedError

NAME = "mssql+weftline"
"""The dialect as SQLAlchemy finds it."""
_ROUTES = 3
registry.register("mssql.weftline", __name__, "TdsDialect")


class TdsDialect(MSDialect):
    """SQLAlchemy's own dialect, over the driver."""

    driver = "weftline"
    default_paramstyle = "pyformat"
    supports_statement_cache = True
    supports_native_decimal = True
    supports_native_uuid = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver, of the extra ``sqlserver``."""
        import OpenSSL  # noqa: F401 - the driver has no TLS without it, and would only say so when it connects
        import pytds  # type: ignore[import-untyped]

        return pytds

    def create_connect_args(self, url: Any) -> Any:
        """Nothing: the transport connects."""
        return [], {}

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...] | None:
        said = connection.exec_driver_sql("SELECT CAST(SERVERPROPERTY('ProductVersion') AS VARCHAR(40))").scalar()
        return tuple(int(number) for number in re.findall(r"\d+", said or "")) or None

    def do_commit(self, dbapi_connection: Any) -> None:
        """Without the next transaction, which the driver would begin at once and leave open in the pool."""
        dbapi_connection._tds_socket.main_session.commit(cont=False)

    def do_rollback(self, dbapi_connection: Any) -> None:
        """As :meth:`do_commit`."""
        if dbapi_connection._tds_socket is not None:
            dbapi_connection._tds_socket.main_session.rollback(cont=False)

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        """Whether the connection is of no more use."""
        return isinstance(e, OSError | EOFError) or "losed" in str(e)


def connect(
    dial: Callable[[str, int], socket.socket],
    host: str,
    port: int,
    database: str,
    login: Mapping[str, str],
    security: str,
    timeout_s: float,
) -> Any:
    """A driver's connection. ``dial`` opens a socket, to a host that the server names as well: Azure's do so."""
    from pytds.connection import NonMarsConnection  # type: ignore[import-untyped]
    from pytds.row_strategies import tuple_row_strategy  # type: ignore[import-untyped]
    from pytds.tds_base import TDS_ODBC_ON, PreLoginEnc, _TdsLogin  # type: ignore[import-untyped]
    from pytds.tds_socket import _TdsSocket  # type: ignore[import-untyped]

    for _ in range(_ROUTES):
        wanted = _TdsLogin()
        wanted.server_name, wanted.database = host, database
        wanted.user_name, wanted.password = login.get("username", ""), login.get("password", "")
        wanted.client_host_name, wanted.app_name, wanted.library = socket.gethostname()[:128], "weftline", "weftline"
        wanted.option_flag2, wanted.bytes_to_unicode, wanted.connect_timeout = TDS_ODBC_ON, True, timeout_s
        wanted.validate_host = False  # as a part of the handshake, before anything is sent
        wanted.enc_flag = PreLoginEnc.ENCRYPT_NOT_SUP
        if security != "none (unencrypted)":
            wanted.enc_flag = PreLoginEnc.ENCRYPT_ON
            wanted.tls_ctx = tls_context(login, host, verify=security == "verify")
        opened = dial(host, port)
        try:
            opened.settimeout(timeout_s)
            session = _TdsSocket(sock=opened, login=wanted, row_strategy=tuple_row_strategy)
            route = session.login()
        except TimeoutError:
            opened.close()
            raise ConnectionError(f"no answer to the login within {timeout_s:g} seconds") from None
        except BaseException:
            opened.close()
            raise
        if route is None:
            return NonMarsConnection(pooling=False, key=(), tds_socket=session)
        opened.close()
        host, port = str(route["server"]), int(route["port"])
    raise ConnectionError(f"sent from one server to another more than {_ROUTES} times")


def tls_context(login: Mapping[str, str], host: str, *, verify: bool) -> Any:
    """A context of the driver's library. It proves authority and name within the handshake. TLS 1.2: in this protocol
    the handshake is wrapped into packets, in a way that 1.3 does not fit."""
    from OpenSSL import SSL, crypto

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    if not verify:
        context.set_verify(SSL.VERIFY_NONE)
        return context
    context.set_default_verify_paths()
    if login.get("ca"):
        try:
            authorities = x509.load_pem_x509_certificates(login["ca"].encode())
        except ValueError as error:
            raise CredentialRejectedError(
                f"the authorities to trust cannot be read: {error}",
                hint="paste their certificates as PEM, from BEGIN CERTIFICATE to END CERTIFICATE",
            ) from None
        store: Any = context.get_cert_store()
        for authority in authorities:
            store.add_cert(crypto.X509.from_cryptography(authority))

    def proven(_: Any, certificate: Any, error: int, depth: int, good: int) -> bool:
        return good == 1 and (depth > 0 or is_for(certificate.to_cryptography(), host))

    context.set_verify(SSL.VERIFY_PEER, proven)
    return context


def is_for(certificate: x509.Certificate, host: str) -> bool:
    """Whether a certificate names a host (RFC 9525; without any alternative name its common name counts)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return any(_same(str(name.value), host) for name in common)
    try:
        return ip_address(host) in names.get_values_for_type(x509.IPAddress)
    except ValueError:
        return any(_same(name, host) for name in names.get_values_for_type(x509.DNSName))


def _same(name: str, host: str) -> bool:
    name, host = name.lower(), host.lower().rstrip(".")
    first, _, rest = host.partition(".")
    return name == host or (name.startswith("*.") and bool(first) and "." in rest and name[2:] == rest)
