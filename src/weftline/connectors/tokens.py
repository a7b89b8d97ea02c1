"""Tokens of instances: kept sealed, shared by all workers, renewed by one of them at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from weftline.auth import Token
from weftline.errors import CredentialError, CredentialRejectedError, RemoteTimeoutError
from weftline.kernel import json, new_id, now
from weftline.store import Connection, Database, leases
from weftline.vault import Vault

Renew = Callable[[Token | None], Awaitable[Token]]
"""Gets a new token; given the one that it replaces."""

RENEWAL_S = 60.0
"""How long one worker may take to renew; a worker that dies meanwhile holds the others up no longer than this."""

REFUSED_S = 30.0
"""A refusal is told to all who ask within this time, so that an application is not asked again by each of them."""

_LOOK_S = 0.05
_KEY = "token"


class Tokens(Protocol):
    """Where one instance's token lies."""

    async def get(self, stale: Token | None, renew: Renew) -> Token:
        """A fresh token that is not ``stale`` (one that the application refused); renewed if there is none."""


class OwnTokens:
    """The token of an instance that nobody shares: one being set up."""

    def __init__(self) -> None:
        self._token: Token | None = None
        self._lock = asyncio.Lock()

    async def get(self, stale: Token | None, renew: Renew) -> Token:
        async with self._lock:
            if not _usable(self._token, stale):
                self._token = await renew(self._token)
            assert self._token is not None  # noqa: S101
            return self._token


class SharedTokens:
    """The token of a saved instance, sealed in the vault.

    However many tasks and workers need a new one, one of them renews it: it takes a lease, the others look for what
    it brings.
    """

    def __init__(self, db: Database, vault: Vault, instance_id: str) -> None:
        self._db = db
        self._vault = vault
        self._owner = token_owner(instance_id)
        self._lock = asyncio.Lock()

    async def get(self, stale: Token | None, renew: Renew) -> Token:
        async with self._lock:  # of this process's tasks, one asks the store
            holder = new_id("lease")
            while True:
                kept, mine, refusal = await self._db.write(lambda connection: self._look(connection, holder, stale))
                if kept is not None and _usable(kept, stale):
                    return kept
                if refusal:
                    raise CredentialRejectedError(refusal, hint="authorise the instance again")
                if mine:
                    return await self._renew(holder, kept, renew)
                await asyncio.sleep(_LOOK_S)

    def _look(self, connection: Connection, holder: str, stale: Token | None) -> tuple[Token | None, bool, str]:
        kept = read_token(self._vault, connection, self._owner)
        if _usable(kept, stale):
            return kept, False, ""
        if not leases.take(connection, self._owner, holder, now() + timedelta(seconds=RENEWAL_S)):
            return None, False, leases.note(connection, self._owner)
        # Read again now that the lease is ours: whoever had it a moment ago may just have written a new one.
        kept = read_token(self._vault, connection, self._owner)
        if _usable(kept, stale):
            leases.leave(connection, self._owner, holder)
            return kept, False, ""
        return kept, True, ""

    async def _renew(self, holder: str, kept: Token | None, renew: Renew) -> Token:
        note, until = "", None
        token: Token | None = None
        try:
            async with asyncio.timeout(RENEWAL_S * 0.9):
                token = await renew(kept)
        except CredentialError as error:
            note, until = error.message, now() + timedelta(seconds=REFUSED_S)
            raise
        except TimeoutError:
            raise RemoteTimeoutError(
                f"no new token within {RENEWAL_S * 0.9:.0f} s", hint="the application's token endpoint is slow"
            ) from None
        finally:

            def write(connection: Connection) -> None:
                if token is not None:
                    write_token(self._vault, connection, self._owner, token)
                leases.leave(connection, self._owner, holder, note, until)

            # Shielded: a new token that is not written down may be the only one that the application still takes.
            await asyncio.shield(self._db.write(write))
        return token


def token_owner(instance_id: str) -> str:
    """Under which the vault keeps an instance's token."""
    return f"{instance_id}/token"


def read_token(vault: Vault, connection: Connection, owner: str) -> Token | None:
    """The token that lies under an owner."""
    sealed = vault.readable(connection, owner).get(_KEY)
    if sealed is None:
        return None
    found = json.decode(sealed.encode())
    expires_at = found["expires_at"]
    return Token(
        found["value"],
        None if expires_at is None else float(expires_at),
        float(found["slack_s"]),
        found["refresh"],
        found["extra"],
    )


def write_token(vault: Vault, connection: Connection, owner: str, token: Token) -> None:
    """Seal a token under an owner, in place of any before; a refusal that was noted is forgotten."""
    document = {
        "value": token.value, "expires_at": token.expires_at, "slack_s": token.slack_s,
        "refresh": token.refresh, "extra": token.extra,
    }  # fmt: skip
    vault.put(connection, owner, _KEY, json.encode_text(document))


def forget_token(vault: Vault, connection: Connection, instance_id: str) -> None:
    """An instance's token is no longer good: its credentials are others now, or it is gone."""
    owner = token_owner(instance_id)
    vault.delete(connection, owner)
    leases.clear(connection, owner)


def _usable(token: Token | None, stale: Token | None) -> bool:
    return token is not None and token.is_fresh and (stale is None or token.value != stale.value)
