from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weftline.errors import UnreadableBodyError
from weftline.formats import FORMATS, Format

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4).map(lambda number: number + Decimal("0.0001")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def make(kind: str) -> Format:
    return FORMATS.get(kind)(FORMATS.config(kind, {}))


@settings(deadline=None)
@given(VALUES)
def test_json_values_survive(value: Any) -> None:
    made = make("json")
    assert made.decode(made.encode(value), where="test") == value


@pytest.mark.parametrize(
    "text", ["19.90", "0.10", "1234567890123456789012.5", "123456789012345678901234567890", "-0"]
)
def test_json_numbers_keep_every_digit(text: str) -> None:
    made = make("json")
    assert (
        made.encode(made.decode(f'{{"n":{text}}}'.encode(), where="test"))
        == f'{{"n":{text.replace("-0", "0")}}}'.encode()
    )


def test_a_page_that_is_not_json_names_the_endpoint_and_shows_its_beginning() -> None:
    with pytest.raises(UnreadableBodyError) as caught:
        make("json").decode(b"<html>Sign in</html>", where="Shop 'orders.list'", content_type="text/html")
    assert "Shop 'orders.list'" in str(caught.value)
    assert "<html>Sign in" in str(caught.value)
    assert "text/html" in str(caught.value)


def test_invalid_utf8_is_refused() -> None:
    with pytest.raises(UnreadableBodyError):
        make("json").decode(b'{"a":"\xff"}', where="test")
