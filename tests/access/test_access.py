"""Sign-in, sessions, keys over the real store."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from weftline.access import Access, Person, Throttle
from weftline.access.passwords import Passwords
from weftline.access.tokens import hash_of
from weftline.errors import DocumentError, NotFoundError, NotSignedInError, TooManyTriesError
from weftline.kernel import now, to_text
from weftline.store import Connection, Database
from weftline.store.tables import api_keys, sessions, users

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def access(db: Database, clock: Clock) -> AsyncIterator[Access]:
    access = Access(db, Passwords(CHEAP), Throttle(clock))
    yield access
    access.close()


async def enter(access: Access) -> tuple[Person, str, str]:
    password = await access.first_start()
    assert password is not None
    person, token = await access.sign_in("admin", password, "127.0.0.1")
    return person, token, password


async def test_the_first_start_makes_one_administrator(access: Access, db: Database) -> None:
    person, token, password = await enter(access)
    assert (person.name, person.must_change, person.via) == ("admin", True, "session")
    assert await access.first_start() is None
    assert await access.by_session(token) == person
    stored = await db.read(lambda connection: connection.execute(sa.select(users.c.password_hash)).scalar_one())
    assert stored.startswith("$argon2id$")
    assert password not in stored


async def test_unknown_name_and_wrong_password_say_the_same(access: Access) -> None:
    await enter(access)
    errors = []
    for name in ("admin", "nobody"):
        with pytest.raises(NotSignedInError) as caught:
            await access.sign_in(name, "wrong", "10.0.0.1")
        errors.append(caught.value.to_record())
    assert errors[0] == errors[1]


async def test_unknown_name_and_wrong_password_take_as_long(db: Database) -> None:
    slow = Passwords(PasswordHasher(time_cost=3, memory_cost=16384, parallelism=1))
    stored = await slow.hash("right")
    took = []
    for hashed in (stored, None):
        best = 1e9
        for _ in range(5):
            start = time.perf_counter()
            assert not await slow.verify(hashed, "wrong")
            best = min(best, time.perf_counter() - start)
        took.append(best)
    slow.close()
    assert max(took) < 2 * min(took)


async def test_a_password_for_nobody_never_fits() -> None:
    passwords = Passwords(CHEAP)
    assert not await passwords.verify(None, "")
    assert not await passwords.verify("not a hash", "x")
    passwords.close()


async def test_guessing_is_slowed_down(access: Access, clock: Clock) -> None:
    _, _, password = await enter(access)
    for _ in range(5):
        with pytest.raises(NotSignedInError):
            await access.sign_in("admin", "wrong", "10.0.0.1")
    with pytest.raises(TooManyTriesError) as caught:
        await access.sign_in("ADMIN", "wrong", "10.0.0.2")
    assert caught.value.retry_after_s is not None
    assert caught.value.retry_after_s > 0
    clock.at += caught.value.retry_after_s
    await access.sign_in("admin", password, "10.0.0.2")
    with pytest.raises(NotSignedInError):
        await access.sign_in("admin", "wrong", "10.0.0.2")


def test_the_wait_grows_up_to_a_bound_and_is_forgotten(clock: Clock) -> None:
    throttle = Throttle(clock)
    waits = []
    for _ in range(20):
        throttle.count("a")
        waits.append(throttle.wait_s("a"))
        clock.at += waits[-1]
    assert waits[:7] == [0, 0, 0, 0, 1, 2, 4]
    assert waits[-1] == 300
    assert throttle.wait_s("b") == 0
    clock.at += 3601
    throttle.count("a")
    assert throttle.wait_s("a") == 0


def test_guessing_cannot_fill_the_memory(clock: Clock) -> None:
    throttle = Throttle(clock)
    for number in range(10_050):
        throttle.count(f"name:{number}")
    assert len(throttle._tries) == 10_000


async def test_changing_the_password_ends_other_sessions(access: Access) -> None:
    person, token, password = await enter(access)
    _, other = await access.sign_in("admin", password, "127.0.0.1")
    await access.change_password(person, token, password, "a better password")
    assert await access.by_session(other) is None
    still = await access.by_session(token)
    assert still is not None
    assert not still.must_change
    await access.sign_in("admin", "a better password", "127.0.0.1")
    with pytest.raises(NotSignedInError):
        await access.sign_in("admin", password, "127.0.0.1")


@pytest.mark.parametrize(("current", "new"), [("wrong", "a better password"), (None, "short"), (None, None)])
async def test_a_bad_new_password_is_refused(access: Access, current: str | None, new: str | None) -> None:
    person, token, password = await enter(access)
    with pytest.raises(DocumentError):
        await access.change_password(person, token, current or password, new or password)


async def test_signing_out_ends_the_session(access: Access) -> None:
    _, token, _ = await enter(access)
    await access.sign_out(token)
    assert await access.by_session(token) is None


async def test_a_session_slides_and_ends(access: Access, db: Database) -> None:
    _, token, _ = await enter(access)

    def set_end(in_days: float) -> None:
        end = to_text(now() + timedelta(days=in_days))
        db.write_now(lambda connection: connection.execute(sa.update(sessions).values(expires_at=end)))

    def end(connection: Connection) -> str:
        return str(connection.execute(sa.select(sessions.c.expires_at)).scalar_one())

    set_end(3)
    assert await access.by_session(token) is not None
    assert await db.read(end) > to_text(now() + timedelta(days=13))
    set_end(-0.001)
    assert await access.by_session(token) is None


async def test_api_keys_are_shown_once_and_stored_hashed(access: Access, db: Database) -> None:
    made = await access.create_key("CI")
    key = made["key"]
    assert key.startswith("wf_")
    assert key.startswith(made["prefix"])
    person = await access.by_key(key)
    assert person is not None
    assert (person.name, person.via, person.must_change) == ("CI", "key", False)
    listed = await access.keys()
    assert listed[0]["used_at"] is not None
    assert "key" not in listed[0]
    stored = await db.read(lambda connection: connection.execute(sa.select(api_keys.c.key_hash)).scalar_one())
    assert stored == hash_of(key)
    await access.remove_key(made["id"])
    assert await access.by_key(key) is None
    with pytest.raises(NotFoundError):
        await access.remove_key(made["id"])


async def test_the_local_key_is_private_and_lasts(access: Access, tmp_path: Path) -> None:
    key = await access.local_key(tmp_path, "host")
    path = tmp_path / "local.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert await access.by_key(key) is not None
    assert await access.local_key(tmp_path, "host") == key


@pytest.mark.parametrize("spoil", ["unknown", "open", "gone"])
async def test_a_local_key_that_is_no_good_is_replaced(access: Access, tmp_path: Path, spoil: str) -> None:
    key = await access.local_key(tmp_path, "host")
    path = tmp_path / "local.key"
    match spoil:
        case "unknown":
            path.write_text("wf_other")
        case "open":
            path.chmod(0o644)
        case _:
            path.unlink()
    fresh = await access.local_key(tmp_path, "host")
    assert fresh != key
    assert path.stat().st_mode & 0o777 == 0o600
    assert await access.by_key(fresh) is not None
