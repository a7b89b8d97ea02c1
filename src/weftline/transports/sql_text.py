"""SQL as text: what of a statement is quoted or a comment, and whether it is one statement. Pure.

Nothing here is what keeps values out of statements: they are always bound. It keeps a ``:name`` within quotes from
being taken for a place, and a second statement from being run unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_COMMON = r"""'(?:[^']|'')*(?:'|\Z)|"(?:[^"]|"")*(?:"|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)"""
_BACKSLASHED = (
    r"""'(?:[^'\\]|\\.|'')*(?:'|\Z)|"(?:[^"\\]|\\.|"")*(?:"|\Z)|`[^`]*(?:`|\Z)|\#[^\n]*"""
    r"""|--(?=\s|\Z)[^\n]*|/\*.*?(?:\*/|\Z)"""
)
_QUIET = {
    "postgresql": r"""\b[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)|(?<!\w)\$(\w*)\$.*?(?:\$\1\$|\Z)|""" + _COMMON,
    "mysql": _BACKSLASHED,
    "mssql": r"\[[^\]]*(?:\]|\Z)|" + _COMMON,
}
"""Per dialect, what is not read as SQL; other dialects have the standard's quotes and comments only."""

_BIND = re.compile(r"(?<![:\w\\]):(?=\w)")


@cache
def _pattern(dialect: str) -> re.Pattern[str]:
    return re.compile(_QUIET.get(dialect, _COMMON), re.DOTALL)


def pieces(sql: str, dialect: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is quiet: quoted, or a comment."""
    end = 0
    for found in _pattern(dialect).finditer(sql):
        if found.start() > end:
            yield sql[end : found.start()], False
        yield found[0], True
        end = found.end()
    if end < len(sql):
        yield sql[end:], False


def is_one_statement(sql: str, dialect: str) -> bool:
    """Whether nothing but blanks and comments follows a semicolon."""
    ended = False
    for text, quiet in pieces(sql, dialect):
        comment = quiet and text.startswith(("--", "/*", "#"))
        if ended and text.strip() and not comment:
            return False
        if not quiet and ";" in text:
            ended = True
            if text.partition(";")[2].strip():
                return False
    return True


def is_read(sql: str) -> bool:
    """Whether it begins as what reads rows does."""
    return re.match(r"[\s(]*(?:select|with|values|table)\b", sql, re.IGNORECASE) is not None


def without_end(sql: str) -> str:
    """The statement without the semicolon at its very end, which some drivers refuse."""
    return sql.rstrip().removesuffix(";")


def escaped(sql: str, dialect: str) -> str:
    r"""The statement with ``\:`` for every colon within quotes and comments, as SQLAlchemy's ``text`` wants it."""
    return "".join(_BIND.sub(r"\:", text) if quiet else text for text, quiet in pieces(sql, dialect))
