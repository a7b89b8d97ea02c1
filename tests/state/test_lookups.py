"""Lookup tables as maps read them: from memory, fresh within a second, large ones from the store."""

from __future__ import annotations

import pytest

from weftline.errors import NotFoundError
from weftline.state import StoredLookups
from weftline.store import Database, lookups

PAIRS = [("EUR", "4"), ("GBP", "1"), ("GBX", "1")]


@pytest.mark.parametrize("kept_rows", [1000, 2], ids=["in memory", "by query"])
def test_both_directions_answer_alike_however_large_the_table(db: Database, kept_rows: int) -> None:
    db.write_now(lambda connection: lookups.put(connection, "currency", PAIRS))
    found = StoredLookups(db, kept_rows=kept_rows)
    assert found.find("currency", "EUR", "left_to_right") == "4"
    assert found.find("currency", 4, "right_to_left") == "EUR"
    assert found.find("currency", "1", "right_to_left") == "GBP", "the first pair that holds the value"
    assert found.find("currency", "USD", "left_to_right") is None


def test_a_change_is_seen_once_the_table_is_looked_at_again(db: Database) -> None:
    db.write_now(lambda connection: lookups.put(connection, "currency", PAIRS))
    patient, eager = StoredLookups(db, look_again_s=3600), StoredLookups(db, look_again_s=0)
    assert patient.find("currency", "EUR", "left_to_right") == "4"
    assert eager.find("currency", "EUR", "left_to_right") == "4"
    db.write_now(lambda connection: lookups.put(connection, "currency", [("EUR", "9")]))
    assert patient.find("currency", "EUR", "left_to_right") == "4"
    assert eager.find("currency", "EUR", "left_to_right") == "9"


def test_an_unknown_or_removed_table_is_named(db: Database) -> None:
    db.write_now(lambda connection: lookups.put(connection, "currency", PAIRS))
    found = StoredLookups(db, look_again_s=0)
    with pytest.raises(NotFoundError, match="no lookup table 'curency'") as caught:
        found.find("curency", "EUR", "left_to_right")
    assert caught.value.hint == "did you mean 'currency'?"
    assert found.find("currency", "EUR", "left_to_right") == "4"
    db.write_now(lambda connection: lookups.remove(connection, "currency"))
    with pytest.raises(NotFoundError):
        found.find("currency", "EUR", "left_to_right")
