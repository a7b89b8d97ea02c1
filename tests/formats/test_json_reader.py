"""JSON in pieces: the list is found wherever it lies, and nothing else is taken for it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.making import decode, make, read
from tests.formats.test_contract import BOUNDED, VALUES

from weftline.errors import UnreadableBodyError

KEYS = st.dictionaries(st.text(max_size=3).filter(lambda key: key not in ("a", "b")), VALUES, max_size=3)


@BOUNDED
@given(st.lists(VALUES), KEYS, KEYS, KEYS, st.lists(st.integers(0, 5000), max_size=8), st.booleans())
def test_a_list_is_found_among_anything(
    items: list[Any], before: Any, beside: Any, after: Any, cuts: list[int], spaced: bool
):
    body = make("json").encode({**before, "a": {**beside, "b": items, "z": [[beside]]}, "y": after})
    if spaced:
        body = b" \n\t" + body.replace(b'"a":{', b'"a" :\n {').replace(b'"b":[', b'"b": [ ') + b"\r\n"
        items = decode("json", body)["a"]["b"]
    at = [0, *sorted(cut % len(body) for cut in cuts), len(body)]
    pieces = [body[start:end] for start, end in pairwise(at)]
    assert read("json", "a.b", *pieces) == items
    assert read("json", "a.b", *[body[at : at + 1] for at in range(len(body))]) == items


def test_numbers_are_exact():
    assert read("json", "n", b'{"n":[0.1', b"0,12345678901234567890", b'12,1e2]}') == [
        Decimal("0.10"), 1234567890123456789012, Decimal("1e2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        (b'{"a":null}', "a", []),
        (b'{"a":{"b":1}}', "a", [{"b": 1}]),
        (b'{"a":7}', "a", [7]),
        (b'{"a":"x"}', "a", ["x"]),
        (b"7", "", [7]),
        (b'"a"', "", ["a"]),
        (b"null", "", []),
        (b'{"a":1}', "", [{"a": 1}]),
        (b'{"a":[]}', "a", []),
        (b"\xef\xbb\xbf[1]", "", [1]),
        (b" ", "", []),
        (b'{"a":[[1],[2]]}', "a[0]", [1]),
        (b'{"\\u0061":[1]}', "a", [1]),
        (b'{"a":[' + b"[" * 60 + b"]" * 60 + b"]}", "a", decode("json", b"[" + b"[" * 60 + b"]" * 60 + b"]")),
    ],
)
def test_what_stands_at_the_path_is_read(body: bytes, path: str, expected: list[Any]):
    assert read("json", path, body) == expected
    assert read("json", path, *[bytes([byte]) for byte in body]) == expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "is not JSON"),
        (b'{"error":"locked"}', "has no 'a'"),
        (b'{"a":[1,2', "breaks off"),
        (b'{"a":[1,2]', "breaks off"),
        (b'{"a":[1,{"b":', "breaks off"),
        (b'{"a":[1,]}', "is not JSON near byte"),
        (b'{"a":[,1]}', "is not JSON near byte"),
        (b'{"a":[1 2]}', "is not JSON near byte"),
        (b'{"a":[1}}', "breaks off, or is not JSON"),
        (b'{"a":[1]]', "is not JSON near byte"),
        (b'{"a":[1]}}', "goes on after its end"),
        (b'{,"a":[1]}', "is not JSON near byte"),
        (b'{"b":1 "a":[1]}', "is not JSON"),
        (b'{"a":["\xff"]}', "not UTF-8"),
        (b'{"a":[' + b"[" * 120 + b"]" * 120 + b"]}", "breaks off, or is not JSON"),
        (b"[1]", "has no 'a'"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, words: str):
    for pieces in ([body], [bytes([byte]) for byte in body]):
        with pytest.raises(UnreadableBodyError, match=words):
            read("json", "a", *pieces)


def test_a_large_item_is_not_looked_at_again_with_every_piece():
    item = b'{"a":"' + b"x" * 4_000_000 + b'"}'
    body = b"[" + item + b"," + item + b"]"
    assert len(read("json", "", *[body[at : at + 1000] for at in range(0, len(body), 1000)])) == 2
