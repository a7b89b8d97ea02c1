"""A twin of the file transports, in memory."""

from __future__ import annotations

import posixpath
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from pydantic import BaseModel

from weftline.kernel import now
from weftline.model import field
from weftline.transports.base import Login
from weftline.transports.files import PIECE, File
from weftline.transports.files_drive import Drive
from weftline.transports.files_threads import FileServerConfig, FileServerTransport
from weftline.transports.policy import OutboundPolicy


class MemoryFilesConfig(FileServerConfig):
    """Nothing has to be said."""

    host: str = field("127.0.0.1", title="Host")
    port: int = field(1, title="Port")


class MemoryDrive(Drive):
    """Files and their bytes in a dict that all connections share."""

    def __init__(self, kept: dict[str, tuple[File, bytes]], lock: threading.Lock) -> None:
        self._kept = kept
        self._lock = lock

    def files(self, folder: str, wants: Callable[[str], bool]) -> list[File]:
        with self._lock:
            return [
                file
                for path, (file, _) in self._kept.items()
                if (posixpath.dirname(path) or ".") == folder and wants(file.name)
            ]

    def find(self, path: str) -> File | None:
        found = self._kept.get(path)
        return found and found[0]

    def pieces(self, path: str) -> Iterator[bytes]:
        body = self._kept[path][1]
        for start in range(0, len(body), PIECE):
            yield body[start : start + PIECE]

    def put(self, path: str, body: bytes) -> None:
        with self._lock:
            self._kept[path] = File(posixpath.basename(path), len(body), now()), body

    def rename(self, source: str, target: str, *, replace: bool) -> None:
        with self._lock:
            if target in self._kept and not replace:
                raise FileExistsError(target)
            file, body = self._kept.pop(source)
            self._kept[target] = File(posixpath.basename(target), file.size, file.modified_at), body

    def remove(self, path: str) -> None:
        if self._kept.pop(path, None) is None:
            raise FileNotFoundError(path)

    def make_folder(self, path: str) -> None:
        """A folder is there as soon as a file is in it."""

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryFilesTransport(FileServerTransport):
    """Files in memory, as long as the transport is open; for tests of what is built on the verbs."""

    kind: ClassVar[str] = "memory_files"
    title: ClassVar[str] = "Memory (files)"
    Config: ClassVar[type[BaseModel]] = MemoryFilesConfig

    def __init__(
        self, config: MemoryFilesConfig, policy: OutboundPolicy | None = None, login: Login | None = None
    ) -> None:
        super().__init__(config, OutboundPolicy(allow_private=True), login)
        self._files: dict[str, tuple[File, bytes]] = {}
        self._lock = threading.Lock()

    def connect(self, address: str, login: Mapping[str, str]) -> Drive:
        return MemoryDrive(self._files, self._lock)
