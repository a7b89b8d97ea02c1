"""Lookup tables."""

from __future__ import annotations

from weftline.api.answers.base import Answer


class LookupRow(Answer):
    """A table's name and size."""

    name: str
    rows: int


class LookupAnswer(Answer):
    """A table."""

    name: str
    rows: list[tuple[str, str]]


class SaveLookup(Answer):
    """All rows of a table, left and right."""

    rows: list[tuple[str, str]]
