"""The local key file: an API key in ``data_dir``, so that commands on the same machine need no sign-in.

Whoever can read the file owns the data folder anyway; its mode is 0600.
"""

from __future__ import annotations

import os
from pathlib import Path

LOCAL_KEY_FILE = "local.key"


def read(data_dir: Path) -> str | None:
    """The key, or None when there is none or others could read it."""
    path = data_dir / LOCAL_KEY_FILE
    try:
        if path.stat().st_mode & 0o077:
            return None
        return path.read_text().strip() or None
    except OSError:
        return None


def write(data_dir: Path, key: str) -> None:
    """Keep the key; the file is never readable by others, not even for a moment."""
    path = data_dir / LOCAL_KEY_FILE
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w") as file:
        file.write(key + "\n")
    temporary.replace(path)
