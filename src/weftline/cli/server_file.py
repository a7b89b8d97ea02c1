"""The note that a running server leaves in its data folder, so that commands find it."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass

from weftline.kernel import json
from weftline.settings import Settings

__all__ = ["ServerFile", "is_alive", "read_server_file"]

SERVER_FILE = "server.json"
LOCK_FILE = "server.lock"
"""As `weftline.app` has them, which is slow to load; a test compares them."""


@dataclass(frozen=True, slots=True)
class ServerFile:
    """Where a server listens and which process it is."""

    url: str
    pid: int


def read_server_file(settings: Settings) -> ServerFile | None:
    """The note, if there is one that can be read. A killed server leaves its own behind: see :func:`is_alive`."""
    try:
        content = json.decode((settings.data_dir / SERVER_FILE).read_bytes())
        return ServerFile(str(content["url"]), int(content["pid"]))
    except (OSError, json.JSONError, KeyError, TypeError, ValueError):
        return None


def is_alive(settings: Settings, noted: ServerFile) -> bool:
    """Whether the process that wrote the note still runs."""
    if settings.is_sqlite:
        # The lock goes with the process, while its number may be another's by now.
        try:
            with (settings.data_dir / LOCK_FILE).open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False
    if noted.pid == os.getpid():
        return False
    try:
        os.kill(noted.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
