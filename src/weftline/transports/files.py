"""What all file transports share: the verbs LIST, READ, WRITE, MOVE and DELETE, below a base folder.

A request's address is a path, percent-encoded, seen from the base folder, which it never leaves. The query says more:

- LIST: ``folder`` (below the address), ``pattern`` (``*.csv``; on the name), ``newer_than`` (a moment; with
  ``newer_than_name`` also the names behind that one of the very same moment). The answer is a JSON list of ``{"path",
  "name", "size", "modified_at"}``, by ``modified_at``, then name. Hidden and temporary names (``.x``, ``x.part``) and
  files still growing are left out.
- READ: the body is the file; ``x-file-name`` and ``x-file-modified-at`` are among the headers.
- WRITE: all or nothing. ``if_exists``: ``replace`` (the default), ``fail`` or ``rename-with-number``; a file that has
  the same bytes already counts as this one, written before. The answer is ``{"path": ...}``.
- MOVE: ``to``, and ``if_exists`` as above (by default ``rename-with-number``, which loses nothing). Done already is
  success.
- DELETE: gone already is success.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, cast, get_args
from urllib.parse import unquote

from weftline.errors import RequestRejectedError, TooLargeError
from weftline.kernel import json, now
from weftline.model import Document, Request, field

IfExists = Literal["replace", "fail", "rename-with-number"]

PIECE = 256 * 1024
"""Bytes of a file that are handed on at once."""

_STARTED = datetime.min.replace(tzinfo=UTC)


class FilesConfig(Document):
    """Which folder, and how much is asked for at once."""

    folder: str = field("", title="Base folder", description="Nothing above it is touched", example="/exchange")
    settle_s: float = field(
        5.0,
        title="Time to settle",
        description="Files changed less than so many seconds ago may still be growing: they are left for next time",
        ge=0,
    )
    create_folders: bool = field(True, title="Create folders", description="Those that a file is written to")
    timeout_s: float = field(60.0, title="Time-out", description="Seconds for a call, or for a piece of a file", gt=0)
    max_answer_bytes: int = field(
        256 * 1024 * 1024,
        title="Largest file",
        description="Bytes read at once, unless streamed",
        ge=1,
        advanced=True,
    )


@dataclass(frozen=True, slots=True)
class File:
    """A file in a folder."""

    name: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class List:
    """LIST."""

    path: str
    pattern: str = "*"
    newer_than: datetime = _STARTED
    newer_than_name: str | None = None

    def wants(self, name: str) -> bool:
        """Whether a file of this name is asked for."""
        return fnmatch.fnmatchcase(name, self.pattern) and not name.startswith(".") and not name.endswith(".part")

    def answer(self, files: Iterable[File], settle_s: float) -> bytes:
        """The answer's body."""
        settled = now() - timedelta(seconds=settle_s)
        chosen = [
            file
            for file in files
            if self.wants(file.name) and (not settle_s or file.modified_at <= settled) and self._is_newer(file)
        ]
        chosen.sort(key=lambda file: (file.modified_at, file.name))
        return json.encode(
            [
                {
                    "path": posixpath.join(self.path, file.name), "name": file.name, "size": file.size,
                    "modified_at": moment(file.modified_at),
                }
                for file in chosen
            ]
        )  # fmt: skip

    def _is_newer(self, file: File) -> bool:
        if file.modified_at == self.newer_than and self.newer_than_name is not None:
            return file.name > self.newer_than_name
        return file.modified_at > self.newer_than


@dataclass(frozen=True, slots=True)
class Read:
    """READ."""

    path: str


@dataclass(frozen=True, slots=True)
class Write:
    """WRITE."""

    path: str
    body: bytes
    if_exists: IfExists = "replace"


@dataclass(frozen=True, slots=True)
class Move:
    """MOVE."""

    path: str
    to: str
    if_exists: IfExists = "rename-with-number"


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE."""

    path: str


def asked(request: Request) -> List | Read | Write | Move | Delete:
    """What a request asks for; :class:`RequestRejectedError` when that cannot be."""
    query = dict(request.query)
    path = inside(unquote(request.url))
    found: List | Read | Write | Move | Delete
    if request.method == "LIST":
        found = List(
            inside(f"{path}/{query.pop('folder', '')}"),
            query.pop("pattern", "") or "*",
            _moment(query.pop("newer_than", "")),
            query.pop("newer_than_name", None),
        )
    elif not path:
        raise RequestRejectedError(f"{request.method} needs the path of a file", hint="see the endpoint's path")
    elif request.method == "READ":
        found = Read(path)
    elif request.method == "WRITE":
        found = Write(path, request.body or b"", _if_exists(query.pop("if_exists", "replace")))
    elif request.method == "MOVE":
        to = inside(query.pop("to", ""))
        if not to:
            raise RequestRejectedError(f"'{path}' cannot be moved to nowhere", hint="say where in 'to'")
        found = Move(path, to, _if_exists(query.pop("if_exists", "rename-with-number")))
    elif request.method == "DELETE":
        found = Delete(path)
    else:
        raise RequestRejectedError(
            f"'{request.method}' is nothing that can be done with files", hint="LIST, READ, WRITE, MOVE or DELETE"
        )
    if query:
        raise RequestRejectedError(
            f"{request.method} knows no '{next(iter(query))}'", hint="see the endpoint's query"
        )
    return found


def inside(path: str) -> str:
    """A path as seen from the base folder; refused when it leads out of it or cannot be written on a line."""
    pieces = re.split(r"[/\\]", path)
    if ".." in pieces or re.search(r"[\0-\x1f\x7f]", path):
        raise RequestRejectedError(
            f"the path {path[:200]!r} leads out of the base folder, or has characters that no path has",
            hint="give a path below the base folder, without '..'",
        )
    return "/".join(piece for piece in path.split("/") if piece not in ("", "."))


def candidates(path: str, if_exists: IfExists) -> Iterator[str]:
    """The names that a file may get: ``a.csv``, then ``a-2.csv``, ``a-3.csv`` and so on if it may be renamed."""
    yield path
    stem, ending = posixpath.splitext(path)
    for number in range(2, 1000 if if_exists == "rename-with-number" else 2):
        yield f"{stem}-{number}{ending}"


def moment(at: datetime) -> str:
    """A moment as answers have it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def headers(file: File, content_type: str = "application/octet-stream") -> dict[str, str]:
    """The headers of a READ's answer."""
    return {
        "content-type": content_type, "content-length": str(file.size), "x-file-name": file.name,
        "x-file-modified-at": moment(file.modified_at),
    }  # fmt: skip


def missing(path: str, where: str) -> RequestRejectedError:
    """There is no such file, or folder."""
    return RequestRejectedError(
        f"'{path}' is not there on {where}", hint="see the path and the base folder", context={"status": 404}
    )


def taken(path: str, where: str) -> RequestRejectedError:
    """There is such a file already."""
    return RequestRejectedError(
        f"'{path}' is there already on {where}, with other content",
        hint="give another name, or let it be replaced or numbered",
        context={"status": 409},
    )


def too_large(path: str, most: int) -> TooLargeError:
    """More than may be read at once."""
    return TooLargeError(f"'{path}' has more than {most:,} bytes", hint="read it as a stream, or raise the limit")


def _if_exists(text: str) -> IfExists:
    if text not in get_args(IfExists):
        raise RequestRejectedError(f"if_exists cannot be '{text}'", hint=f"known: {', '.join(get_args(IfExists))}")
    return cast("IfExists", text)


def _moment(text: str) -> datetime:
    if not text:
        return _STARTED
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise RequestRejectedError(
            f"newer_than is no moment: {text!r}", hint="give one such as 2026-02-03T04:05:06Z"
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
