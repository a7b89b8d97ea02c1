"""The socket ``Format``: bytes to values and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.expr import compile_path


class Format(ABC):
    """A kind of body."""

    kind: ClassVar[str]
    title: ClassVar[str]
    content_type: ClassVar[str]
    Config: ClassVar[type[BaseModel]]

    def __init__(self, config: Any) -> None:
        self.config = config

    @abstractmethod
    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """The body as values; ``where`` names the endpoint in an :class:`UnreadableBodyError`."""

    def split(self, body: bytes, key: str | None) -> tuple[bytes, int, Any] | None:
        """The records of a page without decoding them, where the format can: a JSON list's bytes, how many records
        it has, and the rest of the document. ``key`` is the field that holds them (None: the document itself)."""
        return None

    @abstractmethod
    def encode(self, value: Any) -> bytes:
        """Values as a body."""

    def reader(self, items_path: str, *, where: str) -> RecordReader:
        """Reads records from a body that comes in pieces, in bounded memory where the format can.

        This one reads it whole.
        """
        return _WholeReader(self, items_path, where)


class RecordReader(ABC):
    """Records out of pieces of one body."""

    @abstractmethod
    def feed(self, piece: bytes) -> list[Any]:
        """The records that this piece completes; :class:`UnreadableBodyError` when it cannot be one of ours."""

    @abstractmethod
    def close(self) -> list[Any]:
        """The records left at the end; an error when the body breaks off in the middle of one."""


class _WholeReader(RecordReader):
    def __init__(self, format_: Format, items_path: str, where: str) -> None:
        self._format, self._path, self._where = format_, items_path, where
        self._pieces: list[bytes] = []

    def feed(self, piece: bytes) -> list[Any]:
        self._pieces.append(piece)
        return []

    def close(self) -> list[Any]:
        value = self._format.decode(b"".join(self._pieces), where=self._where)
        if self._path:
            value = compile_path(self._path).get(value, None)
        return value if isinstance(value, list) else [] if value is None else [value]
