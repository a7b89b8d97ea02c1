"""Paths read, spread and write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weftline.errors import ExpressionError
from weftline.expr import MISSING, compile_path
from weftline.expr.reference import WILDCARD, spell

DOCUMENT: dict[str, Any] = {"a": {"b": [{"c": 1}, {"d": 2}, {"c": None}]}, "x-y": {"Order No": 5}, "n": {"0": "zero"}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b[0].c", 1),
        ("a.b.0.c", 1),
        ("a.b[-1].c", None),
        ("a.b[*].c", [1, MISSING, None]),
        ("a.b[5].c", MISSING),
        ("x-y.Order No", 5),
        ('["x-y"]["Order No"]', 5),
        ("n.0", "zero"),
        ("", DOCUMENT),
        ("a.z[*].c", MISSING),
    ],
)
def test_get(path: str, value: Any) -> None:
    assert compile_path(path).get(DOCUMENT) == value


def test_get_all_is_flat_and_leaves_out_what_is_missing() -> None:
    assert compile_path("a.b[*].c").get_all(DOCUMENT) == [1, None]
    assert compile_path("a.b").get_all({"a": {"b": [1]}}) == [[1]]
    assert compile_path("a.q").get_all(DOCUMENT) == []
    assert compile_path("o[*].l[*].s").get_all({"o": [{"l": [{"s": 1}, {"s": 2}]}, {}, {"l": [{"s": 3}]}]}) == [
        1,
        2,
        3,
    ]
    assert compile_path("a.q").get(DOCUMENT, None) is None


@pytest.mark.parametrize(
    ("writes", "document"),
    [
        ([("a.b.c", 1), ("a.b.d", 2)], {"a": {"b": {"c": 1, "d": 2}}}),
        ([("a[1].b", 1)], {"a": [None, {"b": 1}]}),
        (
            [("i[*].q", [1, 2]), ("i[*].s.t", ["x", "y"])],
            {"i": [{"q": 1, "s": {"t": "x"}}, {"q": 2, "s": {"t": "y"}}]},
        ),
        ([("i[*].q", [1, MISSING])], {"i": [{"q": 1}, {}]}),
        ([("i[*]", [1, 2])], {"i": [1, 2]}),
        ([("i[*].q", [1, 2]), ("i[*].c", "k")], {"i": [{"q": 1, "c": "k"}, {"q": 2, "c": "k"}]}),
        ([("i[*].l[*].s", [[1, 2], [3]])], {"i": [{"l": [{"s": 1}, {"s": 2}]}, {"l": [{"s": 3}]}]}),
        ([("i[*].q", [])], {"i": []}),
    ],
)
def test_set(writes: list[tuple[str, Any]], document: Any) -> None:
    found: dict[str, Any] = {}
    for path, value in writes:
        compile_path(path).set(found, value)
    assert found == document


def test_fill_gives_a_whole_list_to_every_item() -> None:
    document: dict[str, Any] = {"i": [{}, {}]}
    compile_path("i[*].tags").fill(document, ["a", "b"])
    assert document == {"i": [{"tags": ["a", "b"]}, {"tags": ["a", "b"]}]}


def test_set_refuses_what_does_not_fit() -> None:
    with pytest.raises(ExpressionError, match="3 values over the 2 items of 'i"):
        compile_path("i[*].q").set({"i": [{}, {}]}, [1, 2, 3])
    with pytest.raises(ExpressionError, match="a single value where 'b'"):
        compile_path("a.b").set({"a": 5}, 1)
    with pytest.raises(ExpressionError, match="no item 99999"):
        compile_path("a[99999]").set({}, 1)
    with pytest.raises(ExpressionError, match="empty path"):
        compile_path("").set({}, 1)


@pytest.mark.parametrize("text", ["a..b", "a[", "a[b]", "a.", "a]b", "[0]x", 'a["x', "x" * 2000, "a{b}"])
def test_unreadable_paths(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_path(text)


KEYS = st.text(min_size=1, max_size=8).filter(lambda text: "\ud800" not in text)
PARTS = st.lists(KEYS | st.integers(0, 4), min_size=1, max_size=5).filter(lambda parts: isinstance(parts[0], str))


@given(PARTS, st.none() | st.integers() | st.text() | st.lists(st.integers()))
def test_what_is_written_is_read(parts: list[Any], value: Any) -> None:
    path = compile_path(spell(tuple(parts)))
    assert path.parts == tuple(parts)
    document: dict[str, Any] = {}
    path.set(document, value)
    assert path.get(document) == value


@given(st.lists(st.integers() | st.text(), min_size=1, max_size=6), st.lists(KEYS, min_size=1, max_size=2))
def test_a_spread_is_read_back(values: list[Any], keys: list[str]) -> None:
    path = compile_path(spell((keys[0], WILDCARD, *keys)))
    document: dict[str, Any] = {}
    path.set(document, values)
    assert path.get(document) == values
