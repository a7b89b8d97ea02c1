"""Functions that turn one kind of value into another."""

from __future__ import annotations

import base64 as codec
import binascii
import hashlib
import uuid
from typing import Any
from urllib.parse import quote, unquote

from weftline.expr.faults import Fault
from weftline.expr.functions.registry import FUNCTIONS
from weftline.expr.functions.text import plain_text
from weftline.expr.limits import MAX_TEXT_CHARS
from weftline.expr.values import to_text
from weftline.kernel import json as wire

__all__ = ["FALSE_WORDS", "TRUE_WORDS"]

add = FUNCTIONS.group("convert")

TRUE_WORDS = ("true", "yes", "y", "on", "1")
FALSE_WORDS = ("false", "no", "n", "off", "0", "")
_NAMESPACES = {
    "url": uuid.NAMESPACE_URL,
    "dns": uuid.NAMESPACE_DNS,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


@add("text(12.50)", "12.50", takes_null=True)
def text(value: Any) -> str:
    """A value as text: null is empty, a list is joined by commas, an object is JSON."""
    return to_text(value)


@add('boolean("yes")', True)
def boolean(value: Any) -> bool:
    """True or false from a boolean, a number (0 is false) or a word: true, yes, y, on, 1 and their opposites."""
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise Fault(f"'{value[:40]}' is neither true nor false", "compare it with a value instead, as in x == 'paid'")


@add("json([1, 2.50])", "[1,2.50]", takes_null=True)
def json(value: Any) -> str:
    """A value as JSON text."""
    return wire.encode_text(value)


@add("parse_json('{\"a\": 1.10}').a | text", "1.10")
def parse_json(text: Any) -> Any:
    """The value that a JSON text holds; numbers stay exact."""
    try:
        return wire.decode(plain_text(text))
    except wire.JSONError as error:
        raise Fault(f"the text is not JSON: {error}") from None


@add('base64("hi")', "aGk=")
def base64(text: Any) -> str:
    """The text's UTF-8 bytes in base64."""
    return codec.b64encode(plain_text(text).encode()).decode()


@add('base64_decode("aGk=")', "hi")
def base64_decode(text: Any) -> str:
    """The text behind base64 (the URL-safe alphabet too)."""
    source = plain_text(text).strip().translate({ord("-"): "+", ord("_"): "/"})
    try:
        return codec.b64decode(source + "=" * (-len(source) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Fault("the text is not base64 of UTF-8 text") from None


@add('sha256("abc") | substring(0, 8)', "ba7816bf")
def sha256(text: Any) -> str:
    """The SHA-256 digest of the text, in hexadecimal."""
    return hashlib.sha256(plain_text(text).encode()).hexdigest()


@add('url_encode("a b&c")', "a%20b%26c")
def url_encode(text: Any) -> str:
    """The text made safe for one piece of a URL."""
    source = plain_text(text)
    if len(source) > MAX_TEXT_CHARS:
        raise Fault(f"the text is longer than {MAX_TEXT_CHARS:,} characters")
    return quote(source, safe="")


@add('url_decode("a%20b")', "a b")
def url_decode(text: Any) -> str:
    """The text behind URL encoding."""
    return unquote(plain_text(text))


@add('uuid5("order-1042")', "e85d2eb8-45d3-5d83-b804-a6b66800643f")
def uuid5(text: Any, namespace: Any = "url") -> str:
    """A UUID that is always the same for the same text; namespace: url, dns, oid, x500 or a UUID."""
    space = _NAMESPACES.get(str(namespace))
    try:
        return str(uuid.uuid5(space or uuid.UUID(str(namespace)), plain_text(text)))
    except ValueError:
        raise Fault("the namespace is url, dns, oid, x500 or a UUID") from None
