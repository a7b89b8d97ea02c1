"""Use cases of consent: a person lets an instance in on the application's own page, and comes back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from weftline.auth import ConsentPlace, Token
from weftline.connectors.session import Session
from weftline.connectors.sessions import Sessions
from weftline.connectors.tokens import forget_token, token_owner, write_token
from weftline.errors import CredentialRejectedError, NotFoundError, RateLimitedError, WeftlineError
from weftline.kernel import digest, json, now, to_text
from weftline.store import Connection, Database, consents
from weftline.store import instances as instance_rows
from weftline.store.consents import ConsentRow
from weftline.vault import Vault
from weftline.workspace.instances import must_find

Json = dict[str, Any]

CALLBACK = "/oauth/callback"
"""Where applications send a person's browser back to; entered there as the redirect address."""

_PLACE = "place"


class Consents:
    """Questions to people. What comes back is taken once, from whoever has the state that only they were given."""

    def __init__(self, db: Database, vault: Vault, sessions: Sessions, public_url: Callable[[], str]) -> None:
        self._db = db
        self._vault = vault
        self._sessions = sessions
        self._public_url = public_url

    @property
    def redirect_uri(self) -> str:
        """The address that an application must know."""
        return self._public_url() + CALLBACK

    async def ask(self, instance_id: str) -> Json:
        """Begin: where the person's browser must go, and until when."""
        row = await self._db.read(lambda connection: must_find(connection, instance_id))
        session = await self._sessions.get(row.id)
        state = secrets.token_urlsafe(32)
        place = await session.ask_consent(self.redirect_uri, state)
        consent_id = _id_of(state)
        expires_at = to_text(now() + timedelta(seconds=place.expires_s))
        kept = {"url": place.url, "verifier": place.verifier, "user_code": place.user_code}

        def write(connection: Connection) -> None:
            for gone in consents.put(connection, ConsentRow(consent_id, row.id, "open", "", expires_at)):
                self._vault.delete(connection, gone)
            self._vault.put(connection, consent_id, _PLACE, json.encode_text(kept))

        await self._db.write(write)
        return {
            "id": consent_id, "url": place.url, "user_code": place.user_code, "interval_s": place.interval_s,
            "expires_at": expires_at,
        }  # fmt: skip

    async def come_back(self, answer: Mapping[str, str]) -> str:
        """Take what the browser brought back; the instance's name. Raises why it is not let in."""
        row = await self._find(_id_of(answer.get("state", "")))
        if row is None or row.state != "open":
            raise NotFoundError(
                "this consent is not known, was used already or has expired", hint="press 'Authorise' again"
            )
        # Taken before it is used: a second browser with the same address finds it settled.
        if not await self._db.write(lambda connection: consents.settle(connection, row.id, "taken")):
            raise NotFoundError("this consent was used already", hint="press 'Authorise' again if it failed")
        session = await self._sessions.get(row.instance_id)
        try:
            token = await session.take_consent(await self._place(row.id), self.redirect_uri, answer)
            if token is None:
                raise CredentialRejectedError("the application gave no token", hint="press 'Authorise' again")
        except WeftlineError as error:
            await self._refused(row, error.message)
            raise
        await self._granted(row, session, token)
        return session.instance.name

    async def look(self, instance_id: str, consent_id: str) -> Json:
        """How a consent stands; a device's code is asked for at the application."""
        row = await self._find(consent_id)
        if row is None or row.instance_id != instance_id:
            raise NotFoundError("this consent is not known or has expired", hint="press 'Authorise' again")
        if row.state == "open":
            place = await self._place(row.id)
            if place.user_code:
                await self._ask_device(row, place)
                row = await self._find(consent_id) or row
        return {"id": row.id, "state": "open" if row.state == "taken" else row.state, "message": row.message}

    async def _ask_device(self, row: ConsentRow, place: ConsentPlace) -> None:
        session = await self._sessions.get(row.instance_id)
        try:
            token = await session.take_consent(place, self.redirect_uri, {})
        except CredentialRejectedError as error:
            await self._refused(row, error.message)
            return
        except RateLimitedError:  # asked too early: the browser asks again anyway
            return
        if token is not None:
            await self._granted(row, session, token)

    async def _granted(self, row: ConsentRow, session: Session, token: Token) -> None:
        def write(connection: Connection) -> None:
            forget_token(self._vault, connection, row.instance_id)
            write_token(self._vault, connection, token_owner(row.instance_id), token)
            consents.settle(connection, row.id, "granted")
            self._vault.delete(connection, row.id)
            instance_rows.set_health(connection, row.instance_id, "healthy", "")

        await self._db.write(write)
        session.auth.token = token

    async def _refused(self, row: ConsentRow, message: str) -> None:
        def write(connection: Connection) -> None:
            consents.put(connection, ConsentRow(row.id, row.instance_id, "refused", message, row.expires_at))
            self._vault.delete(connection, row.id)
            instance_rows.set_health(connection, row.instance_id, "needs_authorisation", message)

        await self._db.write(write)

    async def _find(self, consent_id: str) -> ConsentRow | None:
        return await self._db.read(lambda connection: consents.find(connection, consent_id))

    async def _place(self, consent_id: str) -> ConsentPlace:
        kept = await self._db.read(lambda connection: self._vault.get_all(connection, consent_id))
        if _PLACE not in kept:
            raise NotFoundError("this consent was used already", hint="press 'Authorise' again")
        found = json.decode(kept[_PLACE])
        return ConsentPlace(found["url"], found["verifier"], found["user_code"])


def _id_of(state: str) -> str:
    """The state itself is never stored: who reads the database cannot come back with it."""
    return f"con_{digest(state, size=13)}"
