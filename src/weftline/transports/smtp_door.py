"""The way to a mail server: connected, in TLS if that is asked for, logged in."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import Literal, cast

from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    RemoteTimeoutError,
    RequestRejectedError,
    WeftlineError,
)
from weftline.model import Document, field
from weftline.transports.base import UNSENT
from weftline.transports.http_tls import TlsContexts, refusal
from weftline.transports.policy import OutboundPolicy, checked_address
from weftline.transports.smtp_connection import Reply, SmtpConnection
from weftline.transports.smtp_errors import login_refused, refused

Security = Literal["STARTTLS", "TLS", "none (unencrypted)"]


class SmtpConfig(Document):
    """Where the mail server answers, and how what is said is kept secret."""

    host: str = field(title="Host", example="mail.example.com", min_length=1)
    port: int = field(587, title="Port", description="587 for STARTTLS, 465 for TLS", ge=1, le=65535)
    security: Security = field(
        "STARTTLS",
        title="Security",
        description="STARTTLS: asked for before the login, and insisted on; TLS: from the first byte; "
        "none (unencrypted): everybody on the way may read the password and the mails",
    )
    authorities: str = field(
        "", title="Authorities to trust", description="PEM, beside the usual ones", multiline=True, advanced=True
    )
    sender: str = field("", title="Sender", description="Of mails that name none", example="Shop <shop@example.com>")
    username: str = field("", title="User name", description="For a login with a token (XOAUTH2)", advanced=True)
    refused_recipients: Literal["refuse the mail", "send to the others"] = field(
        "refuse the mail",
        title="Refused recipients",
        description="When the server refuses some for good: nobody gets the mail, or the others do",
    )
    connect_timeout_s: float = field(
        30.0, title="Time to connect", description="In seconds, with the login", gt=0, le=300
    )
    command_timeout_s: float = field(60.0, title="Time for a command", description="In seconds", gt=0, le=600)
    timeout_s: float = field(300.0, title="Time for a mail", description="In seconds, all of it", gt=0, le=3600)
    wait_s: float = field(
        60.0, title="Time to wait", description="Seconds until a mail is tried again that the server puts off", gt=0
    )
    connections: int = field(3, title="Connections", description="Open at once, per process", ge=1, le=50)
    max_message_bytes: int = field(
        25_000_000, title="Largest mail", description="With its attachments as they travel, a third larger", ge=1024
    )
    hello_name: str = field("", title="Our name", description="Empty: our address", advanced=True)


class SmtpDoor:
    """Opens connections to one server, as one login."""

    def __init__(self, config: SmtpConfig, policy: OutboundPolicy, login: Mapping[str, str]) -> None:
        self.config = config
        self.where = f"{config.host}:{config.port}"
        self._policy = policy
        self._login = login
        self._tls: ssl.SSLContext | None = None

    async def open(self, authorization: str) -> SmtpConnection:
        """A connection that is secret, if it shall be, before it sees a user name; logged in.

        ``authorization`` is the header of that name, as an authentication method signs a request. Errors of the way
        there are raised as they are meant, and so is :class:`BrokenError`.
        """
        config = self.config
        address = await checked_address(self._policy, config.host, config.port)
        if self._tls is None and config.security != "none (unencrypted)":
            self._tls = self._context()
        connection = None
        try:
            async with asyncio.timeout(config.connect_timeout_s):
                connection = await SmtpConnection.open(
                    address,
                    config.port,
                    config.command_timeout_s,
                    self._tls if config.security == "TLS" else None,
                    config.host,
                )
                await self._greet(connection)
                await self._log_in(connection, authorization)
        except BaseException as error:
            if connection is not None:
                await connection.close()
            if isinstance(error, TimeoutError):
                raise RemoteTimeoutError(
                    f"{self.where} did not answer in time",
                    hint="see that host and port are right, and that the server runs",
                    context={UNSENT: True},
                ) from None
            if isinstance(error, OSError):
                raise self._unreachable(error) from None
            raise
        return connection

    def _context(self) -> ssl.SSLContext:
        trusted = "\n".join(filter(None, (self._login.get("ca"), self.config.authorities)))
        context = TlsContexts({**self._login, "ca": trusted}, verify=True).home
        return ssl.create_default_context() if context is True else cast("ssl.SSLContext", context)

    def _unreachable(self, error: OSError) -> WeftlineError:
        if isinstance(error, ssl.SSLError):
            return refusal(error, self.where) or ConnectError(
                f"no TLS with {self.where}: {error.reason or error}",
                hint="see the port, and whether the server wants STARTTLS or TLS",
                context={UNSENT: True},
            )
        words = error.strerror or str(error) or type(error).__name__
        return ConnectError(
            f"no connection to {self.where}: {words}",
            hint="see that host and port are right, and that the server runs",
            context={UNSENT: True},
        )

    async def _greet(self, connection: SmtpConnection) -> None:
        self._good("our connection", await connection.reply())
        self._good("our greeting", await connection.hello(self.config.hello_name))
        if self.config.security != "STARTTLS":
            return
        if "STARTTLS" not in connection.offers:
            raise RequestRejectedError(
                f"{self.where} offers no STARTTLS",
                hint="see whether it wants TLS (465); without any, everybody on the way may read everything",
            )
        self._good("STARTTLS", await connection.start_tls(cast("ssl.SSLContext", self._tls), self.config.host))
        self._good("our greeting", await connection.hello(self.config.hello_name))

    async def _log_in(self, connection: SmtpConnection, authorization: str) -> None:
        """With a token, if the authentication method signs with one; else with a user name, if there is one."""
        token = authorization.removeprefix("Bearer ") if authorization.startswith("Bearer ") else ""
        login = self._login
        username, password = login.get("username") or self.config.username, login.get("password", "")
        ways = connection.offers.get("AUTH", "").split()
        if not token and not login.get("username"):
            return
        if token and "XOAUTH2" in ways:
            reply = await connection.token(username, token)
        elif not token and "PLAIN" in ways:
            reply = await connection.plain(username, password)
        elif not token and "LOGIN" in ways:
            reply = await connection.login(username, password)
        else:
            raise CredentialRejectedError(
                f"{self.where} offers no login that fits ({', '.join(ways) or 'none at all'})",
                hint="many servers offer theirs only over TLS; PLAIN, LOGIN, and XOAUTH2 for tokens, are known",
            )
        if reply.code != 235:
            raise login_refused(self.where, username, reply, self.config.wait_s)

    def _good(self, what: str, reply: Reply) -> None:
        if not reply.good:
            raise refused(self.where, what, reply, self.config.wait_s)
