"""Web forms (application/x-www-form-urlencoded)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel

from weftline.formats.base import Format, gather, text_of, unfit, unreadable
from weftline.model import Document, field


class FormFormatConfig(Document):
    """How lists are written."""

    lists: Literal["repeat", "brackets", "index"] = field(
        "repeat", title="Lists", description="a=1&a=2, a[]=1&a[]=2, or a[0]=1&a[1]=2"
    )


class FormFormat(Format):
    """Names and values; what lies deeper is written as a[b]=c."""

    kind: ClassVar[str] = "form"
    title: ClassVar[str] = "Form"
    content_type: ClassVar[str] = "application/x-www-form-urlencoded"
    Config: ClassVar[type[BaseModel]] = FormFormatConfig
    config: FormFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """Names to texts; a name that stands there several times to a list of them."""
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), errors="strict")
        except ValueError as error:
            raise unreadable(where, f"is not a form ({error})", body) from None
        found: dict[str, Any] = {}
        for name, value in pairs:
            gather(found, name, value)
        return found

    def encode(self, value: Any) -> bytes:
        """An object's fields; those that are None are left out."""
        if not isinstance(value, dict):
            raise unfit(self.title, "it is not an object")
        return urlencode(list(self._pairs(value, ""))).encode()

    def _pairs(self, value: Any, name: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield from self._pairs(item, f"{name}[{key}]" if name else str(key))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                place = {"repeat": "", "brackets": "[]", "index": f"[{number}]"}[self.config.lists]
                yield from self._pairs(item, name + place)
        elif value is not None:
            yield name, text_of(value)
