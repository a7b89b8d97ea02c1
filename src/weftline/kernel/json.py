"""JSON as Weftline keeps it: decimals and big integers survive, floats never appear.

``msgspec`` decodes every JSON number with a point or exponent as :class:`~decimal.Decimal` and writes it back as
the same number, so money that came as ``1.10`` leaves as ``1.10``.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import msgspec

JSONError = msgspec.DecodeError

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=str)


def decode(data: bytes | str) -> Any:
    """Bytes or text to values; raises :data:`JSONError`."""
    try:
        return _decoder.decode(data)
    except RecursionError:
        raise JSONError("nested too deep") from None
    except UnicodeDecodeError as error:
        raise JSONError(f"not UTF-8 (byte {error.start})") from None
    except InvalidOperation:
        raise JSONError("a number's exponent is out of range") from None


def split_list(data: bytes, key: str | None, *, others: bool = True) -> tuple[bytes, int, Any] | None:
    """A list found in a document without decoding what is in it.

    ``key`` names the field that holds the list, or is None when the document itself is the list. Gives the list's
    bytes, its length, and the document's ``others`` (its other fields, decoded; None if nobody asks for them); None
    when there is no such list there.
    """
    try:
        if not data.isascii():
            data.decode()  # what is cut out unread must be readable to whoever decodes it
        if key is None:
            return data, len(_items.decode(data)), None
        if not others:
            items = _list_at(key).decode(data).items
            return None if items is None else (b"[" + b",".join(items) + b"]", len(items), None)
        fields = _fields.decode(data)
        found = fields.pop(key, None)
        if found is None:
            return None
        count = len(_items.decode(found))
        return bytes(found), count, {name: decode(bytes(raw)) for name, raw in fields.items()}
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


@lru_cache(maxsize=256)
def _list_at(key: str) -> msgspec.json.Decoder[Any]:
    """Decodes an object's list of that name to its items, unread, and skips all else: one pass."""
    items = ("items", list[msgspec.Raw] | None, None)
    return msgspec.json.Decoder(msgspec.defstruct("Listing", [items], rename={"items": key}))


def encode(value: Any) -> bytes:
    """Values to compact UTF-8 bytes; what JSON does not know (a path, a zone) is written as text."""
    return _encoder.encode(value)


def encode_text(value: Any) -> str:
    """Values to compact JSON text."""
    return _encoder.encode(value).decode()
