"""Access: who a request comes from, and how people come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from weftline.access import local_key
from weftline.access.passwords import Passwords
from weftline.access.throttle import Throttle
from weftline.access.tokens import hash_of, new_api_key, new_password, new_token
from weftline.errors import DocumentError, NotFoundError, NotSignedInError, TooManyTriesError
from weftline.kernel import from_text, new_id, now, to_text
from weftline.store import Connection, Database
from weftline.store import people as rows

SESSION_LIFE = timedelta(days=14)
EXTEND_AFTER = timedelta(hours=1)
"""A session is extended when it was last extended longer ago than this, so that a request rarely writes."""

NOTE_USE_AFTER = timedelta(minutes=1)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024
_PREFIX_SHOWN = 9

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Who a request comes from: a user with a session, or the holder of an API key."""

    id: str
    name: str
    must_change: bool
    via: Literal["session", "key"]


class Access:
    """Sign-in, sessions and keys over the store."""

    def __init__(self, db: Database, passwords: Passwords | None = None, throttle: Throttle | None = None) -> None:
        self._db = db
        self._passwords = passwords or Passwords()
        self._throttle = throttle or Throttle()

    def close(self) -> None:
        """End the hashing threads."""
        self._passwords.close()

    # --- first start ---

    async def first_start(self) -> str | None:
        """Create the administrator ``admin`` if there is no user yet; its one-time password, to be printed once."""
        if await self._db.read(rows.any_user):
            return None
        password = new_password()
        row = {
            "id": new_id("user"),
            "name": "admin",
            "password_hash": await self._passwords.hash(password),
            "must_change": True,
            "created_at": to_text(now()),
        }

        def write(connection: Connection) -> bool:
            if rows.any_user(connection):
                return False
            rows.add_user(connection, row)
            return True

        return password if await self._db.write(write) else None

    async def local_key(self, data_dir: Path, machine: str) -> str:
        """The key in the local key file; a new one if the file is missing or its key is not known."""
        key = local_key.read(data_dir)
        if key is not None and await self._key_row(key) is not None:
            return key
        made = await self.create_key(f"Command line on {machine}")
        local_key.write(data_dir, made["key"])
        return str(made["key"])

    # --- sessions ---

    async def sign_in(self, name: str, password: str, address: str) -> tuple[Person, str]:
        """The person and the new session's token.

        A wrong name and a wrong password give the same error after the same work; too many tries of one name or from
        one address give :class:`TooManyTriesError`.
        """
        tried = (f"name:{name.lower()[:200]}", f"address:{address}")
        wait_s = self._throttle.wait_s(*tried)
        if wait_s > 0:
            raise TooManyTriesError(
                "too many sign-ins failed", hint=f"try again in {wait_s:.0f} seconds", retry_after_s=wait_s
            )
        self._throttle.count(*tried)
        row = await self._db.read(lambda connection: rows.user_named(connection, name))
        stored = row["password_hash"] if row else None
        if not await self._passwords.verify(stored, password[:LONGEST_PASSWORD]) or row is None:
            raise NotSignedInError("the name or the password is wrong", hint="check both and try again")
        self._throttle.clear(*tried)
        if self._passwords.is_old(row["password_hash"]):
            fresh = await self._passwords.hash(password)
            await self._db.write(
                lambda connection: rows.set_password_hash(connection, row["id"], row["password_hash"], fresh)
            )
        return _user(row), await self._open_session(row["id"])

    async def _open_session(self, user_id: str) -> str:
        token = new_token()
        moment = now()
        session = {
            "token_hash": hash_of(token),
            "user_id": user_id,
            "created_at": to_text(moment),
            "expires_at": to_text(moment + SESSION_LIFE),
        }
        await self._db.write(lambda connection: rows.add_session(connection, session, to_text(moment)))
        return token

    async def by_session(self, token: str) -> Person | None:
        """Whose session it is; None when it is unknown or has ended. Using a session makes it live on."""
        moment = now()
        token_hash = hash_of(token)
        row = await self._db.read(lambda connection: rows.session_user(connection, token_hash, to_text(moment)))
        if row is None:
            return None
        fresh = moment + SESSION_LIFE
        if fresh - from_text(row["expires_at"]) > EXTEND_AFTER:
            await self._db.write(lambda connection: rows.extend_session(connection, token_hash, to_text(fresh)))
        return _user(row)

    async def sign_out(self, token: str) -> None:
        """End a session."""
        await self._db.write(lambda connection: rows.end_session(connection, hash_of(token)))

    async def change_password(self, person: Person, token: str, current: str, new: str) -> None:
        """Change one's own password; every other session of the user ends."""
        row = await self._db.read(lambda connection: rows.user_of(connection, person.id))
        tried = f"password:{person.id}"
        if (wait_s := self._throttle.wait_s(tried)) > 0:
            raise TooManyTriesError(
                "too many wrong passwords", hint=f"try again in {wait_s:.0f} seconds", retry_after_s=wait_s
            )
        self._throttle.count(tried)
        stored = row["password_hash"] if row else None
        if not await self._passwords.verify(stored, current[:LONGEST_PASSWORD]):
            raise DocumentError("the current password is wrong", hint="type the password that you signed in with")
        self._throttle.clear(tried)
        if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
            raise DocumentError(
                f"the new password has {len(new)} characters", hint=f"choose at least {SHORTEST_PASSWORD}"
            )
        if new == current:
            raise DocumentError("the new password is the current one", hint="choose another")
        hashed = await self._passwords.hash(new)

        def write(connection: Connection) -> None:
            rows.set_password(connection, person.id, hashed, must_change=False)
            rows.end_sessions(connection, person.id, but=hash_of(token))

        await self._db.write(write)

    async def reset_password(self, name: str) -> str:
        """A new one-time password for a user, whose sessions end; for a person at the machine itself."""
        password = new_password()
        hashed = await self._passwords.hash(password)

        def write(connection: Connection) -> None:
            row = rows.user_named(connection, name)
            if row is None:
                raise NotFoundError(f"there is no user '{name}'", hint="the first user is called 'admin'")
            rows.set_password(connection, row["id"], hashed, must_change=True)
            rows.end_sessions(connection, row["id"], but="")

        await self._db.write(write)
        return password

    # --- keys ---

    async def by_key(self, key: str) -> Person | None:
        """Whose API key it is."""
        row = await self._key_row(key)
        if row is None:
            return None
        moment = now()
        if row["used_at"] is None or moment - from_text(row["used_at"]) > NOTE_USE_AFTER:
            await self._db.write(lambda connection: rows.touch_key(connection, row["id"], to_text(moment)))
        return Person(row["id"], row["name"], must_change=False, via="key")

    async def _key_row(self, key: str) -> Json | None:
        return await self._db.read(lambda connection: rows.key_of(connection, hash_of(key)))

    async def keys(self) -> list[Json]:
        """Every API key: id, name, prefix, created_at, used_at."""
        return await self._db.read(rows.list_keys)

    async def create_key(self, name: str) -> Json:
        """A new API key; ``key`` is shown this once."""
        key = new_api_key()
        row = {
            "id": new_id("key"),
            "name": name,
            "prefix": key[:_PREFIX_SHOWN],
            "created_at": to_text(now()),
            "used_at": None,
        }
        await self._db.write(lambda connection: rows.add_key(connection, row | {"key_hash": hash_of(key)}))
        return row | {"key": key}

    async def remove_key(self, key_id: str) -> None:
        """Take an API key back; it stops working at once."""
        if not await self._db.write(lambda connection: rows.remove_key(connection, key_id)):
            raise NotFoundError(f"there is no API key '{key_id}'")


def _user(row: Json) -> Person:
    return Person(row["id"], row["name"], bool(row["must_change"]), "session")
