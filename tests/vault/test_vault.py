"""Sealing: what is written cannot be read without the ring, nor moved, nor changed."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from weftline.errors import CredentialError, SettingsError
from weftline.store import Database
from weftline.store.tables import secrets
from weftline.vault import KeyRing, Vault, load_or_create_ring

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_is_put_comes_back_and_is_not_readable_in_the_row(db: Database) -> None:
    vault = Vault(KeyRing([OLD]))

    def work(connection: sa.Connection) -> list[bytes]:
        vault.put(connection, "ins_1", "token", "s3cret-änd-more")
        vault.put(connection, "ins_1", "user", "bob")
        vault.put(connection, "ins_2", "token", "other")
        return [bytes(row.sealed) for row in connection.execute(sa.select(secrets.c.sealed))]

    sealed = db.write_now(work)
    assert all(b"s3cret" not in value for value in sealed)
    read = db.read_now(lambda connection: vault.get_all(connection, "ins_1"))
    assert read == {"token": "s3cret-änd-more", "user": "bob"}


def test_the_same_value_is_sealed_differently_each_time(db: Database) -> None:
    vault = Vault(KeyRing([OLD]))

    def work(connection: sa.Connection) -> set[bytes]:
        for key in "abc":
            vault.put(connection, "ins_1", key, "same")
        return {bytes(row.sealed) for row in connection.execute(sa.select(secrets.c.sealed))}

    assert len(db.write_now(work)) == 3


def test_a_value_copied_into_another_row_does_not_open(db: Database) -> None:
    vault = Vault(KeyRing([OLD]))

    def work(connection: sa.Connection) -> None:
        vault.put(connection, "ins_1", "token", "secret-one")
        connection.execute(sa.update(secrets).values(owner="ins_2"))

    db.write_now(work)
    with pytest.raises(CredentialError, match="'token' does not open"):
        db.read_now(lambda connection: vault.get_all(connection, "ins_2"))


def test_delete_forgets_one_value_or_all_of_an_owner(db: Database) -> None:
    vault = Vault(KeyRing([OLD]))

    def work(connection: sa.Connection) -> tuple[list[str], list[str]]:
        for key in ("a", "b", "c"):
            vault.put(connection, "ins_1", key, key)
        vault.delete(connection, "ins_1", "b")
        left = vault.keys(connection, "ins_1")
        vault.delete(connection, "ins_1")
        return left, vault.keys(connection, "ins_1")

    assert db.write_now(work) == (["a", "c"], [])


def test_rotation_opens_with_the_old_key_and_seals_with_the_new(db: Database) -> None:
    db.write_now(lambda connection: Vault(KeyRing([OLD])).put(connection, "ins_1", "token", "kept"))
    both = Vault(KeyRing([NEW, OLD]))
    assert db.read_now(lambda connection: both.get_all(connection, "ins_1")) == {"token": "kept"}

    only_new = Vault(KeyRing([NEW]))
    with pytest.raises(CredentialError, match="not in the ring"):
        db.read_now(lambda connection: only_new.get_all(connection, "ins_1"))
    assert db.write_now(both.reseal) == 1
    assert db.read_now(lambda connection: only_new.get_all(connection, "ins_1")) == {"token": "kept"}


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    first = load_or_create_ring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create_ring(path).sealing_id == first.sealing_id


@pytest.mark.parametrize("text", ["", "short", base64.b64encode(bytes(range(16))).decode(), "*" * 44])
def test_a_wrong_master_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        KeyRing.from_text(text, "WEFTLINE_MASTER_KEY")
    assert not text or text not in str(caught.value)
