"""Mail servers of aiosmtpd on loopback: with and without TLS and login, and one that misbehaves as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ssl
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.transports.nginx import Authority

LOGIN = {"username": "ada", "password": "right"}
Answer = Callable[[Envelope], str | None]


@dataclass
class Mailbox:
    """What arrived, and what the server is to say instead of yes: answers to MAIL, RCPT and DATA, used up in turn."""

    port: int = 0
    authority: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    logins: int = 0
    connections: int = 0
    sender: list[str] = field(default_factory=list)
    recipient: dict[str, list[str]] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    cut_after_data: bool = False
    keep: bool = True

    async def handle_EHLO(  # noqa: N802 - the library's names
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender:
            return self.sender.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient.get(address):
            return self.recipient[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data.pop(0)
        self.mails.append(cast("EmailMessage", message_from_bytes(cast("bytes", envelope.content), policy=default)))
        self.to.append(list(envelope.rcpt_tos))
        if self.cut_after_data:
            server.transport.abort()
        return "250 2.0.0 kept as A1"


@contextlib.contextmanager
def mail_server(security: str = "STARTTLS", *, login: bool = True, size: int = 1_000_000) -> Iterator[Mailbox]:
    """A server until the block ends; ``security`` as the transport names it."""
    box = Mailbox()
    authority = Authority("Postmasters")
    box.authority = authority.pem
    context = _context(authority)
    loop = asyncio.new_event_loop()
    open_connections: list[asyncio.BaseTransport] = []

    class Kept(SMTP):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            open_connections.append(transport)
            super().connection_made(transport)

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        box.logins += 1
        good = isinstance(data, LoginPassword) and data == LoginPassword(b"ada", b"right")
        return AuthResult(success=good, handled=False)

    def protocol() -> SMTP:
        with warnings.catch_warnings():  # it does not see TLS that is there from the first byte
            warnings.simplefilter("ignore")
            return Kept(
                box, data_size_limit=size, hostname="mail.test", loop=loop,
                tls_context=context if security == "STARTTLS" else None, require_starttls=security == "STARTTLS",
                authenticator=authenticate, auth_required=login, auth_require_tls=security == "STARTTLS",
            )  # fmt: skip

    implicit = context if security == "TLS" else None
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    opening = loop.create_server(protocol, "127.0.0.1", 0, ssl=implicit)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result(10)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:

        async def end() -> None:
            server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            for transport in open_connections:
                cast("asyncio.Transport", transport).abort()
            await asyncio.sleep(0.05)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        with warnings.catch_warnings():  # a handshake that was refused leaves its socket to the collector
            warnings.simplefilter("ignore")
            open_connections.clear()
            gc.collect()
            loop.close()
            gc.collect()


def _context(authority: Authority) -> ssl.SSLContext:
    certificate, key = authority.sign("mail")
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "server.pem")
        file.write_text(certificate + key)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
    return context
