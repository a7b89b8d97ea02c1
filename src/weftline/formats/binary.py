"""Bytes as they are, in base64."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.formats.base import Format, unfit
from weftline.model import Document, field


class BinaryFormatConfig(Document):
    """What is said of the bytes when they are sent."""

    content_type: str = field("application/octet-stream", title="Content type", example="application/pdf")


class BinaryFormat(Format):
    """Files of any kind; the record has ``base64``, ``content_type`` and ``size_bytes``."""

    kind: ClassVar[str] = "binary"
    title: ClassVar[str] = "Binary"
    content_type: ClassVar[str] = "application/octet-stream"
    Config: ClassVar[type[BaseModel]] = BinaryFormatConfig
    config: BinaryFormatConfig

    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """The record."""
        return {
            "base64": base64.b64encode(body).decode(),
            "content_type": content_type or self.config.content_type,
            "size_bytes": len(body),
        }

    def encode(self, value: Any) -> bytes:
        """The bytes of a record's ``base64``, or of such a text alone."""
        text = value.get("base64") if isinstance(value, dict) else value
        if not isinstance(text, str):
            raise unfit(self.title, "it has no text 'base64'")
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise unfit(self.title, "its 'base64' is not base64") from None

    def content_type_of(self, body: bytes) -> str:
        """What the config says."""
        return self.config.content_type
