"""What every kind of format keeps, whatever it writes."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weftline.errors import UnreadableBodyError, WeftlineError
from weftline.formats import FORMATS, Format
from weftline.formats.base import RecordReader

PLAIN = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
NAMES = st.from_regex(r"\A[a-z][a-z0-9_]{0,6}\Z").filter(lambda name: name != "item")
NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=2)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
TREES = st.dictionaries(
    NAMES, PLAIN | st.dictionaries(NAMES, PLAIN, min_size=1, max_size=3) | st.lists(PLAIN, min_size=2, max_size=3)
)


@dataclass
class Case:
    """One kind with a config: values that come back as they went, and bodies that it must refuse."""

    kind: str
    values: st.SearchStrategy[Any]
    garbage: Sequence[bytes]
    config: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    """Where the records lie in a document that was written."""

    def make(self) -> Format:
        return FORMATS.get(self.kind)(FORMATS.config(self.kind, self.config))


ROWS = st.lists(st.fixed_dictionaries({"a": PLAIN, "b b": st.text(max_size=9), 'c"': PLAIN}), min_size=1, max_size=6)
FILES = st.builds(
    lambda name, body: {"filename": name, "content_type": "text/plain", "base64": base64.b64encode(body).decode()},
    PLAIN,
    st.binary(),
)


def file_record(body: bytes) -> dict[str, Any]:
    text = base64.b64encode(body).decode()
    return {"base64": text, "content_type": "application/octet-stream", "size_bytes": len(body)}


def filled(rows: list[dict[str, str]]) -> list[dict[str, str | None]]:
    """Empty cells are null in a sheet."""
    return [{name: "".join(map(visible, text)) or None for name, text in row.items()} for row in rows]


def visible(character: str) -> str:
    return character if character.isprintable() else ""


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in members.items():
            packed.writestr(f"{name}.xml", text)
    return out.getvalue()


EDI_SEGMENTS = st.lists(
    st.fixed_dictionaries({"id": st.just("NTE"), "elements": st.lists(st.text("aZ9 ü", max_size=4), max_size=3)}),
    max_size=3,
)
ISA = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260131*1005*U*00401*000000001*0*P*:~"
ISA_NAMES = {
    "authorization_qualifier": "00", "authorization": "", "security_qualifier": "00", "security": "",
    "sender_qualifier": "ZZ", "sender": "A", "receiver_qualifier": "ZZ", "receiver": "B", "date": "260131",
    "time": "1005", "standards": "U", "version": "00401", "control": "000000001", "acknowledge": "0", "usage": "P",
}  # fmt: skip
GS_NAMES = {"function": "PO", "sender": "", "receiver": "", "date": "", "time": "", "control": "7"}
X12 = st.lists(
    EDI_SEGMENTS.map(
        lambda segments: {
            "isa": ISA_NAMES, "gs": GS_NAMES,
            "set": "850", "control": "1", "segments": segments,
        }
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip
UNB = b"UNB+UNOY:3+A+B+260131:1005+1'"
UNB_NAMES = {"syntax": ["UNOY", "3"], "sender": "A", "receiver": "B", "prepared": ["260131", "1005"], "control": "1"}
EDIFACT = st.lists(
    EDI_SEGMENTS.map(
        lambda segments: {"unb": UNB_NAMES, "control": "1", "message": ["ORDERS", "D"], "segments": segments}
    ),
    min_size=1,
    max_size=3,
)
ZIP, DOCTYPE = zipped(a="<a/>"), zipped(workbook="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
CASES = {
    "json": Case(
        "json",
        VALUES,
        [
            b"<html>",
            b"{",
            b'{"a":1',
            b'["\xff"]',
            b"[1,]",
            b"[1,2",
            b"nul",
            b'[{"a":1}}',
            b"[1e9999999999999999999999]",
        ],
    ),
    "ndjson": Case("ndjson", st.lists(VALUES), [b"<html>", b'{"a":1}\n{', b'{"a":"\xff"}', b'{"a":1} {"a":2}']),
    "csv": Case("csv", ROWS, [b'a,b\n1,"2', b"a,b\n1\n", b"a,a\n1,2", b"a\n\xff", b'a,b\n"1"2,3']),
    "csv-semicolon": Case(
        "csv",
        ROWS,
        [b"a;b\n1\n", b"\xff"],
        {"delimiter": ";", "quote": "'", "encoding": "utf-16", "header": False, "columns": ["a", "b b", 'c"']},
    ),
    "text": Case("text", st.fixed_dictionaries({"text": st.text()}), [b"\xff", "ü".encode()[:1]]),
    "text-lines": Case("text", st.lists(st.fixed_dictionaries({"text": PLAIN})), [b"\xff"], {"records": "lines"}),
    "form": Case("form", st.dictionaries(PLAIN, st.text()), [b"a=1&b", b"a=%ff", b"\xff=1"]),
    "xml": Case(
        "xml",
        TREES.filter(bool).map(lambda tree: {"root": tree}),
        [b"{}", b"<a>", b"<a></b>", b"<a>\xff</a>", b"<a/><b/>", b'<!DOCTYPE a SYSTEM "x"><a/>'],
    ),
    "xlsx": Case("xlsx", ROWS.map(filled), [b"a,b", b"PK\x03\x04", ZIP, DOCTYPE]),
    "binary": Case("binary", st.binary().map(file_record), []),
    "x12": Case(
        "x12",
        X12,
        [b"a,b", b"ISA*00", ISA, ISA + b"GS*PO*A*B*1*1*7*X*1~", ISA + b"IEA*1*000000001~", ISA + b"BEG*1~", b"ISB*"],
    ),
    "edifact": Case(
        "edifact",
        EDIFACT,
        [b"a,b", b"UNA:+", UNB, UNB + b"UNH+1+ORDERS'", UNB + b"UNZ+1+1'", UNB + b"BGM+1'"],
    ),
    "multipart": Case(
        "multipart",
        st.dictionaries(PLAIN, PLAIN | st.lists(PLAIN | FILES, min_size=2, max_size=3) | FILES),
        [
            b"a=1",
            b"--b\r\n",
            b"--b\r\n\r\nx\r\n--b--\r\n",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
        ],
    ),
}
BOUNDED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
EMPTY = [[], [{}], [{"text": ""}], [file_record(b"")]]
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def records_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def read(reader: RecordReader, body: bytes, cuts: Sequence[int]) -> list[Any]:
    """All records of a body that comes cut at these places."""
    found: list[Any] = []
    at = 0
    for cut in [*sorted(cut % (len(body) + 1) for cut in cuts), len(body)]:
        found += reader.feed(body[at:cut])
        at = cut
    return found + reader.close()


def test_every_kind_is_here():
    assert {case.kind for case in CASES.values()} == set(FORMATS.kinds())


@EACH
@BOUNDED
@given(data=st.data())
def test_what_is_written_is_read_again(case: Case, data: st.DataObject):
    value = data.draw(case.values)
    made = case.make()
    body = made.encode(value)
    assert made.decode(body, where="test", content_type=made.content_type_of(body)) == value
    assert case.make().encode(value) == body, "the same record gives the same bytes"


@EACH
@BOUNDED
@given(data=st.data())
def test_a_body_in_pieces_has_the_same_records(case: Case, data: st.DataObject):
    value = data.draw(case.values)
    made = case.make()
    body = made.encode(value)
    cuts = data.draw(st.lists(st.integers(0, 10_000), max_size=12))
    expected = records_of(made.decode(body, where="test", content_type=made.content_type_of(body)))
    assert read(made.reader("", where="test"), body, cuts) == expected
    assert read(made.reader("", where="test"), body, range(min(len(body), 400))) == expected


@EACH
def test_an_empty_body_has_no_records(case: Case):
    made = case.make()
    assert records_of(made.decode(b"", where="test")) in EMPTY
    assert read(made.reader("", where="test"), b"", [0, 0]) in EMPTY


@EACH
def test_garbage_is_refused_by_name(case: Case):
    for body in case.garbage:
        with pytest.raises(UnreadableBodyError, match="Acme 'orders'") as caught:
            case.make().decode(body, where="Acme 'orders'")
        assert caught.value.hint
        for cuts in ([], range(len(body))):
            with pytest.raises(UnreadableBodyError, match="Acme 'orders'"):
                read(case.make().reader("", where="Acme 'orders'"), body, cuts)


@EACH
@BOUNDED
@given(data=st.data())
def test_any_bytes_are_read_or_refused(case: Case, data: st.DataObject):
    made = case.make()
    body = data.draw(st.binary(max_size=60) | st.sampled_from([*case.garbage, b""]).map(lambda body: body * 2))
    with suppress(UnreadableBodyError):
        made.decode(body, where="test")
    with suppress(UnreadableBodyError):
        read(made.reader("a.b", where="test"), body, data.draw(st.lists(st.integers(0, 60))))


@EACH
@BOUNDED
@given(data=st.data())
def test_a_body_cut_short_is_read_or_refused(case: Case, data: st.DataObject):
    made = case.make()
    body = made.encode(data.draw(case.values))
    cut = body[: data.draw(st.integers(0, len(body)))]
    with suppress(UnreadableBodyError):
        made.decode(cut, where="test", content_type=made.content_type_of(body))
    with suppress(UnreadableBodyError):
        read(made.reader("", where="test"), cut, [len(cut) // 2])


@EACH
@BOUNDED
@given(value=VALUES)
def test_any_value_is_written_or_refused(case: Case, value: Any):
    with suppress(WeftlineError):
        case.make().encode(value)


@EACH
@pytest.mark.parametrize(
    "number", [Decimal("1e99999"), 10**4000, Decimal("-1e-99999")], ids=["large", "long", "small"]
)
def test_a_number_with_too_many_digits_is_written_or_refused(case: Case, number: Any):
    for value in ({"text": number, "a": number}, [{"a": number}], number):
        with suppress(WeftlineError):
            case.make().encode(value)


@EACH
def test_the_config_is_documented(case: Case):
    fields = FORMATS.get(case.kind).Config.model_fields
    assert all(field.title for field in fields.values())
    assert all(
        field.description or field.examples or field.annotation is bool or len(field.title or "") > 3
        for field in fields.values()
    )


def test_numbers_are_written_as_they_are():
    record = {"n": Decimal("19.90"), "big": 2**64 + 1}
    assert b"19.90" in CASES["json"].make().encode(record)
    for kind in ("ndjson", "csv", "form"):
        assert b"18446744073709551617" in CASES[kind].make().encode(record)
