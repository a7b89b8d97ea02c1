"""CSV and its relatives: dialects, encodings, headers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from itertools import zip_longest
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, field_validator

from weftline.formats.base import Encoding, Format, RecordReader, TextPieces, text_of, unfit, unreadable
from weftline.kernel import json
from weftline.model import Document, field

LONGEST_RECORD = 16 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

csv.field_size_limit(LONGEST_RECORD)


class CsvFormatConfig(Document):
    """The dialect, and where the names of the columns come from."""

    delimiter: str = field(",", title="Delimiter", description="One character; a tab is \\t", min_length=1)
    quote: str = field('"', title="Quote", min_length=1, max_length=1)
    header: bool = field(True, title="Header", description="Whether the first line names the columns")
    columns: list[str] = field(
        list, title="Columns", description="Their names, where no line gives them; when writing, their order"
    )
    encoding: Encoding = field("utf-8", title="Encoding", example="latin-1")
    ragged: Literal["refuse", "fill"] = field(
        "refuse", title="Uneven lines", description="fill: missing columns are empty, surplus ones are left out"
    )
    line_end: Literal["crlf", "lf"] = field("crlf", title="Line end", description="When writing", advanced=True)
    guard_formulas: bool = field(
        False,
        title="Guard formulas",
        description="Write an apostrophe before text that a spreadsheet would run as a formula",
        advanced=True,
    )

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, text: str) -> str:
        text = text.replace("\\t", "\t")
        if len(text) != 1:
            raise ValueError(f"'{text}' is not one character")
        return text


class CsvFormat(Format):
    """Lines of values, all of them text."""

    kind: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV"
    content_type: ClassVar[str] = "text/csv"
    Config: ClassVar[type[BaseModel]] = CsvFormatConfig
    config: CsvFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """A list of records: column to text."""
        reader = self.reader("", where=where)
        return reader.feed(body) + reader.close()

    def reader(self, items_path: str, *, where: str) -> RecordReader:
        return _CsvReader(self.config, where)

    def encode(self, value: Any) -> bytes:
        """Records as lines; the columns are those of the config, else all that any record has."""
        items = value if isinstance(value, list) else [value]
        config = self.config
        columns = list(config.columns)
        for item in items:
            if not isinstance(item, dict):
                raise unfit(self.title, f"{str(item)[:60]!r} has no columns")
            if not config.columns:
                columns += [name for name in item if name not in columns]
        out = io.StringIO()
        writer = csv.writer(
            out,
            delimiter=config.delimiter,
            quotechar=config.quote,
            lineterminator="\r\n" if config.line_end == "crlf" else "\n",
        )
        if config.header:
            writer.writerow(columns)
        writer.writerows([self._cell(item.get(name)) for name in columns] for item in items)
        try:
            return out.getvalue().encode(config.encoding)
        except UnicodeEncodeError as error:
            raise unfit(self.title, f"{config.encoding} has no {error.object[error.start]!r}") from None

    def _cell(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, dict | list):
            return json.encode_text(value)
        text = text_of(value)
        is_number = isinstance(value, int | Decimal)
        return f"'{text}" if self.config.guard_formulas and not is_number and text.startswith(_FORMULA) else text


class _CsvReader(RecordReader):
    def __init__(self, config: CsvFormatConfig, where: str) -> None:
        self._config = config
        self._where = where
        self._pieces = TextPieces(config.encoding, where)
        self._text = ""
        self._line = 0
        self._columns: list[str] | None = None if config.header else list(config.columns) or None

    def feed(self, piece: bytes) -> list[Any]:
        self._text += self._pieces.feed(piece)
        end = self._complete()
        ready, self._text = self._text[:end], self._text[end:]
        if len(self._text) > LONGEST_RECORD:
            raise unreadable(
                self._where,
                "has a quoted value that does not end",
                self._text,
                "see the format's quote and delimiter",
            )
        return self._read(ready)

    def close(self) -> list[Any]:
        text = self._text + self._pieces.feed(b"", last=True)
        self._text = ""
        if text.count(self._config.quote) % 2:
            raise unreadable(self._where, f"breaks off within a quoted value after line {self._line:,}", text)
        return self._read(text)

    def _complete(self) -> int:
        """Where the last whole record ends: a line end with as many quotes before it as close each other."""
        end = self._text.rfind("\n") + 1
        quotes = self._text.count(self._config.quote, 0, end)
        while end and quotes % 2:
            before = self._text.rfind("\n", 0, end - 1) + 1
            quotes -= self._text.count(self._config.quote, before, end)
            end = before
        return end

    def _read(self, text: str) -> list[Any]:
        if not text:
            return []
        rows = csv.reader(
            io.StringIO(text, newline=""), delimiter=self._config.delimiter, quotechar=self._config.quote, strict=True
        )
        found: list[Any] = []
        columns = self._columns or []
        try:
            for row in rows:
                if len(row) == len(columns):
                    found.append(dict(zip(columns, row, strict=True)))
                elif row and self._columns is None and self._config.header:
                    columns = self._columns = self._names(row)
                elif row:
                    columns = self._columns = self._columns or [f"column_{at}" for at in range(1, len(row) + 1)]
                    found.append(self._uneven(row, columns, self._line + rows.line_num))
        except csv.Error as error:
            what = f"is not CSV in line {self._line + rows.line_num:,} ({error})"
            raise unreadable(self._where, what, text, "see the format's quote and delimiter") from None
        self._line += rows.line_num
        return found

    def _uneven(self, row: list[str], columns: list[str], line: int) -> dict[str, str]:
        if len(row) != len(columns) and self._config.ragged == "refuse":
            raise unreadable(
                self._where,
                f"has {len(row)} values in line {line:,}, but {len(columns)} columns",
                self._config.delimiter.join(row),
                "see the format's delimiter, or set uneven lines to 'fill'",
            )
        return dict(zip_longest(columns, row[: len(columns)], fillvalue=""))

    def _names(self, row: Iterable[str]) -> list[str]:
        names = [name.strip().removeprefix("\ufeff") for name in row]
        for name in names:
            if names.count(name) > 1:
                raise unreadable(
                    self._where, f"has two columns '{name}'", hint="give the columns' names in the format"
                )
        return names
