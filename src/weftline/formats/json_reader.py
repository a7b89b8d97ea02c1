"""Records out of a JSON document that comes in pieces, in bounded memory.

The document is followed to its list; there a regular expression, which runs in C, finds where whole items end, and
they are decoded together. That is several times as quick as an event a value, and gives exactly what
:func:`weftline.kernel.json.decode` gives. What lies beside the list is followed bracket by bracket, but not judged.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Any

from weftline.expr import compile_path
from weftline.formats.base import ITEMS_HINT, SHOWN_CHARACTERS, RecordReader, unreadable
from weftline.kernel import json

DEEPEST = 100
"""Lists and objects within each other in one record; the expression has as many layers."""

LARGEST_RECORD = 64 * 1024 * 1024

_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


def _nested(layers: int) -> bytes:
    """A list or an object, whole. Possessive: what does not match is given up at once, in linear time."""
    plain = rb'[^\[\]{}"]*+'
    found = rb"[\[{]" + plain + rb"(?:" + _TEXT + plain + rb")*+[\]}]"
    for _ in range(layers - 1):
        found = rb"[\[{]" + plain + rb"(?:(?:" + _TEXT + rb"|" + found + rb")" + plain + rb")*+[\]}]"
    return found


_PLAIN = rb'[^\[\]{}",]*+'
_ITEM = _PLAIN + rb"(?:(?:" + _TEXT + rb"|" + _nested(DEEPEST) + rb")" + _PLAIN + rb")*+"
_ITEMS = re.compile(rb"(?:" + _ITEM + rb",)*+", re.DOTALL)
_LAST = re.compile(_ITEM + rb"\]", re.DOTALL)
_VALUE = re.compile(rb"(?:" + _TEXT + rb"|" + _nested(DEEPEST) + rb'|[^\s\[\]{}",]++(?=[\s,}]))', re.DOTALL)
_NO_BRACKET = re.compile(rb'(?:[^\[\]{}"]++|' + _TEXT + rb")*+", re.DOTALL)
_KEY = re.compile(rb"(,?)\s*+(" + _TEXT + rb")\s*+:\s*+(?=\S)", re.DOTALL)
_BLANK = re.compile(rb"\s*+")
_CLOSER = {ord("["): ord("]"), ord("{"): ord("}")}


class JsonListReader(RecordReader):
    """The items of the list at a path of keys (without one: the document); any other value there is one record."""

    def __init__(self, items_path: str, where: str) -> None:
        self._where = where
        self._path = items_path
        self._keys = list(compile_path(items_path).parts)
        self._rest = bytearray()
        self._head = b""
        self._passed = 0
        self._wanted = 0
        self._open = bytearray()  # what closes the lists and objects that we are in
        self._level = 0
        self._first = True
        self._found: list[Any] = []
        self._step: Callable[[], bool] = self._begin

    def feed(self, piece: bytes) -> list[Any]:
        self._rest += piece
        self._head += piece[: SHOWN_CHARACTERS - len(self._head)]
        if len(self._rest) >= self._wanted:
            while self._step():
                pass
            # What has only begun is looked at again when there is twice as much of it: linear in all.
            self._wanted = 2 * len(self._rest)
        if len(self._rest) > LARGEST_RECORD:
            raise self._bad(f"has a record of over {LARGEST_RECORD:,} bytes, or nested over {DEEPEST} times")
        return self._take()

    def close(self) -> list[Any]:
        if self._step in (self._begin, self._descend) and not self._open and not self._rest.strip():
            return []
        if self._step == self._value and not self._open:
            self._decode(bytes(self._rest), len(self._rest), one=True)
            return self._take()
        while self._step():
            pass
        if self._step != self._ended:
            raise self._bad(f"breaks off, or is not JSON, near byte {self._passed:,}", "ask for it again")
        return self._take()

    # Each of these goes one step on in the document; False: it needs more of it.

    def _begin(self) -> bool:
        if codecs.BOM_UTF8.startswith(self._rest[:3]):
            if len(self._rest) < 3:
                return False
            self._drop(3)
        self._step = self._descend
        return True

    def _descend(self) -> bool:
        sign = self._sign()
        if sign is None:
            return False
        wanted = ord("{") if self._keys else ord("[")
        if sign == wanted:
            self._drop(1)
            self._open.append(_CLOSER[sign])
            self._first = True
            self._step = self._key if self._keys else self._items
        elif self._keys:
            raise self._bad("is not JSON") if not self._open and sign not in b'["' else self._missing()
        else:
            self._step = self._value
        return True

    def _key(self) -> bool:
        sign = self._sign()
        if sign == ord("}"):
            raise self._missing()
        found = _KEY.match(self._rest)
        if found is None:
            return False
        end, comma, name = found.end(), bool(found[1]), bytes(found[2])
        del found  # it holds the buffer
        if comma is self._first:
            raise self._bad(f"is not JSON near byte {self._passed:,}")
        self._first = False
        self._drop(end)
        if self._decoded(name) == self._keys[0]:
            del self._keys[0]
            self._step = self._descend
        else:
            self._level = len(self._open)
            self._step = self._skip
        return True

    def _skip(self) -> bool:
        """A value beside the path: up to what follows it."""
        if not self._follow(self._level):
            return False
        self._step = self._key
        return True

    def _items(self) -> bool:
        end = _end(_ITEMS, self._rest)
        if end:
            self._decode(b"[" + self._rest[: end - 1] + b"]", end)
            self._first = False
        last = _end(_LAST, self._rest)
        if last:
            if not (self._first and not self._rest[: last - 1].strip()):
                self._decode(b"[" + self._rest[:last], last)
            else:
                self._drop(last)
            self._open.pop()
            self._step = self._tail
        return bool(last)

    def _value(self) -> bool:
        """One record, or null for none; at the end of the document :meth:`close` takes it."""
        end = _end(_VALUE, self._rest) if self._open else 0
        if end:
            self._decode(bytes(self._rest[:end]), end, one=True)
            self._step = self._tail
        return bool(end)

    def _tail(self) -> bool:
        if self._open and not self._follow(0):
            return False
        self._step = self._ended
        return True

    def _ended(self) -> bool:
        if self._sign() is not None:
            raise self._bad(f"goes on after its end, at byte {self._passed:,}")
        return False

    def _follow(self, level: int) -> bool:
        """Past brackets until only ``level`` are open, or to the comma or bracket after a value at that level."""
        while True:
            if level and len(self._open) == level:
                end = _end(_VALUE, self._rest)
                if end and self._rest[0] not in _CLOSER:
                    self._drop(end)
                    return True
            else:
                self._drop(_end(_NO_BRACKET, self._rest))
            if not self._rest or self._rest[0] not in b"[]{}":
                return False
            sign = self._rest[0]
            if sign in _CLOSER:
                self._open.append(_CLOSER[sign])
            elif not self._open or sign != self._open.pop():
                raise self._bad(f"is not JSON near byte {self._passed:,}")
            self._drop(1)
            if len(self._open) <= level:
                return True

    # --- pieces ---

    def _sign(self) -> int | None:
        """The next byte that is not blank."""
        self._drop(_end(_BLANK, self._rest))
        return self._rest[0] if self._rest else None

    def _drop(self, count: int) -> None:
        del self._rest[:count]
        self._passed += count

    def _decode(self, text: bytes | bytearray, count: int, *, one: bool = False) -> None:
        value = self._decoded(bytes(text))
        if one:
            value = [] if value is None else [value]
        elif not value:
            raise self._bad(f"is not JSON near byte {self._passed:,} (an item is missing)")
        self._found += value
        self._drop(count)

    def _decoded(self, text: bytes) -> Any:
        try:
            return json.decode(text)
        except json.JSONError as error:
            raise self._bad(f"is not JSON near byte {self._passed:,} ({error})") from None

    def _take(self) -> list[Any]:
        found, self._found = self._found, []
        return found

    def _missing(self) -> Exception:
        return self._bad(f"has no '{self._path}'", ITEMS_HINT)

    def _bad(self, what: str, hint: str = "") -> Exception:
        return unreadable(self._where, what, self._head, hint)


def _end(pattern: re.Pattern[bytes], text: bytearray) -> int:
    found = pattern.match(text)
    return found.end() if found else 0
