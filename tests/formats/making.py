"""Formats as tests make and use them."""

from __future__ import annotations

from typing import Any

from weftline.formats import FORMATS, Format


def make(kind: str, **config: Any) -> Format:
    """A format with a config."""
    return FORMATS.get(kind)(FORMATS.config(kind, config))


def decode(kind: str, body: bytes, **config: Any) -> Any:
    """What a body holds."""
    return make(kind, **config).decode(body, where="test")


def read(kind: str, path: str, *pieces: bytes, **config: Any) -> list[Any]:
    """The records of a body in pieces."""
    reader = make(kind, **config).reader(path, where="test")
    return [record for piece in pieces for record in reader.feed(piece)] + reader.close()
