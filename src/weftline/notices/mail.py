"""Notices as mails."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import SplitResult, parse_qs, unquote

from weftline.errors import SettingsError
from weftline.kernel import json
from weftline.model import Request
from weftline.notices.base import Channel, Notice
from weftline.transports.smtp import SmtpConfig, SmtpTransport

_PLAIN = "none"


class MailChannel(Channel):
    """``smtp:`` encrypts with STARTTLS (``security=none``: not at all), ``smtps:`` from the first byte."""

    schemes: ClassVar[tuple[str, ...]] = ("smtp", "smtps")
    example: ClassVar[str] = "smtp://user:password@mail.example:587/?from=weftline@acme.example&to=it@acme.example"

    def __init__(self, address: SplitResult, connections: Any) -> None:
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        missing = [name for name in ("from", "to") if not asked.get(name)]
        if missing:
            raise SettingsError(
                f"WEFTLINE_NOTIFY has a mail address without '{missing[0]}'", hint=f"such as {self.example}"
            )
        tls = address.scheme == "smtps"
        unencrypted = asked.get("security") == _PLAIN and not tls
        config = SmtpConfig(
            host=address.hostname or "",
            port=address.port or (465 if tls else 587),
            security="TLS" if tls else "none (unencrypted)" if unencrypted else "STARTTLS",
        )
        login = {"username": unquote(address.username or ""), "password": unquote(address.password or "")}
        self._transport = SmtpTransport(config, connections.policy, login if address.username else {})
        self._from, self._to = asked["from"], asked["to"]

    async def tell(self, notice: Notice) -> None:
        """Taken when the server has taken the mail."""
        mail = {
            "from": self._from, "to": self._to, "subject": f"Weftline: {notice.title}",
            "text": f"{notice.text}\n\n{notice.link}\n", "headers": {"X-Weftline-Notice": notice.id},
        }  # fmt: skip
        once = {"Idempotency-Key": notice.id}  # a repeat has the same Message-ID
        await self._transport.send(Request("SEND", "", [], once, json.encode(mail)))

    async def close(self) -> None:
        """Hang up."""
        await self._transport.close()
