"""What X12 and EDIFACT have in common: segments, and three envelopes around them that number and count.

Text is split as Latin-1, a character a byte, and what is between the signs is decoded then: all signs are ASCII.
An element is text, a list of its components, or ``{"repeat": [...]}`` of such.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar

from weftline.formats.base import RecordReader, text_of, unfit, unreadable

LONGEST_SEGMENT = 1024 * 1024
_RELEASED = 0xE000  # where released signs stand while the others are split: no byte is there
_BACK = {_RELEASED + code: code for code in range(256)}


@dataclass(frozen=True)
class Signs:
    """What separates; ``repetition`` and ``release`` may be empty."""

    element: str
    component: str
    terminator: str
    repetition: str = ""
    release: str = ""

    @cached_property
    def segment(self) -> re.Pattern[str]:
        """A segment up to its terminator."""
        end, release = re.escape(self.terminator), re.escape(self.release)
        inside = rf"(?:[^{end}{release}]++|{release}.)*+" if release else rf"[^{end}]*+"
        return re.compile(rf"\s*+({inside}){end}", re.DOTALL)

    def read(self, text: str, encoding: str, *, plain: bool = False) -> list[Any]:
        """The elements of a segment, its id first; ``plain`` leaves components as they are."""
        if self.release and self.release in text:
            text = re.sub(f"{re.escape(self.release)}(.)", lambda one: chr(_RELEASED + ord(one[1])), text, flags=re.S)

        def leaf(part: str) -> str:
            return part.translate(_BACK).encode("latin-1").decode(encoding)

        def value(part: str) -> Any:
            return [leaf(one) for one in part.split(self.component)] if self.component in part else leaf(part)

        def element(part: str) -> Any:
            if self.repetition and self.repetition in part:
                return {"repeat": [value(one) for one in part.split(self.repetition)]}
            return value(part)

        return [(leaf if plain else element)(part) for part in text.split(self.element)]

    def write(self, kind: str, name: str, elements: Sequence[Any]) -> str:
        """A segment; :class:`RecordError` when a value has a sign that nothing can release."""
        own = self.element + self.component + self.terminator + self.repetition + self.release

        def leaf(part: Any) -> str:
            text = text_of(part)
            if self.release:
                return "".join(self.release + one if one in own else one for one in text)
            for sign in own:
                if sign in text:
                    raise unfit(kind, f"{text[:60]!r} in {name} has the separator {sign!r}")
            return text

        def value(part: Any) -> str:
            return self.component.join(map(leaf, part)) if isinstance(part, list) else leaf(part)

        def element(part: Any) -> str:
            if isinstance(part, dict):
                if not self.repetition or not isinstance(part.get("repeat"), list):
                    raise unfit(kind, f"an element of {name} repeats, but no sign is set for it")
                return self.repetition.join(map(value, part["repeat"]))
            return value(part)

        return self.element.join([name, *map(element, elements)]) + self.terminator


@dataclass(frozen=True)
class Envelope:
    """Header and trailer of an interchange, a group or a message; ``names`` are those of the header's elements."""

    begin: str
    end: str
    names: tuple[str, ...]

    def read(self, elements: Sequence[Any]) -> dict[str, Any]:
        """The header by name."""
        return dict(zip(self.names, elements, strict=False))

    def write(self, values: Any) -> list[Any]:
        """The header's elements, without empty ones at the end."""
        elements = [values.get(name, "") for name in self.names]
        while elements and elements[-1] in ("", None):
            elements.pop()
        return elements


class EdiReader(RecordReader):
    """One record a message; envelopes are checked: their order, control numbers and counts."""

    envelopes: ClassVar[tuple[Envelope, Envelope, Envelope]]
    group_optional: ClassVar[bool]

    def __init__(self, where: str, encoding: str) -> None:
        self._where = where
        self._encoding = encoding
        self._signs: Signs | None = None
        self._text = ""
        self._number = 0
        self._open: dict[int, dict[str, Any]] = {}
        self._counts = [0, 0, 0]  # groups, messages and segments in what is open
        self._segments: list[dict[str, Any]] = []

    @abstractmethod
    def signs_in(self, text: str) -> Signs | None:
        """The signs of the interchange that begins here; None when more of it is needed."""

    @abstractmethod
    def record(self, headers: dict[int, dict[str, Any]], segments: list[dict[str, Any]]) -> dict[str, Any]:
        """The record of a message; ``headers`` are those of interchange (0), group (1) and message (2)."""

    def feed(self, piece: bytes) -> list[Any]:
        self._text += piece.decode("latin-1")
        found: list[Any] = []
        at = 0
        while True:
            if self._signs is None:
                self._text, at = self._text[at:].lstrip(), 0
                self._signs = self.signs_in(self._text) if self._text else None
                if self._signs is None:
                    return found
            segment = self._signs.segment.match(self._text, at)
            if segment is None:
                break
            at = segment.end()
            found += self._segment(segment[1])
        self._text = self._text[at:]
        if len(self._text) > LONGEST_SEGMENT:
            raise self.bad(f"has a segment longer than {LONGEST_SEGMENT:,} bytes")
        return found

    def close(self) -> list[Any]:
        if self._open or self._text.strip():
            raise self.bad("breaks off", "ask for it again")
        return []

    def bad(self, what: str, hint: str = "") -> Exception:
        """An error that names the segment."""
        return unreadable(self._where, f"{what} (segment {self._number:,})", self._text, hint)

    def _segment(self, text: str) -> list[Any]:
        self._number += 1
        assert self._signs is not None  # noqa: S101 - feed has seen to it
        plain = text.startswith("ISA")
        try:
            name, *elements = self._signs.read(text, self._encoding, plain=plain)
        except UnicodeDecodeError:
            raise self.bad(f"is not {self._encoding}", "see the format's encoding") from None
        for level, envelope in enumerate(self.envelopes):
            if name == envelope.begin:
                self._begin(level, envelope, elements)
                return []
            if name == envelope.end:
                return self._end(level, envelope, elements)
        if 2 not in self._open:
            raise self.bad(f"has '{str(name)[:20]}' outside of a message")
        self._segments.append({"id": name, "elements": elements})
        return []

    def _begin(self, level: int, envelope: Envelope, elements: list[Any]) -> None:
        around = self.envelopes[level - 1].begin
        if any(inner in self._open for inner in range(level, 3)):
            raise self.bad(f"has '{envelope.begin}' before the one before has ended")
        if level and level - 1 not in self._open and not (level == 2 and 0 in self._open and self.group_optional):
            raise self.bad(f"has '{envelope.begin}' outside of '{around}'")
        if len(elements) > len(envelope.names):
            raise self.bad(f"has too many elements in '{envelope.begin}'")
        header = envelope.read(elements)
        if not isinstance(header.get("control"), str):
            raise self.bad(f"has no control number in '{envelope.begin}'")
        self._open[level] = header
        self._counts[level] = 0

    def _end(self, level: int, envelope: Envelope, elements: list[Any]) -> list[Any]:
        if level not in self._open or any(inner in self._open for inner in range(level + 1, 3)):
            raise self.bad(f"has '{envelope.end}' where nothing of its kind ends")
        count, control = (*elements, "", "")[:2]
        header = self._open[level]
        there = len(self._segments) + 2 if level == 2 else self._counts[level]
        if not (isinstance(count, str) and count.isdecimal() and int(count) == there):
            raise self.bad(f"counts {count} in '{envelope.end}', but there are {there}", "ask for it again")
        if control != header["control"]:
            raise self.bad(f"has '{envelope.end}' {control}, but '{envelope.begin}' {header['control']}")
        found = [self.record(dict(self._open), self._segments)] if level == 2 else []
        del self._open[level]
        if level:
            self._counts[level - 1 if level - 1 in self._open else 0] += 1
        self._segments = []
        if not level:
            self._signs = None
        return found


def write_messages(
    kind: str,
    signs: Signs,
    envelopes: tuple[Envelope, Envelope, Envelope],
    records: list[tuple[Any, ...]],
    begin: Callable[[dict[str, Any]], str],
) -> list[str]:
    """Segments; records that have the same headers, one after the other, share them. Counts are made here.

    A record is ``(interchange, group or None, message's header, segments)``; ``begin`` writes the first.
    """
    outer, middle, inner = envelopes
    out = []
    for interchange, inside in groupby(records, key=lambda record: record[0]):
        out.append(begin(interchange))
        top = 0
        for group, messages in groupby(inside, key=lambda record: record[1]):
            if group is not None:
                out.append(signs.write(kind, middle.begin, middle.write(group)))
            count = 0
            for _, _, header, segments in messages:
                count += 1
                out.append(signs.write(kind, inner.begin, inner.write(header)))
                out += [signs.write(kind, *_parts(kind, one)) for one in segments]
                out.append(signs.write(kind, inner.end, [len(segments) + 2, header["control"]]))
            if group is not None:
                out.append(signs.write(kind, middle.end, [count, group["control"]]))
            top += 1 if group is not None else count
        out.append(signs.write(kind, outer.end, [top, interchange["control"]]))
    return out


def _parts(kind: str, segment: Any) -> tuple[str, list[Any]]:
    name, elements = (segment.get("id"), segment.get("elements")) if isinstance(segment, dict) else (None, None)
    if not (isinstance(name, str) and name.isalnum() and isinstance(elements, list)):
        raise unfit(kind, f"{str(segment)[:60]!r} is not a segment with id and elements")
    return name, elements
