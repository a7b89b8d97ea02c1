"""UN/EDIFACT: interchanges (UNB), groups (UNG) and messages (UNH); ISO 9735, syntax versions 1 to 4."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.formats.base import Format, RecordReader, unfit
from weftline.formats.edi import EdiReader, Envelope, Signs, write_messages
from weftline.model import Document, field

_UNB = ("syntax", "sender", "receiver", "prepared", "control", "password", "application", "priority",
        "acknowledge", "agreement", "test")  # fmt: skip
_UNG = ("type", "sender", "receiver", "prepared", "control", "agency", "version", "password")
_UNH = ("control", "message", "access", "transfer", "subset", "guideline", "scenario")
_ENVELOPES = (Envelope("UNB", "UNZ", _UNB), Envelope("UNG", "UNE", _UNG), Envelope("UNH", "UNT", _UNH))
_SIGNS = Signs("+", ":", "'", "", "?")
_ENCODINGS = {
    "UNOC": "latin-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5", "UNOF": "iso8859-7", "UNOG": "iso8859-3",
    "UNOH": "iso8859-4", "UNOI": "iso8859-6", "UNOJ": "iso8859-8", "UNOK": "iso8859-9", "UNOW": "utf-8",
    "UNOY": "utf-8",
}  # fmt: skip


class EdifactFormatConfig(Document):
    """How it is written; what is read says its own."""

    una: bool = field(True, title="UNA", description="Write the separators before each interchange")
    line_breaks: bool = field(False, title="Line breaks", description="Write each segment in a line of its own")


class EdifactFormat(Format):
    """Messages; a record has ``unb``, ``ung`` (if in a group), ``control``, ``message`` and ``segments``.

    A segment is ``{"id": "BGM", "elements": ["220", ["4500017", "1"], ...]}``; a list holds components. The
    character set is the one that ``unb.syntax`` names. Control numbers and counts are checked; when written, counts
    are made anew.
    """

    kind: ClassVar[str] = "edifact"
    title: ClassVar[str] = "EDIFACT"
    content_type: ClassVar[str] = "application/edifact"
    Config: ClassVar[type[BaseModel]] = EdifactFormatConfig
    config: EdifactFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """A list of records, one a message."""
        reader = self.reader("", where=where)
        return reader.feed(body) + reader.close()

    def reader(self, items_path: str, *, where: str) -> RecordReader:
        return _EdifactReader(where, "latin-1")

    def encode(self, value: Any) -> bytes:
        """Interchanges; records with the same ``unb`` and ``ung``, one after the other, share them."""
        records = [self._parts(record) for record in (value if isinstance(value, list) else [value])]
        return b"".join(
            self._interchange(unb, list(inside)) for unb, inside in groupby(records, key=lambda record: record[0])
        )

    def _parts(self, record: Any) -> tuple[Any, ...]:
        try:
            unb = {"syntax": ["UNOC", "3"], **record["unb"]}
            ung = dict(record["ung"]) if record.get("ung") else None
            header = {name: record.get(name, "") for name in _UNH}
            segments = list(record["segments"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise unfit(self.title, f"it needs unb, control, message and segments ({error})") from None
        if not (unb.get("control") and header["control"] and header["message"] and (not ung or ung.get("control"))):
            raise unfit(self.title, "message or a control is empty")
        return unb, ung, header, segments

    def _interchange(self, unb: dict[str, Any], records: list[tuple[Any, ...]]) -> bytes:
        syntax, version = _syntax(unb["syntax"])
        signs = replace(_SIGNS, repetition="*") if version == "4" else _SIGNS
        end = "\n" * self.config.line_breaks
        una = f"UNA:+.?{signs.repetition or ' '}'{end}" if self.config.una else ""
        begin = _ENVELOPES[0]
        segments = write_messages(
            self.title, signs, _ENVELOPES, records, lambda unb: signs.write(self.title, begin.begin, begin.write(unb))
        )
        try:
            return (una + "".join(one + end for one in segments)).encode(_ENCODINGS.get(syntax, "ascii"))
        except UnicodeEncodeError as error:
            raise unfit(
                self.title, f"{syntax} has no {error.object[error.start]!r}; set unb.syntax, such as UNOC or UNOY"
            ) from None


def _syntax(given: Any) -> tuple[str, str]:
    """Character set and version."""
    name, version = [*given, "", ""][:2] if isinstance(given, list) else (given, "")
    return str(name), str(version)


class _EdifactReader(EdiReader):
    envelopes = _ENVELOPES
    group_optional = True

    def signs_in(self, text: str) -> Signs | None:
        if text[:2] != "UN"[: len(text)] or text[2:3] not in ("", "A", "B"):
            raise self.bad("is not EDIFACT: it has neither UNA nor UNB at its beginning")
        if len(text) < 3 or (text[2] == "A" and len(text) < len("UNA:+.? '")):
            return None
        if text[2] == "B":
            return _SIGNS
        component, element, _, release, repetition, terminator = list(text[3:9])
        self._text = text[9:]
        signs = [element, component, terminator, repetition.strip(), release.strip()]
        said = "".join(signs)
        if len(set(said)) < len(said) or any(sign.isalnum() for sign in said):
            raise self.bad("is not EDIFACT: its UNA does not say different separators")
        return Signs(*signs)

    def _segment(self, text: str) -> list[Any]:
        if text.startswith("UNB") and self._signs is not None:
            syntax, _, version = text[4:].split(self._signs.element, 1)[0].partition(self._signs.component)
            # Who has not been told otherwise reads Latin-1 where ASCII is promised: so much is sent that way.
            self._encoding = _ENCODINGS.get(syntax, "latin-1")
            if version.startswith("4") and self._signs == _SIGNS:
                self._signs = replace(_SIGNS, repetition="*")
        return super()._segment(text)

    def record(self, headers: dict[int, dict[str, Any]], segments: list[dict[str, Any]]) -> dict[str, Any]:
        group = {"ung": headers[1]} if 1 in headers else {}
        return {"unb": headers[0], **group, **headers[2], "segments": segments}
