"""X12: envelopes, separators, counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.test_contract import BOUNDED

from weftline.errors import RecordError, UnreadableBodyError
from weftline.formats import FORMATS, Format

ORDER = (
    b"ISA*00*          *00*          *ZZ*ACME           *01*GLOBEX         *260131*1005*U*00401*000000007*0*P*>~\n"
    b"GS*PO*ACME*GLOBEX*20260131*1005*7*X*004010~\n"
    b"ST*850*0001~\nBEG*00*SA*4500017**20260131~\nPO1*1*12*EA*9.25**VP*A-1>B~\nCTT*1~\nSE*5*0001~\n"
    b"ST*850*0002~\nBEG*00*SA*4500018**20260131~\nSE*3*0002~\n"
    b"GE*2*7~\nIEA*1*000000007~\n"
)
TEXT = st.text(st.characters(exclude_characters="*:~^", exclude_categories=["C", "Z"]), max_size=6)
FULL = TEXT.filter(bool)
ELEMENT = TEXT | st.lists(TEXT, min_size=2, max_size=3)
REPEATED = ELEMENT | st.lists(ELEMENT, min_size=2, max_size=3).map(lambda found: {"repeat": found})
NUMBER = st.integers(1, 999_999_999)


def make(**config: Any) -> Format:
    return FORMATS.get("x12")(FORMATS.config("x12", config))


def read(body: bytes) -> Any:
    return make().decode(body, where="test")


def headers(draw: st.DrawFn) -> dict[str, Any]:
    isa = {
        "authorization_qualifier": "00", "authorization": "", "security_qualifier": "00", "security": "",
        "sender_qualifier": "ZZ", "sender": draw(FULL), "receiver_qualifier": "01", "receiver": draw(FULL),
        "date": "260131", "time": "1005", "version": "00402",
        "control": f"{draw(NUMBER):09}", "acknowledge": "0", "usage": "T",
    }  # fmt: skip
    control = str(draw(NUMBER))
    gs = {
        "function": "PO", "sender": draw(TEXT), "receiver": draw(TEXT), "date": "20260131", "time": "1005",
        "control": control, "agency": "X", "version": "004010",
    }  # fmt: skip
    return {"isa": isa, "gs": gs}


@st.composite
def interchanges(draw: st.DrawFn) -> list[dict[str, Any]]:
    segment = st.fixed_dictionaries({"id": st.sampled_from(["BEG", "N1", "PO1"]), "elements": st.lists(REPEATED)})
    found: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 3))):
        shared = headers(draw)
        for number in range(draw(st.integers(1, 3))):
            inside = draw(st.lists(segment, max_size=4))
            found.append({**shared, "set": "850", "control": f"{number:04}", "segments": inside})
    return found


def test_an_order_is_read():
    first, second = read(ORDER)
    assert (first["isa"]["sender"], first["isa"]["control"], first["gs"]["control"]) == ("ACME", "000000007", "7")
    assert (first["set"], first["control"], second["control"]) == ("850", "0001", "0002")
    assert first["segments"][1] == {"id": "PO1", "elements": ["1", "12", "EA", "9.25", "", "VP", ["A-1", "B"]]}


def test_it_is_written_as_it_came():
    assert make(component=">", line_breaks=True).encode(read(ORDER)) == ORDER


@BOUNDED
@given(interchanges())
def test_records_come_back(records: list[dict[str, Any]]):
    body = make(repetition="^").encode(records)
    assert read(body) == records
    assert body.count(b"ISA*") == body.count(b"IEA*") <= len(records)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"SE*5*", b"SE*6*", "counts 6 in 'SE', but there are 5"),
        (b"SE*5*0001", b"SE*5*0009", "'SE' 0009, but 'ST' 0001"),
        (b"GE*2*7", b"GE*1*7", "counts 1 in 'GE', but there are 2"),
        (b"GE*2*7", b"GE*2*8", "'GE' 8, but 'GS' 7"),
        (b"IEA*1*", b"IEA*3*", "counts 3 in 'IEA', but there are 1"),
        (b"IEA*1*000000007~\n", b"", "breaks off"),
        (b"SE*3*0002~\n", b"", "has 'GE' where nothing of its kind ends"),
        (b"ST*850*0001~\n", b"", "has 'BEG' outside of a message"),
        (b"SE*5*0001~\n", b"", "has 'ST' before the one before has ended"),
        (b"9.25", b"9\xff25", "is not utf-8"),
        (b"ISA*", b"ISB*", "is not X12"),
    ],
)
def test_what_is_wrong_is_named(old: bytes, new: bytes, words: str):
    with pytest.raises(UnreadableBodyError, match=words):
        read(ORDER.replace(old, new))


@pytest.mark.parametrize("value", ["a*b", "a~b", "a:b"])
def test_a_separator_within_a_value_is_refused(value: str):
    record = read(ORDER)[0] | {"segments": [{"id": "N1", "elements": [value]}]}
    with pytest.raises(RecordError, match="has the separator"):
        make().encode(record)


@pytest.mark.parametrize("change", [{"isa": {}}, {"gs": {}}, {"set": ""}, {"segments": [{"id": "BEG"}]}, {"isa": 1}])
def test_what_does_not_fit_is_refused(change: dict[str, Any]):
    with pytest.raises(RecordError, match="cannot be written as EDI X12"):
        make().encode(read(ORDER)[0] | change)
