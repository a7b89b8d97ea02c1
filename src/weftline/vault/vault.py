"""The vault: credentials sealed with AES-256-GCM.

A sealed value is ``key id (8) | nonce (12) | ciphertext``; owner and key are authenticated with it, so that a value
copied into another row does not open.
"""

from __future__ import annotations

import contextlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from weftline.errors import CredentialError
from weftline.store import Connection
from weftline.store import secrets as rows
from weftline.vault.ring import KeyRing

_ID, _NONCE = 8, 12


class Vault:
    """Seals and opens; one ring for all."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def put(self, connection: Connection, owner: str, key: str, value: str) -> None:
        """Seal a value under its owner and key, in place of any before."""
        rows.put(connection, owner, key, self._seal(owner, key, value))

    def get_all(self, connection: Connection, owner: str) -> dict[str, str]:
        """All values of an owner."""
        return {key: self._open(owner, key, sealed) for key, sealed in rows.of_owner(connection, owner)}

    def readable(self, connection: Connection, owner: str) -> dict[str, str]:
        """Values of an owner that still open: what a person may keep while entering the others again."""
        found: dict[str, str] = {}
        for key, sealed in rows.of_owner(connection, owner):
            with contextlib.suppress(CredentialError):
                found[key] = self._open(owner, key, sealed)
        return found

    def keys(self, connection: Connection, owner: str) -> list[str]:
        """Which values an owner has."""
        return [key for key, _ in rows.of_owner(connection, owner)]

    def delete(self, connection: Connection, owner: str, key: str | None = None) -> None:
        """Forget one value, or all of an owner."""
        rows.delete(connection, owner, key)

    def reseal(self, connection: Connection) -> int:
        """Seal every value with the ring's first key; how many there were."""
        count = 0
        for owner, key, sealed in rows.everything(connection):
            self.put(connection, owner, key, self._open(owner, key, sealed))
            count += 1
        return count

    def _seal(self, owner: str, key: str, value: str) -> bytes:
        key_id = self._ring.sealing_id
        material = self._ring.key(key_id)
        assert material is not None  # noqa: S101 - the ring knows its own id
        nonce = os.urandom(_NONCE)
        return key_id.encode() + nonce + AESGCM(material).encrypt(nonce, value.encode(), _bound(owner, key))

    def _open(self, owner: str, key: str, sealed: bytes) -> str:
        material = self._ring.key(sealed[:_ID].decode("ascii", "replace"))
        if material is None:
            raise CredentialError(
                f"the credential '{key}' was sealed with a key that is not in the ring",
                hint="give the old master key beside the new one, or enter the credential again",
            )
        try:
            opened = AESGCM(material).decrypt(sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :], _bound(owner, key))
        except InvalidTag:
            raise CredentialError(
                f"the credential '{key}' does not open: its row was changed", hint="enter the credential again"
            ) from None
        return opened.decode()


def _bound(owner: str, key: str) -> bytes:
    return f"{len(owner)}:{owner}:{key}".encode()
