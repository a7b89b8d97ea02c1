"""Text to tokens, one at a time: a template stops reading where its expression ends."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NamedTuple

from weftline.expr.faults import located

__all__ = ["Lexer", "Token"]

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d{1,4}(?!\d))?")
_DIGITS = re.compile(r"\d+")
_OPERATOR = re.compile(r"\?\?|\|\||&&|==|!=|<=|>=|[<>+\-*/%!?:()\[\]{},.|]")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_MAX_DIGITS = 1000


class Token(NamedTuple):
    """``kind`` is name, number, text, op or end; ``position`` and ``end`` are offsets into the text."""

    kind: str
    value: Any
    position: int
    end: int


class Lexer:
    """Reads one token at a position."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, position: int, *, after_dot: bool = False) -> Token:
        """The token at or after ``position``. After a dot digits are an index, so ``a.0.1`` is no decimal."""
        text = self.text
        space = _SPACE.match(text, position)
        start = space.end() if space else position
        if start >= len(text):
            return Token("end", "the end", start, start)
        char = text[start]
        if char in "'\"":
            return self._text(start, char)
        if char.isdigit() and char.isascii():
            return self._number(start, after_dot)
        found = _NAME.match(text, start) or _OPERATOR.match(text, start)
        if found is None:
            hint = {"=": "compare with ==", "&": "write && or and", "`": "quote text with ' or \""}.get(char, "")
            raise located(f"unexpected '{char}'", text, start, hint=hint)
        kind = "name" if found.re is _NAME else "op"
        return Token(kind, found.group(), start, found.end())

    def _number(self, start: int, after_dot: bool) -> Token:
        found = (_DIGITS if after_dot else _NUMBER).match(self.text, start)
        if found is None or len(found.group()) > _MAX_DIGITS:
            raise located("unreadable number", self.text, start)
        digits = found.group()
        try:
            value: Any = int(digits) if digits.isdigit() else Decimal(digits)
        except (ValueError, ArithmeticError):
            raise located("unreadable number", self.text, start) from None
        return Token("number", value, start, found.end())

    def _text(self, start: int, quote: str) -> Token:
        text, at = self.text, start + 1
        out: list[str] = []
        while at < len(text):
            char = text[at]
            if char == quote:
                return Token("text", "".join(out), start, at + 1)
            if char == "\\" and at + 1 < len(text):
                code = text[at + 1]
                if code in _ESCAPES:
                    out.append(_ESCAPES[code])
                elif code == "u" and re.fullmatch(r"[0-9a-fA-F]{4}", text[at + 2 : at + 6]):
                    out.append(chr(int(text[at + 2 : at + 6], 16)))
                    at += 4
                else:  # a backslash before any other letter stays, so that "\d+" is the pattern it looks like
                    out.append(char + code)
                at += 2
                continue
            out.append(char)
            at += 1
        raise located("the text that starts here is not closed", text, start, hint=f"end it with {quote}")
