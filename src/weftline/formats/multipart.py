"""Forms with files (multipart/form-data, RFC 7578)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from email import policy
from email.parser import BytesParser
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.expr import to_text
from weftline.formats.base import Format, unfit, unreadable
from weftline.model import Document

_UNSAFE = re.compile(r"[\r\n\x00]")


class MultipartFormatConfig(Document):
    """Nothing to set."""


class MultipartFormat(Format):
    """Fields and files; a file is ``{filename, content_type, base64}`` or has ``text`` in place of ``base64``."""

    kind: ClassVar[str] = "multipart"
    title: ClassVar[str] = "Multipart form"
    content_type: ClassVar[str] = "multipart/form-data"
    Config: ClassVar[type[BaseModel]] = MultipartFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """Field names to texts or files."""
        if "boundary=" not in content_type:
            content_type = f"multipart/form-data; boundary={_boundary_in(body)}"
        message = BytesParser(policy=policy.HTTP).parsebytes(
            b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + body
        )
        if not message.is_multipart() or message.defects:
            raise unreadable(where, "is not a multipart form", body)
        found: dict[str, Any] = {}
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            inside = part.get_payload(decode=True)
            if not isinstance(name, str) or not isinstance(inside, bytes):
                raise unreadable(where, "has a part without a name", body)
            value: Any
            if part.get_filename() is not None:
                value = {
                    "filename": part.get_filename(),
                    "content_type": part.get_content_type(),
                    "base64": base64.b64encode(inside).decode(),
                }
            else:
                value = inside.decode("utf-8", "replace")
            if name in found:
                found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
            else:
                found[name] = value
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


def _part(name: str, value: Any) -> bytes:
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    if not isinstance(value, dict):
        return f"{head}\r\n\r\n{to_text(value)}".encode()
    try:
        inside = (
            base64.b64decode(value["base64"], validate=True) if "base64" in value else to_text(value["text"]).encode()
        )
    except KeyError:
        raise unfit("a multipart form", f"the file '{name}' has neither 'base64' nor 'text'") from None
    except (binascii.Error, TypeError, ValueError):
        raise unfit("a multipart form", f"the 'base64' of '{name}' is not base64") from None
    kind = _UNSAFE.sub(" ", str(value.get("content_type", "application/octet-stream")))
    filename = _quoted(str(value.get("filename", name)))
    return f'{head}; filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + inside


def _quoted(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22").replace("\x00", "")


def _boundary_in(body: bytes) -> str:
    return body[2:].split(b"\r\n", 1)[0].removesuffix(b"--").decode("latin-1") if body.startswith(b"--") else ""
