"""Each room has a README of at most 30 lines: owns, does not own, add one."""

from __future__ import annotations

import pytest

from tests.house.places import rooms, short

MOST_LINES = 30


@pytest.mark.parametrize("room", rooms(), ids=short)
def test_a_room_says_what_it_owns(room):
    readme = room / "README.md"
    assert readme.is_file(), f"{short(room)} needs a README.md: owns, does not own, add one"
    text = readme.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert "Owns" in text
    assert "oes not own" in text
