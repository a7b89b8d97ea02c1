"""Workbooks, bytes and multipart forms, judged by other readers; and sample payloads."""

from __future__ import annotations

import base64
import io
from datetime import date, datetime
from decimal import Decimal
from email import message_from_bytes
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from tests.connectors.test_plan import made, plan
from tests.formats.making import decode, make, read
from tests.house.places import ROOT

from weftline.errors import RecordError, UnreadableBodyError

FILE = {
    "filename": 'Käse "1".bin',
    "content_type": "image/png",
    "base64": base64.b64encode(bytes(range(256))).decode(),
}


def workbook(*rows: list[Any], sheet: str = "Orders") -> bytes:
    book = Workbook()
    book.active.title = "Notes"
    made_sheet = book.create_sheet(sheet)
    for row in rows:
        made_sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_is_read_by_name_below_its_header():
    body = workbook(
        ["Orders of January"], ["no", "total", "at", "day", "paid", None],
        [7, 19.9, datetime(2026, 1, 31, 10, 5), date(2026, 1, 31), True, "x"],  # noqa: DTZ001 - sheets have no zones
        [], ["A-8", 0.1, None, None, False],
    )  # fmt: skip
    assert decode("xlsx", body, sheet="Orders", header_row=2) == [
        {"no": 7, "total": Decimal("19.9"), "at": "2026-01-31T10:05:00", "day": "2026-01-31T00:00:00", "paid": True},
        {"no": "A-8", "total": Decimal("0.1"), "at": None, "day": None, "paid": False},
    ]
    assert decode("xlsx", body) == []
    with pytest.raises(UnreadableBodyError, match=r"has no sheet 'Order'.*Notes, Orders"):
        decode("xlsx", body, sheet="Order")
    with pytest.raises(UnreadableBodyError, match="two columns 'a'"):
        decode("xlsx", workbook(["a", "a"]), sheet="Orders")


def test_a_sheet_is_written_as_a_spreadsheet_reads_it():
    record = {"no": 7, "total": Decimal("19.90"), "big": 12345678901234567890, "text": "=1+1", "more": [1]}
    sheet = load_workbook(io.BytesIO(make("xlsx", sheet="Orders").encode(record)))["Orders"]
    assert [cell.value for cell in sheet[2]] == [7, 19.9, "12345678901234567890", "=1+1", "[1]"]
    assert sheet["D2"].data_type == "s", "text is never a formula"
    with pytest.raises(RecordError, match="cannot be written as Excel"):
        make("xlsx").encode({"a": "\x01"})


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("weftline.formats.xlsx.LARGEST", 1000)
    with pytest.raises(UnreadableBodyError, match="unpacks to more than 1,000 bytes"):
        decode("xlsx", workbook(["a"]))


def test_bytes_keep_their_content_type():
    made_by = make("binary", content_type="application/pdf")
    assert made_by.content_type_of(b"%PDF") == "application/pdf"
    assert made_by.encode({"base64": "JVBERg=="}) == b"%PDF"
    assert made_by.decode(b"%PDF", where="test", content_type="text/plain")["content_type"] == "text/plain"
    for value in ({"base64": "?"}, {}, 1):
        with pytest.raises(RecordError, match="base64"):
            made_by.encode(value)


def test_a_multipart_form_is_what_another_reader_reads():
    made_by = make("multipart")
    body = made_by.encode({"a": 1, "b": [FILE, {"filename": "n.txt", "text": "x\r\n"}], "none": None})
    parts = message_from_bytes(
        b"Content-Type: " + made_by.content_type_of(body).encode() + b"\r\n\r\n" + body
    ).get_payload()
    assert [part.get_param("name", header="content-disposition") for part in parts] == ["a", "b", "b"]
    assert [part.get_content_type() for part in parts] == ["text/plain", "image/png", "application/octet-stream"]
    assert made_by.decode(body, where="test")["b"][0] == FILE
    for value in ([1], {"a": {}}, {"a": {"base64": "?"}}):
        with pytest.raises(RecordError, match="cannot be written as"):
            made_by.encode(value)


def test_a_name_cannot_bring_a_header_along():
    body = make("multipart").encode(
        {'a"\r\nX: 1': {"filename": "b\r\n\r\nc", "text": "", "content_type": "a/b\r\nY: 2"}}
    )
    assert b"\r\nX: 1" not in body
    assert b"\r\nY: 2" not in body


def test_the_request_says_the_boundary():
    made_by = plan(format="json", request={"path": "/o", "method": "POST", "format": "multipart", "body": {"a": "b"}})
    request = made(made_by)
    kind, _, boundary = request.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    assert (request.body or b"").startswith(f"--{boundary}\r\n".encode())


@pytest.mark.shared_data
def test_sample_payloads_survive():
    for path in (ROOT.parent / "shared" / "data").glob("*/*.json"):
        body = path.read_bytes()
        document = decode("json", body)
        assert decode("json", make("json").encode(document)) == document
        key = "" if isinstance(document, list) else next(iter(document))
        found = document[key] if key else document
        records = found if isinstance(found, list) else [found]
        assert read("json", key, *[body[at : at + 700] for at in range(0, len(body), 700)]) == records
        assert decode("ndjson", make("ndjson").encode(records)) == records
        assert len(decode("csv", make("csv").encode(records))) == len(records)
        xml = make("xml", root="all", item="one").encode(records)
        assert len(read("xml", "all.one", xml)) == len(records)
