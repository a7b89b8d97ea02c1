"""Consents that expired are forgotten, and their ids told, so that what was sealed for them goes too."""

from __future__ import annotations

from datetime import timedelta

from weftline.kernel import now, to_text
from weftline.store import Database, consents
from weftline.store.consents import ConsentRow


def row(name: str, seconds: int) -> ConsentRow:
    return ConsentRow(name, "ins_1", "open", "", to_text(now() + timedelta(seconds=seconds)))


async def test_the_expired_are_named_once(db: Database) -> None:
    for consent in (row("old", -5), row("older", -50)):
        await db.write(lambda connection, one=consent: consents.put(connection, one))
    assert await db.write(lambda connection: consents.put(connection, row("new", 60))) == ["older"]
    assert await db.read(lambda connection: consents.find(connection, "new")) is not None
    assert await db.write(lambda connection: consents.put(connection, row("next", 60))) == []
