"""JSON: decimals and big integers survive."""

from __future__ import annotations

import codecs
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.errors import UnreadableBodyError
from weftline.expr import compile_path
from weftline.formats.base import Format, RecordReader
from weftline.formats.json_reader import JsonListReader
from weftline.kernel import json
from weftline.model import Document

SHOWN_CHARACTERS = 200


class JsonFormatConfig(Document):
    """Nothing to set."""


class JsonFormat(Format):
    """JSON documents."""

    kind: ClassVar[str] = "json"
    title: ClassVar[str] = "JSON"
    content_type: ClassVar[str] = "application/json"
    Config: ClassVar[type[BaseModel]] = JsonFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """The document; an empty body is None."""
        if not body:
            return None
        try:
            return json.decode(body.removeprefix(codecs.BOM_UTF8))
        except (json.JSONError, UnicodeDecodeError) as error:
            shown = body[:SHOWN_CHARACTERS].decode("utf-8", "replace")
            raise UnreadableBodyError(
                f"the answer of {where} is not JSON ({error}); it begins: {shown!r}",
                hint=f"its content type is '{content_type or 'not given'}': see that address and path are right",
            ) from None

    def split(self, body: bytes, key: str | None, *, others: bool = True) -> tuple[bytes, int, Any] | None:
        """See :func:`weftline.kernel.json.split_list`."""
        return json.split_list(body.removeprefix(codecs.BOM_UTF8), key, others=others)

    def reader(self, items_path: str, *, where: str) -> RecordReader:
        names = all(isinstance(part, str) for part in compile_path(items_path).parts)
        return JsonListReader(items_path, where) if names else super().reader(items_path, where=where)

    def encode(self, value: Any) -> bytes:
        """The document as UTF-8."""
        return json.encode(value)
