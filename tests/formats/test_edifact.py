"""EDIFACT: separators, release, character sets, groups."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.test_contract import BOUNDED

from weftline.errors import RecordError, UnreadableBodyError
from weftline.formats import FORMATS, Format

ORDER = (
    "UNA:+.? '\n"
    "UNB+UNOC:3+5412345000013:14+4012345000094:14+260131:1005+77'\n"
    "UNH+1+ORDERS:D:96A:UN'\nBGM+220+PO?+17?'A+9'\nDTM+137:20260131:102'\nLIN+1++Jürgen?:s:EN'\nUNT+5+1'\n"
    "UNH+2+ORDERS:D:96A:UN'\nBGM+220+18'\nUNT+3+2'\n"
    "UNZ+2+77'\n"
).encode("latin-1")
TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=6)
ELEMENT = TEXT | st.lists(TEXT, min_size=2, max_size=3)
REPEATED = ELEMENT | st.lists(ELEMENT, min_size=2, max_size=3).map(lambda found: {"repeat": found})


def make(**config: Any) -> Format:
    return FORMATS.get("edifact")(FORMATS.config("edifact", config))


def read(body: bytes) -> Any:
    return make().decode(body, where="test")


@st.composite
def interchanges(draw: st.DrawFn) -> list[dict[str, Any]]:
    elements = st.lists(REPEATED)
    segment = st.fixed_dictionaries({"id": st.sampled_from(["BGM", "DTM"]), "elements": elements})
    found: list[dict[str, Any]] = []
    for control in range(draw(st.integers(1, 3))):
        unb = {
            "syntax": ["UNOY", "4"], "sender": draw(ELEMENT), "receiver": draw(ELEMENT), "prepared": "",
            "control": str(control),
        }  # fmt: skip
        ung = {"type": "ORDERS", "sender": "", "receiver": draw(TEXT), "prepared": "", "control": "g"}
        shared = {"unb": unb} | ({"ung": ung} if draw(st.booleans()) else {})
        for number in range(draw(st.integers(1, 3))):
            head = {"control": str(number), "message": ["ORDERS", "D", "96A", "UN"]}
            found.append({**shared, **head, "segments": draw(st.lists(segment, max_size=4))})
    return found


def test_an_order_is_read():
    first, second = read(ORDER)
    assert first["unb"]["sender"] == ["5412345000013", "14"]
    assert (first["message"][0], first["control"], second["control"]) == ("ORDERS", "1", "2")
    assert first["segments"] == [
        {"id": "BGM", "elements": ["220", "PO+17'A", "9"]},
        {"id": "DTM", "elements": [["137", "20260131", "102"]]},
        {"id": "LIN", "elements": ["1", "", ["Jürgen:s", "EN"]]},
    ]


def test_it_is_written_as_it_came():
    assert make(line_breaks=True).encode(read(ORDER)) == ORDER


def test_without_una_the_usual_separators_count():
    assert read(ORDER.removeprefix(b"UNA:+.? '\n")) == read(ORDER)


def test_una_may_say_others():
    assert read(b"UNA;|.\\ ~UNB|UNOC;3|A|B|1|7~UNH|1|INVOIC;D~FTX|a\\|b;c~UNT|3|1~UNZ|1|7~")[0]["segments"] == [
        {"id": "FTX", "elements": [["a|b", "c"]]}
    ]


@BOUNDED
@given(interchanges(), st.booleans())
def test_records_come_back(records: list[dict[str, Any]], una: bool):
    assert read(make(una=una).encode(records)) == records


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"UNT+5+1", b"UNT+4+1", "counts 4 in 'UNT', but there are 5"),
        (b"UNT+5+1", b"UNT+5+3", "'UNT' 3, but 'UNH' 1"),
        (b"UNZ+2+77", b"UNZ+1+77", "counts 1 in 'UNZ', but there are 2"),
        (b"UNZ+2+77", b"UNZ+2+78", "'UNZ' 78, but 'UNB' 77"),
        (b"UNZ+2+77'\n", b"", "breaks off"),
        (b"UNT+5+1'\n", b"", "has 'UNH' before the one before has ended"),
        (b"UNH+1+ORDERS:D:96A:UN'\n", b"", "has 'BGM' outside of a message"),
        (b"UNOC", b"UNOY", "is not utf-8"),
        (b"UNA:+.? '\nUNB", b"XYZ", "is not EDIFACT"),
        (b"UNA:+.?", b"UNA++.?", "its UNA does not say different separators"),
    ],
)
def test_what_is_wrong_is_named(old: bytes, new: bytes, words: str):
    with pytest.raises(UnreadableBodyError, match=words):
        read(ORDER.replace(old, new, 1))


def test_a_character_that_the_set_lacks_is_refused():
    record = read(ORDER)[0]
    with pytest.raises(RecordError, match="UNOA has no 'ü'"):
        make().encode(record | {"unb": record["unb"] | {"syntax": ["UNOA", "2"]}})


@pytest.mark.parametrize("change", [{"unb": 1}, {"message": ""}, {"control": ""}, {"segments": [1]}, {"ung": 3}])
def test_what_does_not_fit_is_refused(change: dict[str, Any]):
    with pytest.raises(RecordError, match="cannot be written as EDIFACT"):
        make().encode(read(ORDER)[0] | change)
