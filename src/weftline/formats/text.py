"""Plain text."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.formats.base import Encoding, Format, RecordReader, TextPieces, text_of, unfit
from weftline.model import Document, field


class TextFormatConfig(Document):
    """What is a record."""

    records: Literal["whole", "lines"] = field("whole", title="Records", description="The whole text, or each line")
    encoding: Encoding = field("utf-8", title="Encoding", example="latin-1")


class TextFormat(Format):
    """Text as it is; records have one field, ``text``."""

    kind: ClassVar[str] = "text"
    title: ClassVar[str] = "Text"
    content_type: ClassVar[str] = "text/plain"
    Config: ClassVar[type[BaseModel]] = TextFormatConfig
    config: TextFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """``{"text": ...}``, or a list of them."""
        if self.config.records == "whole":
            return {"text": TextPieces(self.config.encoding, where).feed(body, last=True)}
        reader = self.reader("", where=where)
        return reader.feed(body) + reader.close()

    def reader(self, items_path: str, *, where: str) -> RecordReader:
        return _LineReader(self.config, where) if self.config.records == "lines" else super().reader("", where=where)

    def encode(self, value: Any) -> bytes:
        """Text, or the field ``text`` of each record, a line each."""
        items = value if isinstance(value, list) else [value]
        texts = [text_of(item.get("text") if isinstance(item, dict) else item) for item in items]
        ends = "\n" if self.config.records == "lines" else ""
        try:
            return "".join(text + ends for text in texts).encode(self.config.encoding)
        except UnicodeEncodeError as error:
            raise unfit(self.title, f"{self.config.encoding} has no {error.object[error.start]!r}") from None


class _LineReader(RecordReader):
    def __init__(self, config: TextFormatConfig, where: str) -> None:
        self._pieces = TextPieces(config.encoding, where)
        self._rest = ""

    def feed(self, piece: bytes) -> list[Any]:
        *lines, self._rest = (self._rest + self._pieces.feed(piece)).split("\n")
        return [{"text": line.removesuffix("\r")} for line in lines]

    def close(self) -> list[Any]:
        rest = self._rest + self._pieces.feed(b"", last=True)
        return [{"text": rest.removesuffix("\r")}] if rest else []
