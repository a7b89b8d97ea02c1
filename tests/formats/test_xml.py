"""XML: names, lists, and what is never read."""

from __future__ import annotations

from typing import Any

import pytest
from tests.formats.making import decode, make, read

from weftline.errors import RecordError, UnreadableBodyError

ORDERS = b"""<?xml version="1.0"?>
<a:orders xmlns:a="urn:acme" page="1">
  <a:order id="7"><no>A-1</no><line>x</line><line>y &amp; z</line><note/></a:order>
  <a:order id="8"><no>A-2</no><line>x</line><note lang="de">gut</note></a:order>
</a:orders>"""
FIRST = {"@id": "7", "no": "A-1", "line": ["x", "y & z"], "note": None}
SECOND = {"@id": "8", "no": "A-2", "line": "x", "note": {"@lang": "de", "#text": "gut"}}


def test_elements_attributes_text_and_lists():
    assert decode("xml", ORDERS) == {"orders": {"@page": "1", "order": [FIRST, SECOND]}}


def test_namespaces_are_kept_on_request_and_written_back():
    kept = decode("xml", ORDERS, namespaces="keep")
    assert kept["a:orders"]["@xmlns:a"] == "urn:acme"
    assert kept["a:orders"]["a:order"] == [FIRST, SECOND]
    again = make("xml", namespaces="keep").encode(kept)
    del kept["a:orders"]["a:order"][0]["note"]  # null is not written
    assert decode("xml", again, namespaces="keep") == kept


def test_items_are_read_where_the_path_says():
    assert read("xml", "orders.order", ORDERS[:150], ORDERS[150:]) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("body", "entry", "expected"),
    [
        (b"<a><b><c>1</c></b></a>", "c", {"a": {"b": {"c": ["1"]}}}),
        (b"<a><b><c>1</c></b></a>", "b.c", {"a": {"b": {"c": ["1"]}}}),
        (b"<a><b><c>1</c></b><c>2</c></a>", "b.c", {"a": {"b": {"c": ["1"]}, "c": "2"}}),
        (b"<a><b/></a>", "a.b.c", {"a": {"b": {"c": []}}}),
        (b"<a><b/></a>", "c", {"a": {"b": None}}),
    ],
)
def test_one_element_or_none_is_a_list_where_that_is_said(body: bytes, entry: str, expected: Any):
    assert decode("xml", body, force_list=[entry]) == expected


def test_an_empty_list_is_no_records_but_another_document_is_an_error():
    assert read("xml", "orders.order", b"<orders/>") == []
    with pytest.raises(UnreadableBodyError, match=r"has no 'orders\.order'"):
        read("xml", "orders.order", b"<error>locked</error>")


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b "1"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    ],
)
def test_declarations_are_refused(body: bytes):
    with pytest.raises(UnreadableBodyError, match="document type declaration"):
        decode("xml", body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<a>" * 300, "nested deeper than 200"),
        (b"<a>\n<b></a>", "mismatched tag\\) in line 2, column 6"),
        (b"<a><b>", "breaks off in line 1"),
        (b"<a>&b;</a>", "undefined entity"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, words: str):
    with pytest.raises(UnreadableBodyError, match=words):
        decode("xml", body)


def test_a_record_is_put_into_the_root_that_the_config_names():
    made = make("xml", root="o:orders", item="order", attributes={"xmlns:o": "urn:o"})
    assert made.encode([{"@id": 1, "no": "<1>"}, {"no": None}]) == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<o:orders xmlns:o="urn:o"><order id="1"><no>&lt;1&gt;</no></order><order/></o:orders>'
    )


@pytest.mark.parametrize(
    "value", [{}, {"a": 1, "b": 2}, [1], {"a": [1, 2]}, {"a b": 1}, {"a": "\0"}, {"a": {"@<": 1}}]
)
def test_what_is_no_document_is_refused(value: Any):
    with pytest.raises(RecordError, match="cannot be written as XML"):
        make("xml").encode(value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_declared_encoding_is_read(encoding: str):
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>Käse</a>'
    assert decode("xml", text.encode(encoding)) == {"a": "Käse"}
