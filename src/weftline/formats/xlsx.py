"""Spreadsheets (xlsx): a sheet's rows as records."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any, ClassVar

from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import IllegalCharacterError  # type: ignore[import-untyped]
from pydantic import BaseModel

from weftline.errors import UnreadableBodyError
from weftline.formats.base import Format, text_of, unfit, unreadable
from weftline.kernel import json
from weftline.model import Document, field

LARGEST = 512 * 1024 * 1024
"""Bytes that a workbook may unpack to."""

DIGITS = 15
"""What a spreadsheet's numbers hold; longer ones are written as text."""

_MOMENT = re.compile(rb">\d{4}-\d\d-\d\dT[\d:]+Z<")


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
        if not body:
            return []
        try:
            _check(body, where)
            book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
            try:
                name = self.config.sheet or book.sheetnames[0]
                if name not in book.sheetnames:
                    raise unreadable(where, f"has no sheet '{name}'", hint=f"it has: {', '.join(book.sheetnames)}")
                return list(
                    self._records(book[name].iter_rows(min_row=self.config.header_row, values_only=True), where)
                )
            finally:
                book.close()
        except UnreadableBodyError:
            raise
        except Exception as error:  # of a damaged workbook the library raises whatever it meets
            raise unreadable(where, f"is not an xlsx workbook ({error})", body[:40]) from None

    def _records(self, rows: Iterator[tuple[Any, ...]], where: str) -> Iterator[dict[str, Any]]:
        names = ["" if name is None else str(name).strip() for name in next(rows, ())]
        for name in filter(None, names):
            if names.count(name) > 1:
                raise unreadable(
                    where, f"has two columns '{name}'", hint="rename one, or see the format's header row"
                )
        for row in rows:
            if any(value is not None for value in row):
                yield {name: _plain(value) for name, value in zip_longest(names, row) if name}

    def encode(self, value: Any) -> bytes:
        """Records as rows below their names."""
        items = value if isinstance(value, list) else [value]
        columns: dict[str, None] = {}
        for item in items:
            if not isinstance(item, dict):
                raise unfit(self.title, f"{str(item)[:60]!r} has no columns")
            columns |= dict.fromkeys(item)
        book = Workbook(write_only=True)
        try:
            sheet = book.create_sheet(self.config.sheet or "Sheet1")
            # All cells before the first row: a sheet that has begun to be written cannot be given up.
            rows = [[_cell(sheet, name) for name in columns]]
            rows += [[_cell(sheet, item.get(name)) for name in columns] for item in items]
        except (ValueError, IllegalCharacterError) as error:
            raise unfit(self.title, str(error) or "it has control characters") from None
        for row in [[]] * (self.config.header_row - 1) + rows:
            sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return _timeless(out)


def _check(body: bytes, where: str) -> None:
    """Refuse what unpacks to too much, and declarations that could expand to anything."""
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        if sum(item.file_size for item in packed.infolist()) > LARGEST:
            raise unreadable(where, f"unpacks to more than {LARGEST:,} bytes", hint="ask for less at once")
        for item in packed.infolist():
            with packed.open(item) as opened:
                if b"<!DOCTYPE" in opened.read(4096).replace(b"\0", b""):
                    raise unreadable(where, f"has a document type declaration in '{item.filename}'")


def _timeless(written: io.BytesIO) -> bytes:
    """The workbook without the time of its making: the same records give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            inside = old.read(name)
            if name == "docProps/core.xml":
                inside = _MOMENT.sub(b">2000-01-01T00:00:00Z<", inside)
            new.writestr(zipfile.ZipInfo(name), inside, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else Decimal(repr(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else value


def _cell(sheet: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal) and len(Decimal(value).as_tuple().digits) <= DIGITS:
        return value
    cell = WriteOnlyCell(sheet, json.encode_text(value) if isinstance(value, dict | list) else text_of(value))
    cell.data_type = "s"  # never a formula or an error, whatever it begins with
    return cell
