"""Newline-delimited JSON: a document a line."""

from __future__ import annotations

import codecs
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.formats.base import Format, RecordReader, unfit, unreadable
from weftline.kernel import json
from weftline.model import Document

LONGEST_LINE = 64 * 1024 * 1024


class NdjsonFormatConfig(Document):
    """Nothing to set."""


class NdjsonFormat(Format):
    """A JSON document in every line."""

    kind: ClassVar[str] = "ndjson"
    title: ClassVar[str] = "NDJSON (JSON lines)"
    content_type: ClassVar[str] = "application/x-ndjson"
    Config: ClassVar[type[BaseModel]] = NdjsonFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """The documents as a list; empty lines are none."""
        reader = self.reader("", where=where)
        return reader.feed(body) + reader.close()

    def encode(self, value: Any) -> bytes:
        """Each item of a list as a line; anything else as one."""
        items = value if isinstance(value, list) else [value]
        if value is None:
            raise unfit(self.title, "there is no value")
        return b"".join(json.encode(item) + b"\n" for item in items)

    def reader(self, items_path: str, *, where: str) -> RecordReader:
        return _LineReader(where)


class _LineReader(RecordReader):
    def __init__(self, where: str) -> None:
        self._where = where
        self._rest: list[bytes] = []  # pieces of a line that goes on
        self._size = 0
        self._line = 0

    def feed(self, piece: bytes) -> list[Any]:
        first, *lines = piece.split(b"\n")
        self._rest.append(first)
        self._size += len(first)
        if self._size > LONGEST_LINE:
            raise unreadable(self._where, f"has a line longer than {LONGEST_LINE:,} bytes", self._rest[0])
        if not lines:
            return []
        lines = [b"".join(self._rest), *lines]
        self._rest = [lines.pop()]
        self._size = len(self._rest[0])
        return self._read(lines)

    def close(self) -> list[Any]:
        rest, self._rest = self._rest, []
        return self._read([b"".join(rest)])

    def _read(self, lines: list[bytes]) -> list[Any]:
        found = []
        for line in lines:
            self._line += 1
            if self._line == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if not line.strip():
                continue
            try:
                found.append(json.decode(line))
            except json.JSONError as error:
                raise unreadable(self._where, f"is not JSON in line {self._line:,} ({error})", line) from None
        return found
