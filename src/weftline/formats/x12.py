"""ANSI X12: interchanges (ISA), functional groups (GS) and transaction sets (ST)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.formats.base import Format, RecordReader, text_of, unfit
from weftline.formats.edi import EdiReader, Envelope, Signs, write_messages
from weftline.model import Document, field

_ISA = {  # name: width and default; None: must be given
    "authorization_qualifier": (2, "00"),
    "authorization": (10, ""),
    "security_qualifier": (2, "00"),
    "security": (10, ""),
    "sender_qualifier": (2, "ZZ"),
    "sender": (15, None),
    "receiver_qualifier": (2, "ZZ"),
    "receiver": (15, None),
    "date": (6, None),
    "time": (4, None),
    "standards": (1, "U"),
    "version": (5, "00401"),
    "control": (9, None),
    "acknowledge": (1, "0"),
    "usage": (1, "P"),
    "component": (1, ""),
}
LONGEST_ISA = 250
_GS = ("function", "sender", "receiver", "date", "time", "control", "agency", "version")
_ENVELOPES = (
    Envelope("ISA", "IEA", tuple(_ISA)),
    Envelope("GS", "GE", _GS),
    Envelope("ST", "SE", ("set", "control", "implementation")),
)


class X12FormatConfig(Document):
    """The signs of what is written; what is read says its own."""

    element: str = field("*", title="Element separator", min_length=1, max_length=1)
    component: str = field(":", title="Component separator", min_length=1, max_length=1)
    repetition: str = field(
        "", title="Repetition separator", description="From version 00402 on", max_length=1, example="^"
    )
    terminator: str = field("~", title="Segment terminator", min_length=1, max_length=1)
    line_breaks: bool = field(False, title="Line breaks", description="Write each segment in a line of its own")
    encoding: Literal["utf-8", "latin-1"] = field("utf-8", title="Encoding")


class X12Format(Format):
    """Transaction sets; a record has ``isa``, ``gs``, ``set``, ``control`` and ``segments``.

    A segment is ``{"id": "BEG", "elements": ["00", ...]}``. Control numbers and counts are checked; when written,
    counts are made anew.
    """

    kind: ClassVar[str] = "x12"
    title: ClassVar[str] = "EDI X12"
    content_type: ClassVar[str] = "application/edi-x12"
    Config: ClassVar[type[BaseModel]] = X12FormatConfig
    config: X12FormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """A list of records, one a transaction set."""
        reader = self.reader("", where=where)
        return reader.feed(body) + reader.close()

    def reader(self, items_path: str, *, where: str) -> RecordReader:
        return _X12Reader(where, self.config.encoding)

    def encode(self, value: Any) -> bytes:
        """Interchanges; records with the same ``isa`` and ``gs``, one after the other, share them."""
        config = self.config
        signs = Signs(config.element, config.component, config.terminator, config.repetition)
        records = [self._parts(record) for record in (value if isinstance(value, list) else [value])]
        written = write_messages(self.title, signs, _ENVELOPES, records, self._isa)
        try:
            return "".join(one + "\n" * config.line_breaks for one in written).encode(config.encoding)
        except UnicodeEncodeError as error:
            raise unfit(self.title, f"{config.encoding} has no {error.object[error.start]!r}") from None

    def _parts(self, record: Any) -> tuple[Any, ...]:
        """Interchange, group, header and segments, with what may be left out."""
        try:
            isa, gs, segments = dict(record["isa"]), dict(record["gs"]), list(record["segments"])
            header = {name: record.get(name, "") for name in ("set", "control", "implementation")}
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise unfit(self.title, f"it needs isa, gs, set, control and segments ({error})") from None
        if not (header["set"] and header["control"] and gs.get("control")):
            raise unfit(self.title, "set, control or gs.control is empty")
        whole = {}
        for name, (width, default) in _ISA.items():
            text = text_of(isa.get(name) or default)
            if len(text) > width or (not text and default is None):
                raise unfit(self.title, f"isa.{name} is text of 1 to {width} characters, not {text!r}")
            whole[name] = text.zfill(width) if name == "control" else text.ljust(width)
        return whole, gs, header, segments

    def _isa(self, values: dict[str, Any]) -> str:
        """The one segment of fixed width; it says what the separators are."""
        config = self.config
        own = values | {"component": config.component, "standards": config.repetition or values["standards"]}
        text = config.element.join(["ISA", *own.values()])
        if text.count(config.element) != len(_ISA) or config.terminator in text:
            raise unfit(self.title, "a value of isa has a separator")
        return text + config.terminator


class _X12Reader(EdiReader):
    envelopes = _ENVELOPES
    group_optional = False

    def signs_in(self, text: str) -> Signs | None:
        parts = text.split(text[3], len(_ISA)) if len(text) > 3 else []
        if not text.startswith("ISA"[: len(text)]) or (len(text) > LONGEST_ISA and len(parts) <= len(_ISA)):
            raise self.bad("is not X12: it has no ISA at its beginning")
        if len(parts) <= len(_ISA) or len(parts[-1]) < 2:
            return None
        component, terminator, standards = parts[16][0], parts[16][1], parts[11]
        repetition = "" if standards.isalnum() or len(standards) != 1 or standards == " " else standards
        found = Signs(text[3], component, terminator, repetition)
        if len({text[3], component, terminator, repetition}) < 4 or text[3].isalnum() or terminator.isalnum():
            raise self.bad("is not X12: its ISA does not say different separators")
        return found

    def record(self, headers: dict[int, dict[str, Any]], segments: list[dict[str, Any]]) -> dict[str, Any]:
        isa = {name: text.strip() for name, text in headers[0].items() if name != "component"}
        if not isa["standards"].isalnum():
            del isa["standards"]  # it is the separator of repetitions
        return {"isa": isa, "gs": headers[1], **headers[2], "segments": segments}
