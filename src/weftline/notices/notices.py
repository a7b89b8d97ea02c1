"""Tells what is to be told, to every channel, until each has taken it once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from weftline.errors import SettingsError, WeftlineError
from weftline.kernel import digest, now, to_text
from weftline.kernel.telemetry import logger
from weftline.notices.base import Channel, Notice
from weftline.notices.mail import MailChannel
from weftline.notices.webhook import WebhookChannel
from weftline.store import Database
from weftline.store import notices as rows
from weftline.transports import Connections, OutboundPolicy
from weftline.transports.http import HttpConnections

LOOK_S = 2.0
TAKEN_S = 120.0
"""A worker that took a notice and died leaves it to the others after that."""
LONGEST_WAIT_S = 3600.0

CHANNELS: tuple[type[Channel], ...] = (WebhookChannel, MailChannel)


def open_channels(addresses: str, connections: Connections) -> dict[str, Channel]:
    """Channels for addresses with blanks between them, each by a name that tells nothing of what is in it."""
    found: dict[str, Channel] = {}
    for address in addresses.split():
        parts = urlsplit(address)
        kind = next((kind for kind in CHANNELS if parts.scheme in kind.schemes), None)
        if kind is None or not parts.hostname:
            raise SettingsError(
                f"WEFTLINE_NOTIFY has an address that begins with '{parts.scheme}:', to which nothing can be told",
                hint="such as " + " or ".join(kind.example for kind in CHANNELS),
            )
        found[digest(address, size=4)] = kind(parts, connections)
    return found


class Notices:
    """The watch over what is to be told."""

    def __init__(self, db: Database, addresses: str, public_url: Callable[[], str]) -> None:
        self._db = db
        # The operator wrote them, so private addresses are meant.
        self._connections = HttpConnections(OutboundPolicy(allow_private=True))
        self._channels = open_channels(addresses, self._connections)
        self._url = public_url
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Watch until closed; nothing to do without a channel."""
        if self._channels:
            self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Stop. What was not told is told after the next start."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        for channel in self._channels.values():
            await channel.close()
        await self._connections.close()

    async def tell_next(self) -> bool:
        """Tell one notice that is due; whether there was one."""
        until = to_text(now() + timedelta(seconds=TAKEN_S))
        row = await self._db.write(lambda connection: rows.claim(connection, until))
        if row is None:
            return False
        notice = Notice(row.id, row.at, row.kind, row.title, row.text, f"{self._url()}/instances/{row.instance_id}")
        told = [*row.told, *await self._tell([name for name in self._channels if name not in row.told], notice)]
        if set(self._channels) <= set(told):
            await self._db.write(lambda connection: rows.forget(connection, row.id))
        else:
            wait_s = min(LONGEST_WAIT_S, 5.0 * 2 ** (row.attempts - 1))
            then = to_text(now() + timedelta(seconds=wait_s))
            await self._db.write(lambda connection: rows.postpone(connection, row.id, told, then))
        return True

    async def _tell(self, names: Sequence[str], notice: Notice) -> list[str]:
        """The names of the channels that took it."""
        told: list[str] = []
        for name in names:
            try:
                await self._channels[name].tell(notice)
                told.append(name)
            except WeftlineError as error:
                logger("notices").warning("'%s' could not be told: %s", notice.title, error)
        return told

    async def _watch(self) -> None:
        while True:
            try:
                while await self.tell_next():
                    pass
            except Exception as error:
                logger("notices").warning("notices were not looked at: %s", error)
            await asyncio.sleep(LOOK_S)
