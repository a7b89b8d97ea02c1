"""CSV, NDJSON, text and forms: dialects, encodings, places of errors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from tests.formats.making import decode, make, read

from weftline.errors import DocumentError, RecordError, UnreadableBodyError


@pytest.mark.parametrize(
    ("body", "config", "expected"),
    [
        (b"a,b\r\n1,\r\n", {}, [{"a": "1", "b": ""}]),
        (b"\xef\xbb\xbfa,b\n1,2", {"encoding": "utf-8-sig"}, [{"a": "1", "b": "2"}]),
        (b"\xef\xbb\xbfa,b\n1,2", {}, [{"a": "1", "b": "2"}]),
        ("a;b\nKäse;2\n".encode("latin-1"), {"delimiter": ";", "encoding": "latin-1"}, [{"a": "Käse", "b": "2"}]),
        ("a\tb\n1\t2\n".encode("utf-16"), {"delimiter": "\\t", "encoding": "utf-16"}, [{"a": "1", "b": "2"}]),
        (b"1,2\n3,4\n", {"header": False, "columns": ["x", "y"]}, [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}]),
        (b"1,2\n", {"header": False}, [{"column_1": "1", "column_2": "2"}]),
        (b"a,b\n\n1,2\n\n", {}, [{"a": "1", "b": "2"}]),
        (b'a,b\n"x\n""y"", z",2\n', {}, [{"a": 'x\n"y", z', "b": "2"}]),
        (b"a|b\n'1|1'|2\n", {"delimiter": "|", "quote": "'"}, [{"a": "1|1", "b": "2"}]),
        (b"a,b\n1\n1,2,3\n", {"ragged": "fill"}, [{"a": "1", "b": ""}, {"a": "1", "b": "2"}]),
        (b"a,b\n", {}, []),
        (b"", {}, []),
    ],
)
def test_csv_dialects(body: bytes, config: dict[str, Any], expected: Any):
    assert decode("csv", body, **config) == expected
    assert read("csv", "", *[bytes([byte]) for byte in body], **config) == expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"a,b\n1,2\n3\n", "has 1 values in line 3, but 2 columns"),
        (b'a,b\n"x\ny",2\n1,2,3\n', "has 3 values in line 4, but 2 columns"),
        (b"a,a\n1,2\n", "has two columns 'a'"),
        (b'a,b\n1,"2\n3', "breaks off within a quoted value after line 1"),
        (b"a\nx\xff\n", r"is not utf-8 \(near byte 3\)"),
    ],
)
def test_csv_errors_say_where(body: bytes, words: str):
    with pytest.raises(UnreadableBodyError, match=words):
        decode("csv", body)


def test_csv_writes_all_columns_or_those_named():
    records = [{"a": Decimal("1.10"), "b": None}, {"c": {"d": [1]}, "a": 'x,"y"'}]
    assert make("csv").encode(records) == b'a,b,c\r\n1.10,,\r\n"x,""y""",,"{""d"":[1]}"\r\n'
    named = make("csv", columns=["c", "a"], line_end="lf", header=False)
    assert named.encode(records[0]) == b",1.10\n"


def test_csv_guards_against_formulas_on_request():
    record = {"a": "=1+1", "b": -1, "c": "@x", "d": "a=b"}
    assert make("csv", header=False).encode(record) == b"=1+1,-1,@x,a=b\r\n"
    assert make("csv", header=False, guard_formulas=True).encode(record) == b"'=1+1,-1,'@x,a=b\r\n"


@pytest.mark.parametrize("config", [{"delimiter": ";;"}, {"encoding": "no-such"}, {"encoding": "base64"}])
def test_csv_settings_that_cannot_be(config: dict[str, Any]):
    with pytest.raises(DocumentError):
        make("csv", **config)


def test_ndjson_errors_name_the_line():
    assert decode("ndjson", b'\xef\xbb\xbf{"a":1.0}\r\n\n2') == [{"a": Decimal("1.0")}, 2]
    with pytest.raises(UnreadableBodyError, match="is not JSON in line 3"):
        decode("ndjson", b'{"a":1}\n\n{"a":\n')


def test_text_is_whole_or_lines():
    assert decode("text", b"a\r\nb") == {"text": "a\r\nb"}
    assert decode("text", b"a\r\nb\n", records="lines") == [{"text": "a"}, {"text": "b"}]
    assert make("text", encoding="latin-1").encode("ü") == b"\xfc"
    with pytest.raises(RecordError, match="has no '€'"):
        make("text", encoding="latin-1").encode("€")


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ("repeat", "a[b]=1&a[c]=x+y&a[c]=z"),
        ("brackets", "a[b]=1&a[c][]=x+y&a[c][]=z"),
        ("index", "a[b]=1&a[c][0]=x+y&a[c][1]=z"),
    ],
)
def test_forms_nest(lists: str, expected: str):
    body = make("form", lists=lists).encode({"a": {"b": 1, "c": ["x y", "z"]}, "n": None})
    assert unquote(body.decode()) == expected


def test_forms_are_read():
    assert decode("form", b"a=1&b=&a=%C3%BC") == {"a": ["1", "ü"], "b": ""}
