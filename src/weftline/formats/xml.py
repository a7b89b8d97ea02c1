"""XML as values: attributes as ``@name``, text as ``#text``, repeated elements as lists.

Nothing is ever fetched or expanded: a document type declaration is refused, and with it every entity of its own.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pydantic import BaseModel

from weftline.expr import compile_path
from weftline.formats.base import ITEMS_HINT, Format, RecordReader, text_of, unfit, unreadable
from weftline.model import Document, field

DEEPEST = 200
_NAME = re.compile(r"^[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?$")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class XmlFormatConfig(Document):
    """Namespaces, lists, and the elements around what is written."""

    namespaces: Literal["strip", "keep"] = field(
        "strip",
        title="Namespaces",
        description="keep: names stay as they are, prefix:name, and xmlns is an attribute",
    )
    force_list: list[str] = field(
        list,
        title="Always lists",
        description="Names of elements that are lists even if only one is there; a path, such as orders.order, gives "
        "an empty list if none is",
        example=["orders.order"],
    )
    root: str = field("", title="Root", description="When writing: the element around the record", example="order")
    item: str = field("item", title="Item", description="When writing a list: the element around each")
    attributes: dict[str, str] = field(
        dict, title="Root's attributes", description="When writing", example={"xmlns": "urn:acme:orders"}
    )
    declaration: bool = field(True, title="Declaration", description="Write <?xml ...?> first", advanced=True)


class XmlFormat(Format):
    """XML documents."""

    kind: ClassVar[str] = "xml"
    title: ClassVar[str] = "XML"
    content_type: ClassVar[str] = "application/xml"
    Config: ClassVar[type[BaseModel]] = XmlFormatConfig
    config: XmlFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """The document, ``{"root": ...}``; an empty body is None."""
        if not body.strip():
            return None
        reader = _XmlReader(self.config, (), where)
        return (reader.feed(body) + reader.close())[0]

    def reader(self, items_path: str, *, where: str) -> RecordReader:
        parts = compile_path(items_path).parts
        names = all(isinstance(part, str) for part in parts)
        return _XmlReader(self.config, parts, where) if names else super().reader(items_path, where=where)

    def encode(self, value: Any) -> bytes:
        """An object with one field is a document; anything else is put into the config's root."""
        config = self.config
        if config.root:
            value = {config.root: {config.item: value} if isinstance(value, list) else value}
        if not isinstance(value, dict) or len(value) != 1 or isinstance(next(iter(value.values())), list):
            raise unfit(self.title, "it needs one root element: set the format's root")
        ((name, inside),) = value.items()
        if config.attributes:
            inside = {f"@{key}": text for key, text in config.attributes.items()} | (
                inside if isinstance(inside, dict) else {"#text": inside}
            )
        out = ['<?xml version="1.0" encoding="UTF-8"?>\n'] if config.declaration else []
        _write(out, name, inside, 0)
        return "".join(out).encode()


def _write(out: list[str], name: str, value: Any, depth: int) -> None:
    if not _NAME.match(name):
        raise unfit("XML", f"'{name}' cannot name an element")
    if depth > DEEPEST:
        raise unfit("XML", f"it is nested deeper than {DEEPEST} elements")
    if isinstance(value, list):
        for item in value:
            _write(out, name, item, depth)
        return
    if not isinstance(value, dict):
        text = "" if value is None else _text(value)
        out.append(f"<{name}>{escape(text)}</{name}>" if text else f"<{name}/>")
        return
    attributes = {key[1:]: item for key, item in value.items() if key.startswith("@")}
    for key in attributes:
        if not _NAME.match(key):
            raise unfit("XML", f"'{key}' cannot name an attribute")
    head = name + "".join(f" {key}={quoteattr(_text(item))}" for key, item in attributes.items() if item is not None)
    inside = [(key, item) for key, item in value.items() if not key.startswith("@") and item is not None]
    if not inside:
        out.append(f"<{head}/>")
        return
    out.append(f"<{head}>")
    for key, item in inside:
        if key == "#text":
            out.append(escape(_text(item)))
        else:
            _write(out, key, item, depth + 1)
    out.append(f"</{name}>")


def _text(value: Any) -> str:
    text = text_of(value)
    found = _FORBIDDEN.search(text)
    if found:
        raise unfit("XML", f"the character {found[0]!r} cannot stand in a document")
    return text


class _XmlReader(RecordReader):
    """Builds the elements at a path (the whole document without one) as they come."""

    def __init__(self, config: XmlFormatConfig, path: tuple[str, ...], where: str) -> None:
        self._where = where
        self._strip = config.namespaces == "strip"
        self._lists: dict[str, list[list[str]]] = {}  # an element's name: the paths of those that are lists
        self._holders: dict[str, list[list[str]]] = {}  # the name of what they are in, if the path says it
        for parts in [entry.split(".") for entry in config.force_list]:
            self._lists.setdefault(parts[-1], []).append(parts)
            self._holders.setdefault(parts[-2] if len(parts) > 1 else "", []).append(parts)
        self._path = list(path)
        self._names: list[str] = []  # of the elements that we are in
        self._plain: dict[str, str] = {}  # a name as it stands there, to the name as the record has it
        self._open: list[tuple[dict[str, Any], list[str], int]] = []
        self._found: list[Any] = []
        self._begun = False
        self._met = not path
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, piece: bytes) -> list[Any]:
        self._begun = self._begun or bool(piece.strip())
        self._parse(piece, last=False)
        found, self._found = self._found, []
        return found

    def close(self) -> list[Any]:
        if not self._begun:
            return []
        self._parse(b"", last=True)
        if not self._met:
            raise unreadable(self._where, f"has no '{'.'.join(self._path)}'", hint=ITEMS_HINT)
        found, self._found = self._found, []
        return found

    def _parse(self, piece: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as error:
            what = "breaks off" if last else f"is not XML ({expat.ErrorString(error.code)})"
            text = f"{what} in line {error.lineno:,}, column {error.offset + 1}"
            raise unreadable(self._where, text, b"" if last else piece) from None

    def _refuse(self, *_: Any) -> None:
        raise unreadable(
            self._where, "has a document type declaration, which is never read", hint="ask for it without a DOCTYPE"
        )

    def _start(self, given: str, attributes: list[str]) -> None:
        name = self._plain.get(given) or self._named(given)
        names = self._names
        names.append(name)
        if len(names) > DEEPEST:
            raise unreadable(self._where, f"is nested deeper than {DEEPEST} elements")
        if not self._open:
            if self._path and names != self._path:
                # Where they would stand is there: that there is none of them is an answer too.
                self._met = self._met or names == self._path[:-1]
                return
            self._met = True
        texts: list[str] = []
        self._parser.CharacterDataHandler = texts.append
        values: dict[str, Any] = {}
        if attributes:
            for key, text in zip(attributes[::2], attributes[1::2], strict=True):
                if not (self._strip and (key == "xmlns" or key.startswith("xmlns:"))):
                    values[f"@{self._named(key)}"] = text
        self._open.append((values, texts, len(values)))

    def _end(self, _: str) -> None:
        name = self._names.pop()
        if not self._open:
            return
        values, texts, attributes = self._open.pop()
        value: Any = values
        if name in self._holders:
            self._hold(name, values)
        if not values:
            value = "".join(texts) or None
        elif texts:
            text = "".join(texts)
            if len(values) > attributes:
                text = text.strip()  # line breaks between elements say nothing
            if text:
                values["#text"] = text
        if not self._open:
            self._parser.CharacterDataHandler = None
            self._found.append(value if self._path else {name: value})
            return
        parent, texts = self._open[-1][:2]
        self._parser.CharacterDataHandler = texts.append
        if name not in parent:
            parent[name] = [value] if name in self._lists and self._is_list(name) else value
        elif parent[name].__class__ is list:
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]

    def _hold(self, name: str, values: dict[str, Any]) -> None:
        """A list of which no element came is an empty one, where it is known what it is in."""
        here = [*self._names, name]
        for parts in self._holders[name]:
            if here[1 - len(parts) :] == parts[:-1]:
                values.setdefault(parts[-1], [])

    def _is_list(self, name: str) -> bool:
        here = [*self._names, name]
        return any(here[-len(parts) :] == parts for parts in self._lists[name])

    def _named(self, given: str) -> str:
        name = given.rpartition(":")[2] if self._strip else given
        self._plain[given] = name
        return name
