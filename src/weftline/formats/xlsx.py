"""Spreadsheets (xlsx): a sheet's rows as records."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.expr import to_text
from weftline.formats.base import Format, unfit, unreadable
from weftline.kernel import json
from weftline.model import Document, field

LARGEST = 512 * 1024 * 1024
"""Bytes that a workbook may unpack to."""


class XlsxFormatConfig(Document):
    """Which sheet, and where the names of the columns are."""

    sheet: str = field("", title="Sheet", description="Its name; empty: the first", example="Orders")
    header_row: int = field(1, title="Header row", description="The row that names the columns", ge=1)


class XlsxFormat(Format):
    """Excel workbooks."""

    kind: ClassVar[str] = "xlsx"
    title: ClassVar[str] = "Excel (xlsx)"
    content_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    Config: ClassVar[type[BaseModel]] = XlsxFormatConfig
    config: XlsxFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """Records of the sheet; empty rows are none. Numbers are exact as stored, moments ISO 8601."""
        from openpyxl import load_workbook  # noqa: PLC0415 - slow to import, seldom needed

        try:
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                if sum(item.file_size for item in packed.infolist()) > LARGEST:
                    raise unreadable(where, f"unpacks to more than {LARGEST:,} bytes")
            book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise unreadable(where, f"is not an xlsx workbook ({error})", body[:40]) from None
        try:
            name = self.config.sheet or book.sheetnames[0]
            if name not in book.sheetnames:
                raise unreadable(where, f"has no sheet '{name}'", hint=f"it has: {', '.join(book.sheetnames)}")
            return list(self._records(book[name].iter_rows(min_row=self.config.header_row, values_only=True), where))
        finally:
            book.close()

    def _records(self, rows: Iterator[tuple[Any, ...]], where: str) -> Iterator[dict[str, Any]]:
        names = ["" if name is None else str(name).strip() for name in next(rows, ())]
        for name in filter(None, names):
            if names.count(name) > 1:
                raise unreadable(
                    where, f"has two columns '{name}'", hint="rename one, or see the format's header row"
                )
        for row in rows:
            if any(value is not None for value in row):
                yield {name: _plain(value) for name, value in zip(names, row, strict=False) if name}

    def encode(self, value: Any) -> bytes:
        """Records as rows below their names."""
        from openpyxl import Workbook  # noqa: PLC0415

        items = value if isinstance(value, list) else [value]
        columns: list[str] = []
        for item in items:
            if not isinstance(item, dict):
                raise unfit(self.title, f"{str(item)[:60]!r} has no columns")
            columns += [name for name in item if name not in columns]
        book = Workbook(write_only=True)
        sheet = book.create_sheet(self.config.sheet or "Sheet1")
        for _ in range(self.config.header_row - 1):
            sheet.append([])
        sheet.append(columns)
        try:
            for item in items:
                sheet.append([_cell(item.get(name)) for name in columns])
        except ValueError as error:
            raise unfit(self.title, str(error)) from None
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else Decimal(repr(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.encode_text(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
        return str(value)  # a spreadsheet's numbers have fifteen digits
    if isinstance(value, str) and value.startswith("="):
        return f"'{value}"  # text, not a formula that someone else wrote
    return value if value is None or isinstance(value, str | int | Decimal | bool) else to_text(value)
