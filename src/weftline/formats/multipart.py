"""Forms with files (multipart/form-data, RFC 7578)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.formats.base import Format, gather, text_of, unfit, unreadable
from weftline.model import Document

_UNSAFE = re.compile(r"[\r\n\x00]")
_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;\s]+))', re.IGNORECASE)
_PARAMETER = re.compile(r'[;\s](name|filename)=(?:"([^"]*)"|([^;\s]+))', re.IGNORECASE)
_SIGNS = {"%0D": "\r", "%0A": "\n", "%22": '"'}
_UNQUOTE = re.compile("|".join(_SIGNS), re.IGNORECASE)


class MultipartFormatConfig(Document):
    """Nothing to set."""


class MultipartFormat(Format):
    """Fields and files; a file is ``{filename, content_type, base64}`` or has ``text`` in place of ``base64``."""

    kind: ClassVar[str] = "multipart"
    title: ClassVar[str] = "Multipart form"
    content_type: ClassVar[str] = "multipart/form-data"
    Config: ClassVar[type[BaseModel]] = MultipartFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """Field names to texts or files; a name that stands there several times to a list of them."""
        if not body:
            return {}
        given = _BOUNDARY.search(content_type)
        boundary = b"--" + ((given[1] or given[2]) if given else _boundary_in(body)).encode()
        start, *parts = (b"\r\n" + body).split(b"\r\n" + boundary)
        if not parts or start.strip() or boundary == b"--":
            raise unreadable(where, "is not a multipart form", body)
        if not parts.pop().startswith(b"--"):
            raise unreadable(where, "is a multipart form that breaks off", body, "ask for it again")
        found: dict[str, Any] = {}
        for number, part in enumerate(parts, 1):
            name, value = _read(part, f"part {number}", where)
            gather(found, name, value)
        return found

    def encode(self, value: Any) -> bytes:
        """An object's fields; a list is several parts of one name."""
        if not isinstance(value, dict):
            raise unfit(self.title, "it is not an object")
        parts = [
            _part(str(name), item)
            for name, items in value.items()
            for item in (items if isinstance(items, list) else [items])
            if item is not None
        ]
        # Of the content, so that the same record gives the same bytes whenever it is sent.
        boundary = b"weftline-" + hashlib.sha256(b"".join(parts)).hexdigest()[:40].encode()
        return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"

    def content_type_of(self, body: bytes) -> str:
        """With the boundary."""
        return f"multipart/form-data; boundary={_boundary_in(body)}"


def _read(part: bytes, which: str, where: str) -> tuple[str, Any]:
    head, blank, inside = part.partition(b"\r\n\r\n")
    try:
        lines = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n") if ": " in line)
        said = {
            found[1].lower(): _UNQUOTE.sub(lambda sign: _SIGNS[sign[0].upper()], found[2] or found[3] or "")
            for found in _PARAMETER.finditer(head.decode())
        }
        if not blank or "name" not in said:
            raise unreadable(where, f"has no name in {which}", part)
        if "filename" not in said:
            return said["name"], inside.decode()
    except UnicodeDecodeError:
        raise unreadable(where, f"is not UTF-8 in {which}", part) from None
    kind = lines.get("content-type", "application/octet-stream")
    file = {"filename": said["filename"], "content_type": kind, "base64": base64.b64encode(inside).decode()}
    return said["name"], file


def _part(name: str, value: Any) -> bytes:
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if not isinstance(value, dict):
        return f"{head}\r\n\r\n{text_of(value)}".encode()
    try:
        inside = (
            base64.b64decode(value["base64"], validate=True) if "base64" in value else text_of(value["text"]).encode()
        )
    except KeyError:
        raise unfit("a multipart form", f"the file '{name}' has neither 'base64' nor 'text'") from None
    except (binascii.Error, TypeError, ValueError):
        raise unfit("a multipart form", f"the 'base64' of '{name}' is not base64") from None
    kind = _UNSAFE.sub(" ", str(value.get("content_type", "application/octet-stream")))
    filename = _quoted(str(value.get("filename", name)))
    return f'{head}; filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + inside


def _quoted(text: str) -> str:
    for code, sign in _SIGNS.items():  # as browsers do
        text = text.replace(sign, code)
    return text.replace("\x00", "")


def _boundary_in(body: bytes) -> str:
    return body[2:].split(b"\r\n", 1)[0].removesuffix(b"--").decode("latin-1") if body.startswith(b"--") else ""
