"""Tokens that workers share: one renews, the others get what it brought; on both databases."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from weftline.auth import Token
from weftline.connectors.tokens import SharedTokens, forget_token, read_token, token_owner, write_token
from weftline.errors import CredentialRejectedError, RemoteFaultError
from weftline.store import Database
from weftline.vault import KeyRing, Vault

WORKERS = 32
VAULT = Vault(KeyRing([b"k" * 32]))


@pytest.fixture
def stores(database_url: str) -> Iterator[list[Database]]:
    """One store for SQLite, which has one process; four on PostgreSQL, as four servers have."""
    with ExitStack() as stack:
        opened = [Database.open(database_url) for _ in range(1 if database_url.startswith("sqlite") else 4)]
        for one in opened:
            stack.callback(one.close)
        yield opened


def workers(stores: list[Database]) -> list[SharedTokens]:
    return [SharedTokens(stores[number % len(stores)], VAULT, "ins_1") for number in range(WORKERS)]


class Application:
    """Gives tokens, slowly, and counts."""

    def __init__(self, *errors: Exception) -> None:
        self.renewed: list[Token | None] = []
        self._errors = list(errors)

    async def renew(self, kept: Token | None) -> Token:
        self.renewed.append(kept)
        await asyncio.sleep(0.05)
        if self._errors:
            raise self._errors.pop(0)
        number = len(self.renewed)
        return Token(f"token {number}", time.time() + 3600, refresh=f"refresh {number}", extra={"site": "eu"})


async def test_many_workers_that_need_an_expired_token_cause_one_renewal(stores: list[Database]) -> None:
    expired = Token("old", time.time() - 1, refresh="refresh 0")
    stores[0].write_now(lambda connection: write_token(VAULT, connection, token_owner("ins_1"), expired))
    application = Application()
    found = await asyncio.gather(*(worker.get(None, application.renew) for worker in workers(stores)))
    assert application.renewed == [expired]
    assert {token.value for token in found} == {"token 1"}
    assert found[0].extra == {"site": "eu"}


async def test_a_token_that_was_refused_is_renewed_once_for_all(stores: list[Database]) -> None:
    application = Application()
    first = await workers(stores)[0].get(None, application.renew)
    found = await asyncio.gather(*(worker.get(first, application.renew) for worker in workers(stores)))
    assert [kept.refresh for kept in application.renewed if kept] == ["refresh 1"]
    assert {token.value for token in found} == {"token 2"}


async def test_a_refusal_is_told_to_all_and_asked_once(stores: list[Database]) -> None:
    application = Application(CredentialRejectedError("the refresh token was revoked"))
    outcomes = await asyncio.gather(
        *(worker.get(None, application.renew) for worker in workers(stores)), return_exceptions=True
    )
    assert len(application.renewed) == 1
    assert all(isinstance(error, CredentialRejectedError) and "revoked" in error.message for error in outcomes)
    stores[0].write_now(lambda connection: forget_token(VAULT, connection, "ins_1"))
    assert (await workers(stores)[0].get(None, application.renew)).value == "token 2"


async def test_a_fault_of_the_application_holds_nobody_up(stores: list[Database]) -> None:
    application = Application(RemoteFaultError("500"))
    some = workers(stores)
    with pytest.raises(RemoteFaultError):
        await some[0].get(None, application.renew)
    assert (await some[1].get(None, application.renew)).value == "token 2"


async def test_a_token_lies_sealed(stores: list[Database]) -> None:
    await workers(stores)[0].get(None, Application().renew)

    def raw(connection: object) -> str:
        rows = connection.exec_driver_sql("SELECT sealed FROM secrets").fetchall()  # type: ignore[attr-defined]
        return repr([bytes(row[0]) for row in rows])

    assert "token 1" not in stores[0].read_now(raw)
    kept = stores[0].read_now(lambda connection: read_token(VAULT, connection, token_owner("ins_1")))
    assert kept is not None
    assert (kept.value, kept.refresh) == ("token 1", "refresh 1")
