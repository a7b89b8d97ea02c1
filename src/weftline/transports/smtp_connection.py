"""One connection that speaks SMTP (RFC 5321) over asyncio's streams.

It knows how far a mail has got, which no library tells: before the final dot has left, nobody can have the mail.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from typing import NamedTuple

PIECE = 64 * 1024
LONGEST_LINE = 8192
MOST_LINES = 200


class Reply(NamedTuple):
    """What the server answers: its code, and its words without it, a line each."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        """Done as asked."""
        return 200 <= self.code < 300

    def __str__(self) -> str:
        return f"{self.code} {' '.join(self.text.split())}"[:300].rstrip()


class BrokenError(Exception):
    """The connection is gone, or what comes over it is no SMTP."""


class SmtpConnection:
    """Commands and their replies, one after the other. Every wait ends in ``TimeoutError`` after ``timeout_s``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timeout_s: float) -> None:
        self._reader = reader
        self._writer = writer
        self._timeout_s = timeout_s
        self.offers: dict[str, str] = {}
        """Extensions by name in upper case, with what stands behind: ``{"SIZE": "1000", "AUTH": "PLAIN LOGIN"}``."""
        self.dotted = False
        """Whether the end of a mail has left, and no reply came yet: the server may have it."""

    @classmethod
    async def open(
        cls, address: str, port: int, timeout_s: float, context: ssl.SSLContext | None, host: str
    ) -> SmtpConnection:
        """Connected to an address; with a context in TLS from the first byte, for ``host``."""
        reader, writer = await asyncio.open_connection(
            address, port, limit=LONGEST_LINE, ssl=context, server_hostname=host if context else None
        )
        return cls(reader, writer, timeout_s)

    async def reply(self, timeout_s: float | None = None) -> Reply:
        """The next reply, all its lines."""
        lines: list[str] = []
        async with asyncio.timeout(timeout_s or self._timeout_s):
            while len(lines) < MOST_LINES:
                try:
                    line = await self._reader.readline()
                except ValueError:
                    raise BrokenError("a line of its answer is too long") from None
                except (OSError, EOFError) as error:
                    raise BrokenError(str(error) or type(error).__name__) from None
                if not line.endswith(b"\n"):
                    raise BrokenError("it hung up")
                text = line.decode("utf-8", "replace").rstrip()
                if not text[:3].isdecimal() or text[3:4] not in ("", " ", "-"):
                    raise BrokenError(f"it says {text[:100]!r}, which is no SMTP")
                lines.append(text[4:])
                if text[3:4] != "-":
                    return Reply(int(text[:3]), "\n".join(lines))
        raise BrokenError("its answer has no end")

    async def command(self, line: str) -> Reply:
        """Say one line; :class:`ValueError` for one that is several."""
        if "\r" in line or "\n" in line:
            raise ValueError("a command is one line")
        await self._write(line.encode() + b"\r\n")
        return await self.reply()

    async def hello(self, name: str) -> Reply:
        """Say who we are, and learn what the server offers."""
        host = self._writer.get_extra_info("sockname")[0]
        reply = await self.command(f"EHLO {name or (f'[IPv6:{host}]' if ':' in host else f'[{host}]')}")
        offers = (line.partition(" ") for line in reply.text.upper().splitlines()[1:])
        self.offers = {name: values.strip() for name, _, values in offers} if reply.good else {}
        return reply

    async def start_tls(self, context: ssl.SSLContext, host: str) -> Reply:
        """Go on in TLS, if the server lets us. What it said before that is forgotten (RFC 3207, 6)."""
        reply = await self.command("STARTTLS")
        if reply.code == 220:
            if self._reader._buffer:  # type: ignore[attr-defined] # somebody on the way put it in
                raise BrokenError("it goes on talking before TLS begins")
            self.offers = {}
            async with asyncio.timeout(self._timeout_s):
                await self._writer.start_tls(context, server_hostname=host)
        return reply

    async def plain(self, username: str, password: str) -> Reply:
        """AUTH PLAIN (RFC 4616)."""
        return await self.command(f"AUTH PLAIN {_base64(f'{chr(0)}{username}{chr(0)}{password}')}")

    async def login(self, username: str, password: str) -> Reply:
        """AUTH LOGIN, which has no RFC."""
        reply = await self.command("AUTH LOGIN")
        for value in (username, password):
            if reply.code != 334:
                break
            reply = await self.command(_base64(value))
        return reply

    async def token(self, username: str, token: str) -> Reply:
        """AUTH XOAUTH2; a refusal is told in two steps."""
        reply = await self.command(
            f"AUTH XOAUTH2 {_base64(f'user={username}{chr(1)}auth=Bearer {token}{chr(1)}{chr(1)}')}"
        )
        return await self.command("") if reply.code == 334 else reply

    async def data(self, content: bytes, timeout_s: float) -> Reply:
        """Hand over a mail (whole lines, each with CRLF at its end); the last word may take ``timeout_s``."""
        reply = await self.command("DATA")
        if reply.code < 400 and reply.code != 354:
            raise BrokenError(f"it answers DATA with {reply}")
        if reply.code != 354:
            return reply
        stuffed = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
        try:
            for start in range(0, len(stuffed), PIECE):
                await self._write(stuffed[start : start + PIECE])
        except BrokenError:
            reply = await self.reply(1.0)  # it may have said why
            if reply.code < 400:
                raise
            return reply
        self.dotted = True
        await self._write(b".\r\n")
        reply = await self.reply(timeout_s)
        self.dotted = False
        return reply

    async def close(self, *, politely: bool = False) -> None:
        """Hang up."""
        if politely:
            try:
                async with asyncio.timeout(1.0):
                    await self.command("QUIT")
            except (BrokenError, OSError, TimeoutError):
                pass
        self.abort()

    def abort(self) -> None:
        """Hang up without a word."""
        self._writer.transport.abort()

    async def _write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            async with asyncio.timeout(self._timeout_s):
                await self._writer.drain()
        except (OSError, RuntimeError) as error:
            if isinstance(error, TimeoutError):
                raise
            raise BrokenError(str(error) or type(error).__name__) from None


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
