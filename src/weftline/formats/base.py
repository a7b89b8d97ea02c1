"""The socket ``Format``: bytes to values and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from pydantic import BaseModel


class Format(ABC):
    """A kind of body."""

    kind: ClassVar[str]
    title: ClassVar[str]
    content_type: ClassVar[str]
    Config: ClassVar[type[BaseModel]]

    def __init__(self, config: Any) -> None:
        self.config = config

    @abstractmethod
    def decode(self, body: bytes, *, where: str, content_type: str = "") -> Any:
        """The body as values; ``where`` names the endpoint in an :class:`UnreadableBodyError`."""

    def split(self, body: bytes, key: str | None) -> tuple[bytes, int, Any] | None:
        """The records of a page without decoding them, where the format can: a JSON list's bytes, how many records
        it has, and the rest of the document. ``key`` is the field that holds them (None: the document itself)."""
        return None

    @abstractmethod
    def encode(self, value: Any) -> bytes:
        """Values as a body."""
