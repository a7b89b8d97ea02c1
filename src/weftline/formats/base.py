"""The socket ``Format``: bytes to values and back."""

from __future__ import annotations

import codecs
from abc import ABC, abstractmethod
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel

from weftline.errors import RecordError, UnreadableBodyError
from weftline.expr import MISSING, compile_path, to_text
from weftline.expr.faults import Fault

SHOWN_CHARACTERS = 200
ITEMS_HINT = "see the endpoint's items_path; if it is right, the application had another thing to say"


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

    def split(self, body: bytes, key: str | None, *, others: bool = True) -> tuple[bytes, int, Any] | None:
        """The records of a page without decoding them, where the format can: a JSON list's bytes, how many records
        it has, and the rest of the document. ``key`` is the field that holds them (None: the document itself)."""
        return None

    @abstractmethod
    def encode(self, value: Any) -> bytes:
        """Values as a body; :class:`ShapeError` when they do not fit the format."""

    def content_type_of(self, body: bytes) -> str:
        """The Content-Type of a body that :meth:`encode` made."""
        return self.content_type

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


def unreadable(where: str, what: str, body: bytes | str = b"", hint: str = "") -> UnreadableBodyError:
    """What is wrong with a body, and how it begins."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    begins = f"; it begins: {text[:SHOWN_CHARACTERS]!r}" if text else ""
    return UnreadableBodyError(
        f"the answer of {where} {what}{begins}",
        hint=hint or "see that address, path and the endpoint's format are right",
    )


def gather(found: dict[str, Any], name: str, value: Any) -> None:
    """Put a named value to the others; a name that comes again gets a list."""
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def unfit(kind: str, what: str) -> RecordError:
    """A value that a format cannot write."""
    return RecordError(f"the record cannot be written as {kind}: {what}", hint="map it to what the format can hold")


def text_of(value: Any) -> str:
    """A value as text; :class:`RecordError` when it is a number with thousands of digits."""
    try:
        return to_text(value)
    except Fault as fault:
        raise unfit("text", str(fault)) from None


def _known(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        raise ValueError(f"'{name}' is not an encoding such as utf-8 or latin-1") from None
    return name


Encoding = Annotated[str, AfterValidator(_known)]
"""The name of an encoding of text."""


class TextPieces:
    """Text out of pieces of bytes, whatever character they are cut in."""

    def __init__(self, encoding: str, where: str) -> None:
        self._encoding = encoding
        self._where = where
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._bytes = 0

    def feed(self, piece: bytes, *, last: bool = False) -> str:
        """The characters that are complete."""
        try:
            text = self._decoder.decode(piece, last)
        except UnicodeError as error:
            at = self._bytes + (error.start if isinstance(error, UnicodeDecodeError) else 0)
            raise unreadable(
                self._where, f"is not {self._encoding} (near byte {at:,})", hint="see the format's encoding"
            ) from None
        self._bytes += len(piece)
        return text


class _WholeReader(RecordReader):
    def __init__(self, format_: Format, items_path: str, where: str) -> None:
        self._format, self._path, self._where = format_, items_path, where
        self._pieces: list[bytes] = []

    def feed(self, piece: bytes) -> list[Any]:
        self._pieces.append(piece)
        return []

    def close(self) -> list[Any]:
        value = self._format.decode(b"".join(self._pieces), where=self._where)
        found = compile_path(self._path).get(value) if self._path and value is not None else value
        if found is MISSING:
            raise unreadable(self._where, f"has no '{self._path}'", b"".join(self._pieces), ITEMS_HINT)
        items = found if isinstance(found, list) else [found]
        return [item for item in items if item is not None and item is not MISSING]
