from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weftline.errors import DocumentError
from weftline.model import Connector, Document, field
from weftline.model.yaml import MOST_BYTES, load_yaml, parse_yaml, read_document, to_yaml


class Part(Document):
    name: str = field(title="Name")
    amount: int = field(1, title="Amount")


class Whole(Document):
    title: str = field(title="Title")
    parts: list[Part] = field(list, title="Parts")


def read(text: str) -> Any:
    return parse_yaml(text, "flow.yaml")[0]


@pytest.mark.parametrize(
    "text",
    ["NO", "on", "y", "0123", "12:30", "1:30.5", "1234567_1", "0x1F", "1e3", ".inf", ".nan", "2026-07-01", "2026-07",
     "1_0.5"],
)  # fmt: skip
def test_what_may_be_an_id_or_a_word_stays_text(text: str) -> None:
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("False", False), ("~", None), ("", None), ("0", 0), ("-12", -12), ("'7'", "7"),
     ("123456789012345678901234567890", 123456789012345678901234567890)],
)  # fmt: skip
def test_plain_values(text: str, value: Any) -> None:
    found = read(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_money_keeps_its_digits() -> None:
    assert str(read("a: 1.20")["a"]) == "1.20"
    assert read("a: 1.20")["a"] == Decimal("1.2")


def test_places_name_line_and_column() -> None:
    _, places = parse_yaml("title: A\nparts:\n  - name: b\n    amount: 2\n", "flow.yaml")
    assert places["parts", 0, "amount"] == (4, 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "flow.yaml:3: the key 'a' stands twice"),
        ("a: &x 1\nb: *x\n", "flow.yaml:1: anchors are not read"),
        ("a: !!python/object:os.system x\n", "the tag 'tag:yaml.org,2002:python/object:os.system' is not read"),
        ("a:\n  <<: {b: 1}\n", "is not read"),
        ("a:\n\tb: 1\n", "flow.yaml:2:1"),
        ("? [a]\n: 1\n", "a key must be plain text"),
        ("a: " + "[" * 20_000, "nested deeper"),
        ("a: " + "[" * 80 + "]" * 80, "nested deeper"),
        ("a: \x00", "flow.yaml"),
        ("--- a\n--- b\n", "flow.yaml:2:1"),
    ],
)
def test_what_is_not_plain_data_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(text)
    assert said in caught.value.message
    assert "\n" not in caught.value.message


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8", exclude_categories=("C",))),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abcNOn01_:", min_size=1), inner, max_size=3)
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read(to_yaml({"a": value})) == {"a": value}


def test_a_document_names_file_line_and_key(tmp_path: Path) -> None:
    file = tmp_path / "whole.yaml"
    file.write_text("title: A\nparts:\n  - name: b\n    amuont: 2\n  - amount: many\n")
    with pytest.raises(DocumentError) as caught:
        read_document(file, Whole)
    message = caught.value.message
    assert f"{file}:4: unknown key 'parts.0.amuont'" in message
    assert f"{file}:5: 'parts.1.name' is missing" in message
    assert f"{file}:5: parts.1.amount:" in message
    assert caught.value.hint == "did you mean 'amount'?"


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff")
    with (tmp_path / "big.yaml").open("wb") as big:
        big.truncate(MOST_BYTES + 1)
    (tmp_path / "list.yaml").write_text("- 1")
    for name in ("none.yaml", ".", "latin.yaml", "big.yaml"):
        with pytest.raises(DocumentError, match=str(tmp_path)):
            load_yaml(tmp_path / name)
    with pytest.raises(DocumentError, match="expected keys and values"):
        read_document(tmp_path / "list.yaml", Connector)
