"""One connection to a server with files, and the verbs on it. Blocking: used from threads."""

from __future__ import annotations

import contextlib
import posixpath
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator

from weftline.errors import ConnectError
from weftline.transports.files import Delete, File, IfExists, Move, Write, candidates, missing, taken


class Drive(ABC):
    """A connection. Paths are the server's own; a missing one is a FileNotFoundError, what the server refuses another
    OSError, and a broken connection an error after which :meth:`alive` is false."""

    gone = False
    """Whether it was let go of."""
    busy = False
    """Whether a file is being read from it."""

    @abstractmethod
    def files(self, folder: str, wants: Callable[[str], bool]) -> Iterable[File]:
        """The plain files of a folder whose names are wanted."""

    @abstractmethod
    def find(self, path: str) -> File | None:
        """A file, or None."""

    @abstractmethod
    def pieces(self, path: str) -> Iterator[bytes]:
        """A file's bytes, some at a time. Left before its end, the connection is of no further use."""

    @abstractmethod
    def put(self, path: str, body: bytes) -> None:
        """Write a file, and have the server keep it for good as far as it lets us."""

    @abstractmethod
    def rename(self, source: str, target: str, *, replace: bool) -> None:
        """Rename a file, in one stroke if the server can."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """Delete a file."""

    @abstractmethod
    def make_folder(self, path: str) -> None:
        """Make a folder and those above; there already is fine."""

    @abstractmethod
    def alive(self) -> bool:
        """Whether the connection still stands."""

    @abstractmethod
    def close(self) -> None:
        """Hang up; may be called at any time, from another thread, to end what the one waits for."""

    def rename_aside(self, source: str, target: str) -> None:
        """For servers that rename over nothing: the old file steps aside, and back if the new one cannot come."""
        if self.find(target) is None:
            self.rename(source, target, replace=False)
            return
        folder, name = posixpath.split(target)
        aside = posixpath.join(folder, f".{name}.{secrets.token_hex(4)}.part")
        self.rename(target, aside, replace=False)
        try:
            self.rename(source, target, replace=False)
        except OSError:
            self.rename(aside, target, replace=False)
            raise
        self.remove(aside)


def write(drive: Drive, wanted: Write, where: str, root: Callable[[str], str], *, create_folders: bool) -> str:
    """The path under which the file stands, whole."""
    if wanted.if_exists != "replace":
        for path in candidates(wanted.path, wanted.if_exists):
            there = drive.find(root(path))
            if there is None:
                break
            if _same(drive, root(path), there, wanted.body):
                return path
    folder, name = posixpath.split(root(wanted.path))
    # Random, so that two who write the same file at once do not write into each other's.
    beside = posixpath.join(folder, f".{name}.{secrets.token_hex(4)}.part")
    try:
        try:
            drive.put(beside, wanted.body)
        except FileNotFoundError:
            if not create_folders:
                raise missing(posixpath.dirname(wanted.path), where) from None
            drive.make_folder(folder)
            drive.put(beside, wanted.body)
        _check_size(drive.find(beside), wanted, where)
        return _place(drive, beside, wanted.path, wanted.if_exists, where, root)
    except BaseException:
        with contextlib.suppress(Exception):  # the first error tells more
            drive.remove(beside)
        raise


def move(drive: Drive, wanted: Move, where: str, root: Callable[[str], str]) -> str:
    """The path where the file stands now."""
    if root(wanted.path) == root(wanted.to):
        return wanted.to
    if drive.find(root(wanted.path)) is None:
        if drive.find(root(wanted.to)) is None:
            raise missing(wanted.path, where)
        return wanted.to
    drive.make_folder(posixpath.dirname(root(wanted.to)))
    return _place(drive, root(wanted.path), wanted.to, wanted.if_exists, where, root)


def delete(drive: Drive, wanted: Delete, root: Callable[[str], str]) -> None:
    """Gone."""
    with contextlib.suppress(FileNotFoundError):
        drive.remove(root(wanted.path))


def _place(
    drive: Drive, source: str, target: str, if_exists: IfExists, where: str, root: Callable[[str], str]
) -> str:
    if if_exists == "replace":
        drive.rename(source, root(target), replace=True)
        return target
    for path in candidates(target, if_exists):
        if drive.find(root(path)) is not None:
            continue
        try:
            drive.rename(source, root(path), replace=False)
        except OSError:
            if not drive.alive() or drive.find(root(path)) is None:
                raise
            continue  # somebody else took the name meanwhile
        return path
    raise taken(target, where)


def _check_size(kept: File | None, wanted: Write, where: str) -> None:
    if kept is None or kept.size != len(wanted.body):
        raise ConnectError(
            f"{where} kept {kept.size if kept else 0:,} of {len(wanted.body):,} bytes of '{wanted.path}'",
            hint="see that its disk is not full",
        )


def _same(drive: Drive, path: str, there: File, body: bytes) -> bool:
    if there.size != len(body):
        return False
    # Read to the end in any case: see Drive.pieces.
    return b"".join(drive.pieces(path)) == body
