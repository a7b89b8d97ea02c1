"""The key ring: the keys that seal credentials. The first seals; all of them open."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from weftline.errors import SettingsError
from weftline.kernel import digest

KEY_BYTES = 32


class KeyRing:
    """Keys by id; ids are hashes of the keys, so a ring needs no table of its own."""

    def __init__(self, keys: list[bytes]) -> None:
        if not keys:
            raise SettingsError("the key ring is empty", hint="give a master key")
        self._keys = {digest(b"key id", key, size=4): key for key in keys}
        self.sealing_id = digest(b"key id", keys[0], size=4)

    def key(self, key_id: str) -> bytes | None:
        """The key of that id."""
        return self._keys.get(key_id)

    @classmethod
    def from_text(cls, text: str, where: str = "the master key") -> KeyRing:
        """Keys as base64, one a line or separated by commas; the first seals."""
        keys = []
        for piece in text.replace(",", "\n").split():
            try:
                key = base64.b64decode(piece, validate=True)
            except (binascii.Error, ValueError):
                key = b""
            if len(key) != KEY_BYTES:
                raise SettingsError(
                    f"{where} is not {KEY_BYTES} bytes in base64", hint="make one with: openssl rand -base64 32"
                )
            keys.append(key)
        return cls(keys)


def load_or_create_ring(path: Path) -> KeyRing:
    """The ring in a file that only its owner may read; a new one when there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    return KeyRing.from_text(path.read_text(), f"the key file {path.name}")
