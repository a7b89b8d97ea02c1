"""The sessions of the process: opened at first use, renewed when instance, secrets or connector change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from weftline.connectors.caller import RetryPolicy
from weftline.connectors.pacing import UNSAVED, Pacer
from weftline.connectors.session import Session
from weftline.connectors.time_line import StoredTimeLine
from weftline.connectors.tokens import SharedTokens, Tokens
from weftline.errors import NotFoundError
from weftline.model import Connector, Instance
from weftline.store import Connection, Database
from weftline.store import connectors as connector_rows
from weftline.store import instances as instance_rows
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections
from weftline.vault import Vault

RETIRED_S = 600.0
"""A session that another has replaced is closed after this long: whoever holds it still is done with it by then."""

LOOK_AGAIN_S = 1.0
"""A session is used this long before the store is asked whether it is still the newest."""


@dataclass(slots=True)
class _Open:
    session: Session
    stamp: str
    looked_at: float


class Sessions:
    """Opens sessions by an instance's name or id."""

    def __init__(self, db: Database, vault: Vault, policy: OutboundPolicy, retry: RetryPolicy | None = None) -> None:
        self._db = db
        self._vault = vault
        self._connections = HttpConnections(policy)
        self._pacer = Pacer(lambda key: StoredTimeLine(db, key))
        self._retry = retry
        self._open: dict[str, _Open] = {}
        self._retiring: dict[asyncio.Task[None], Session] = {}
        self._opening: dict[str, asyncio.Lock] = {}

    async def get(self, name: str) -> Session:
        """The session of an instance; :class:`NotFoundError` names it when it is not there."""
        known = self._open.get(name)
        if known is not None and time.monotonic() - known.looked_at < LOOK_AGAIN_S:
            return known.session
        async with self._opening.setdefault(name, asyncio.Lock()):
            known = self._open.get(name)
            if known is not None and time.monotonic() - known.looked_at < LOOK_AGAIN_S:
                return known.session
            return await self._load(name, known)

    async def _load(self, name: str, known: _Open | None) -> Session:
        def read(connection: Connection) -> tuple[Connector, Instance, str, Mapping[str, str], str] | None:
            row = instance_rows.find(connection, name)
            connector = connector_rows.find(connection, row.document.connector) if row else None
            if row is None or connector is None:
                return None
            stamp = f"{row.id} {row.updated_at} {connector.updated_at}"
            return connector.document, row.document, row.id, self._vault.get_all(connection, row.id), stamp

        found = await self._db.read(read)
        if found is None:
            self._open.pop(name, None)
            raise NotFoundError(f"there is no instance '{name}'", hint="add it, or choose another in the flow's step")
        connector, instance, instance_id, credentials, stamp = found
        if known is None or known.stamp != stamp:
            if known is not None:
                self._retire(known.session)
            known = _Open(self.saved(connector, instance, credentials, instance_id), stamp, 0.0)
            self._open[name] = known
        known.looked_at = time.monotonic()
        return known.session

    def saved(
        self,
        connector: Connector,
        instance: Instance,
        credentials: Mapping[str, str],
        instance_id: str,
        retry: RetryPolicy | None = None,
    ) -> Session:
        """A session of a saved instance, on the token that all workers share."""
        tokens = SharedTokens(self._db, self._vault, instance_id)
        return self.unsaved(connector, instance, credentials, instance_id, retry, tokens)

    def _retire(self, session: Session) -> None:
        """Close a session that another has replaced, once those who still hold it are surely done with it."""

        async def later() -> None:
            await asyncio.sleep(RETIRED_S)
            await session.close()

        task = asyncio.create_task(later())
        self._retiring[task] = session
        task.add_done_callback(lambda done: self._retiring.pop(done, None))

    def unsaved(
        self,
        connector: Connector,
        instance: Instance,
        credentials: Mapping[str, str],
        instance_id: str = "",
        retry: RetryPolicy | None = None,
        tokens: Tokens | None = None,
    ) -> Session:
        """A session of an instance that is not (yet) saved: to check it first, perhaps with less patience."""
        budget = instance_id or f"{UNSAVED}{connector.slug} {instance.name}"
        return Session(
            connector, instance, budget, credentials, self._connections, self._pacer, retry or self._retry,
            tokens=tokens,
        )  # fmt: skip

    async def close(self) -> None:
        """Let go of all connections."""
        retiring, self._retiring = self._retiring, {}
        for task in retiring:
            task.cancel()
        for session in [*retiring.values(), *(known.session for known in self._open.values())]:
            await session.close()
        await self._connections.close()
