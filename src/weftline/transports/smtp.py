"""Mail over SMTP. ``SEND`` hands over one mail, ``READ`` logs in anew and tells what it offers.

What is sent is sent whole: a recipient who is put off puts off the mail, before anybody has it. One who is refused
for good refuses it, unless the instance wants it sent to the others. Between the final dot and the server's answer
nobody can say whether a mail has arrived; its Message-ID comes from the idempotency key, so that a repeat is known.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel

from weftline.errors import ConnectError, RateLimitedError, RemoteTimeoutError, RequestRejectedError, WeftlineError
from weftline.kernel import digest, json
from weftline.model import Request, Response
from weftline.transports.base import UNSENT, Login, Transport
from weftline.transports.http import HttpConfig, HttpTransport
from weftline.transports.policy import OutboundPolicy
from weftline.transports.smtp_connection import BrokenError, Reply, SmtpConnection
from weftline.transports.smtp_door import SmtpConfig, SmtpDoor
from weftline.transports.smtp_errors import recipients_refused, refused
from weftline.transports.smtp_message import Envelope, asked, envelope

__all__ = ["SmtpConfig", "SmtpTransport"]

Work = Callable[[SmtpConnection], Awaitable[Any]]

KEY = "Idempotency-Key"
IDLE_S = 30.0
"""A connection that nobody uses is closed after this long; servers wait minutes, but not all of them."""


class SmtpTransport(Transport):
    """Mails, handed to a server that sends them on."""

    kind: ClassVar[str] = "smtp"
    title: ClassVar[str] = "SMTP"
    Config: ClassVar[type[BaseModel]] = SmtpConfig
    config: SmtpConfig

    def __init__(
        self, config: SmtpConfig, policy: OutboundPolicy | None = None, login: Mapping[str, str] | None = None,
        http: HttpTransport | None = None,
    ) -> None:  # fmt: skip
        super().__init__(config)
        self._door = SmtpDoor(config, policy or OutboundPolicy(), login or {})
        self._http = http
        self.where = f"{config.host}:{config.port}"
        self._idle: list[tuple[SmtpConnection, asyncio.TimerHandle]] = []
        self._free = asyncio.Semaphore(config.connections)

    @classmethod
    def build(cls, config: SmtpConfig, connections: Any, login: Login) -> Self:
        """One that connects when it is first used."""
        return cls(config, connections.policy, login.login(), HttpTransport(HttpConfig(base_url=""), connections))

    async def send(self, request: Request) -> Response:
        """SEND: ``{message_id, accepted, refused: [{address, code, message}], response}``; READ: ``{host, offers}``.

        The header ``Idempotency-Key`` becomes the Message-ID. A request with an address of HTTP is an authentication
        method's, for a token.
        """
        if self._http is not None and request.url.startswith(("http://", "https://")):
            return await self._http.send(request)
        began = time.monotonic()
        if request.method == "READ":
            body = await self._working(request, self._offers, anew=True)
        elif request.method == "SEND":
            mail = await asyncio.to_thread(self._envelope, request)
            body = await self._working(request, lambda connection: self._deliver(connection, mail, request.timeout_s))
        else:
            raise RequestRejectedError(
                f"a mail server does not know the method {request.method}", hint="use SEND, or READ to check"
            )
        headers = {"content-type": "application/json"}
        return Response(200, headers, json.encode(body), time.monotonic() - began, request.url)

    async def close(self) -> None:
        """Hang up."""
        idle, self._idle = self._idle, []
        for connection, timer in idle:
            timer.cancel()
            await connection.close(politely=True)

    # --- one mail ---

    def _envelope(self, request: Request) -> Envelope:
        key = request.headers.get(KEY)
        mail = envelope(asked(request.body), self.config.sender, digest(key) if key else uuid.uuid4().hex)
        self._fits(mail, self.config.max_message_bytes, "we take")
        return mail

    def _fits(self, mail: Envelope, most: int, who: str) -> None:
        if len(mail.content) > most:
            raise RequestRejectedError(
                f"the mail has {len(mail.content):,} bytes, and {who} {most:,}",
                hint="send smaller attachments, or a link",
            )

    async def _offers(self, connection: SmtpConnection) -> dict[str, Any]:
        self._good("a NOOP", await connection.command("NOOP"))
        return {"host": self.config.host, "offers": sorted(name.lower() for name in connection.offers)}

    async def _deliver(self, connection: SmtpConnection, mail: Envelope, timeout_s: float) -> dict[str, Any]:
        size = connection.offers.get("SIZE")
        if size and size.isdecimal() and int(size):
            self._fits(mail, int(size), f"{self.where} takes")
        parameters = "" if size is None else f" SIZE={len(mail.content)}"
        self._good(f"the sender {mail.sender}", await connection.command(f"MAIL FROM:<{mail.sender}>{parameters}"))
        replies: dict[str, Reply] = {}
        for recipient in mail.recipients:
            replies[recipient] = reply = await connection.command(f"RCPT TO:<{recipient}>")
            if not 500 <= reply.code < 600 or reply.code == 530:
                self._good(f"the recipient {recipient}", reply)
        accepted = [recipient for recipient, reply in replies.items() if reply.good]
        others = {recipient: reply for recipient, reply in replies.items() if not reply.good}
        if others and not (accepted and self.config.refused_recipients == "send to the others"):
            raise recipients_refused(self.where, others, len(accepted))
        reply = await connection.data(mail.content, timeout_s)
        self._good("the mail", reply)
        return {
            "message_id": mail.message_id,
            "accepted": accepted,
            "refused": [{"address": who, "code": said.code, "message": said.text} for who, said in others.items()],
            "response": str(reply),
        }

    def _good(self, what: str, reply: Reply) -> None:
        if not reply.good:
            raise refused(self.where, what, reply, self.config.wait_s)

    # --- connections ---

    async def _working(self, request: Request, work: Work, *, anew: bool = False) -> Any:
        """Work on a connection that is ours alone, kept afterwards unless it broke."""
        connection: SmtpConnection | None = None
        try:
            async with asyncio.timeout(request.timeout_s), self._free:
                kept = connection = None if anew else await self._kept()
                if connection is None:
                    connection = await self._door.open(request.headers.get("Authorization", ""))
                try:
                    answer = await work(connection)
                except (BrokenError, RateLimitedError):
                    if kept is None or kept.dotted:
                        raise
                    # It may be tired of this connection alone.
                    connection = None
                    await kept.close()
                    connection = await self._door.open(request.headers.get("Authorization", ""))
                    answer = await work(connection)
        except (BrokenError, TimeoutError) as error:
            raise await self._lost(error, connection, request) from None
        except RequestRejectedError:
            if connection is not None:
                self._keep(connection)
            raise
        except BaseException:
            if connection is not None:
                await connection.close()
            raise
        self._keep(connection)
        return answer

    async def _lost(self, error: Exception, connection: SmtpConnection | None, request: Request) -> WeftlineError:
        dotted = connection is not None and connection.dotted
        if connection is not None:
            await connection.close()
        context = {} if dotted else {UNSENT: True}
        hint = "the server had all of the mail: it may have arrived" if dotted else "see that the server runs"
        if isinstance(error, TimeoutError):
            return RemoteTimeoutError(
                f"{self.where} did not answer in time (a mail has {request.timeout_s:g} seconds, "
                f"a command {self.config.command_timeout_s:g})", hint=hint, context=context,
            )  # fmt: skip
        return ConnectError(f"the connection to {self.where} broke: {error}", hint=hint, context=context)

    async def _kept(self) -> SmtpConnection | None:
        """A connection of earlier that still answers, with nothing begun."""
        while self._idle:
            connection, timer = self._idle.pop()
            timer.cancel()
            try:
                if (await connection.command("RSET")).good:
                    return connection
            except (BrokenError, TimeoutError):
                pass
            except BaseException:
                await connection.close()
                raise
            await connection.close()
        return None

    def _keep(self, connection: SmtpConnection) -> None:
        loop = asyncio.get_running_loop()

        def expire() -> None:
            self._idle = [pair for pair in self._idle if pair[0] is not connection]
            connection.abort()

        self._idle.append((connection, loop.call_later(IDLE_S, expire)))
