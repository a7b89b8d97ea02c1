"""SMTP on the standard library, driven from threads.

``SEND`` hands over one mail, to all of its recipients or to none. ``READ`` logs in and tells what the server offers.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Literal, Self, TypeVar

from pydantic import BaseModel

from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
    WeftlineError,
)
from weftline.kernel import json
from weftline.model import Document, Request, Response, field
from weftline.transports.base import UNSENT, Connections, Login, Transport
from weftline.transports.http_tls import TlsContexts, refusal
from weftline.transports.policy import OutboundPolicy, checked_address
from weftline.transports.smtp_message import Envelope, envelope

T = TypeVar("T")

Security = Literal["STARTTLS", "TLS", "none (unencrypted)"]
AT_ONCE = 8
IDLE_S = 30.0
"""A connection is used again for so long; servers hang up on those who wait."""


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
    connect_timeout_s: float = field(10.0, title="Time to connect", description="In seconds", gt=0, le=300)
    timeout_s: float = field(60.0, title="Time for an answer", description="Of the server, in seconds", gt=0, le=3600)
    hello_name: str = field("", title="Our name", description="Empty: this machine's", advanced=True)


class SmtpTransport(Transport):
    """Mails, handed to a server."""

    kind: ClassVar[str] = "smtp"
    title: ClassVar[str] = "SMTP"
    Config: ClassVar[type[BaseModel]] = SmtpConfig
    config: SmtpConfig

    def __init__(
        self, config: SmtpConfig, policy: OutboundPolicy | None = None, login: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(config)
        self._policy = policy or OutboundPolicy()
        self._login: Mapping[str, str] = login or {}
        self._where = f"{config.host}:{config.port}"
        self._idle: queue.LifoQueue[tuple[smtplib.SMTP, float]] = queue.LifoQueue()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="smtp")

    @classmethod
    def build(cls, config: SmtpConfig, connections: Connections, login: Login) -> Self:
        """One that connects when it is first used."""
        return cls(config, connections.policy, login.login())

    async def send(self, request: Request) -> Response:
        """SEND gives ``{message_id, accepted, response}``, READ ``{host, offers}``."""
        began = time.monotonic()
        if request.method == "READ":
            body = await self._in_thread(self._offers)
        elif request.method == "SEND":
            mail = envelope(request.body)
            body = await self._in_thread(lambda smtp: self._deliver(smtp, mail))
        else:
            raise RequestRejectedError(
                f"SMTP does not know the method {request.method}", hint="SEND, or READ to check"
            )
        headers = {"content-type": "application/json"}
        return Response(200, headers, json.encode(body), time.monotonic() - began, f"smtp://{self._where}")

    async def close(self) -> None:
        """Hang up."""
        self._threads.shutdown(wait=False)
        while not self._idle.empty():
            _quit(self._idle.get_nowait()[0])

    # --- in threads ---

    async def _in_thread(self, work: Callable[[smtplib.SMTP], T]) -> T:
        address = await checked_address(self._policy, self.config.host, self.config.port)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._with_connection, address, work)

    def _with_connection(self, address: str, work: Callable[[smtplib.SMTP], T]) -> T:
        smtp = self._kept() or self._connect(address)
        try:
            result = work(smtp)
        except WeftlineError:
            smtp.close()
            raise
        self._idle.put((smtp, time.monotonic()))
        return result

    def _kept(self) -> smtplib.SMTP | None:
        """A connection that still answers."""
        while True:
            try:
                smtp, used_at = self._idle.get_nowait()
            except queue.Empty:
                return None
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if time.monotonic() - used_at < IDLE_S and smtp.noop()[0] == 250:
                    return smtp
            smtp.close()

    def _connect(self, address: str) -> smtplib.SMTP:
        found = TlsContexts({"ca": self.config.authorities}, verify=True).home
        context = found if isinstance(found, ssl.SSLContext) else ssl.create_default_context()
        smtp = _Smtp(self.config, address, context)
        try:
            with self._explained("the connection"):
                smtp.greet()
                if self.config.security == "STARTTLS":
                    self._start_tls(smtp, context)
                smtp.ehlo_or_helo_if_needed()
                if self._login.get("username"):
                    self._log_in(smtp)
        except WeftlineError:
            smtp.close()
            raise
        if smtp.sock is not None:
            smtp.sock.settimeout(self.config.timeout_s)
        return smtp

    def _start_tls(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        smtp.ehlo()
        if not smtp.has_extn("starttls"):
            raise RequestRejectedError(
                f"{self._where} offers no STARTTLS",
                hint="set the security to TLS (port 465), or say in so many words: none (unencrypted)",
            )
        smtp.starttls(context=context)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        name = self._login["username"]
        try:
            smtp.login(name, self._login.get("password", ""))
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code // 100 == 4:
                raise
            # The server's words may repeat what it was sent.
            raise CredentialRejectedError(
                f"{self._where} refused '{name}' ({error.smtp_code})", hint="see user name and password"
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise RequestRejectedError(
                f"{self._where} asks for no login", hint="choose 'no login' as the method, or another port"
            ) from None

    def _offers(self, smtp: smtplib.SMTP) -> dict[str, Any]:
        with self._explained("a question"):
            smtp.noop()
        return {"host": self.config.host, "offers": sorted(smtp.esmtp_features)}

    def _deliver(self, smtp: smtplib.SMTP, mail: Envelope) -> dict[str, Any]:
        most = smtp.esmtp_features.get("size", "")
        if most.isdecimal() and 0 < int(most) < len(mail.message):
            raise RequestRejectedError(
                f"the mail has {len(mail.message):,} bytes; {self._where} takes {int(most):,}",
                hint="send a link instead of the attachment",
            )
        with self._explained("the mail"):
            options = [f"size={len(mail.message)}"] if "size" in smtp.esmtp_features else []
            self._accepted(smtp.mail(mail.sender, options), f"the sender {mail.sender}")
            for recipient in mail.recipients:
                self._accepted(smtp.rcpt(recipient), f"the recipient {recipient}")
            code, said = smtp.docmd("DATA")
            if code != 354:
                raise self._refused("the mail", code, said)
        # From here on nobody can say whether it arrived, unless the server does.
        with self._explained("the mail", unsent=False):
            smtp.send(_dotted(mail.message))
            code, said = smtp.getreply()
        self._accepted((code, said), "the mail")
        return {"message_id": mail.message_id, "accepted": mail.recipients, "response": _text(said)}

    def _accepted(self, answer: tuple[int, bytes], what: str) -> None:
        code, said = answer
        if code not in (250, 251):
            raise self._refused(what, code, said)

    def _refused(self, what: str, code: int, said: bytes) -> WeftlineError:
        words = f"{self._where} refused {what}: {code} {_text(said)}"
        if code == 530:
            return CredentialRejectedError(words, hint="the server wants a login: choose that method on the instance")
        if code // 100 == 4:
            return RemoteFaultError(words, hint="the server says: later; it is tried again", context={UNSENT: True})
        return RequestRejectedError(words, hint="see what the server says; nobody was sent the mail")

    @contextlib.contextmanager
    def _explained(self, what: str, *, unsent: bool = True) -> Any:
        """The library's errors as ours; ``unsent``: whether it is sure that nothing was delivered yet."""
        context = {UNSENT: True} if unsent else {}
        try:
            yield
        except smtplib.SMTPServerDisconnected as error:
            raise ConnectError(
                f"{self._where} hung up amid {what}: {error}",
                hint="see that it runs and lets this machine in",
                context=context,
            ) from None
        except smtplib.SMTPResponseException as error:
            said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
            raise self._refused(what, error.smtp_code, said) from None
        except smtplib.SMTPException as error:
            raise RequestRejectedError(f"{what} could not be sent to {self._where}: {error}", hint="see it") from None
        except TimeoutError:
            seconds = self.config.timeout_s
            raise RemoteTimeoutError(
                f"{self._where} said nothing for {seconds:g} s amid {what}",
                hint="the server is slow",
                context=context,
            ) from None
        except (OSError, ValueError, UnicodeError) as error:
            told = refusal(error, self._where)
            if told is not None:
                raise told from None
            raise ConnectError(
                f"no connection to {self._where}: {error}", hint="see host, port and security", context=context
            ) from None


class _Smtp(smtplib.SMTP):
    """One that connects to an address of ours, while TLS proves the host's name."""

    def __init__(self, config: SmtpConfig, address: str, context: ssl.SSLContext) -> None:
        self._config, self._address, self._context = config, address, context
        super().__init__(local_hostname=config.hello_name or socket.gethostname(), timeout=config.connect_timeout_s)
        self._host = config.host

    def greet(self) -> None:
        """Connect, and wait for the server's first words."""
        code, said = self.connect(self._config.host, self._config.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = socket.create_connection((self._address, port), timeout)
        if self._config.security != "TLS":
            return connected
        try:
            return self._context.wrap_socket(connected, server_hostname=host)
        except BaseException:
            connected.close()
            raise


def _dotted(message: bytes) -> bytes:
    """With the dots of RFC 5321, 4.5.2, and the one that ends it."""
    lines = message.replace(b"\r\n", b"\n").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def _text(said: bytes) -> str:
    return " ".join(said.decode("utf-8", "replace").split())[:300]


def _quit(smtp: smtplib.SMTP) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(1.0)
        smtp.quit()
    smtp.close()
