"""Functions on text. Numbers and dates are taken as the text that they would be shown as."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

import re2

from weftline.expr.faults import Fault
from weftline.expr.functions.registry import FUNCTIONS
from weftline.expr.limits import MAX_TEXT_CHARS
from weftline.expr.values import joined, to_int, to_text, type_of
from weftline.kernel.ids import slugify

__all__ = ["compile_pattern", "plain_text", "replaced", "sliced"]

add = FUNCTIONS.group("text")


def plain_text(value: Any) -> str:
    """A single value as text; lists and objects are refused rather than shown in some odd way."""
    if value.__class__ is str:
        return value
    if type_of(value) in ("list", "object"):
        raise Fault(f"needs text, got {'an object' if type_of(value) == 'object' else 'a list'}")
    return to_text(value)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Any:
    """A regular expression in RE2 syntax, which cannot run away; :class:`Fault` if it does not compile."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        hint = "patterns are RE2: no look-around and no back-references"
        raise Fault(f"the pattern '{pattern[:60]}' does not compile: {reason}", hint) from None


def replaced(text: str, old: str, new: str) -> str:
    """``text`` with every ``old`` replaced, refused before it grows too long."""
    if not old:
        return text
    if len(new) > len(old) and len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT_CHARS:
        raise Fault(f"the text would be longer than {MAX_TEXT_CHARS:,} characters")
    return text.replace(old, new)


def sliced(text: str, start: int, length: int | None = None) -> str:
    """``length`` characters from ``start``, which counts from 0, or from the end where negative."""
    begin = max(0, len(text) + start) if start < 0 else start
    return text[begin:] if length is None else text[begin : begin + max(0, length)]


@add('upper("acme-1")', "ACME-1")
def upper(text: Any) -> str:
    """The text in capitals."""
    return plain_text(text).upper()


@add('lower("Acme")', "acme")
def lower(text: Any) -> str:
    """The text in small letters."""
    return plain_text(text).lower()


@add('trim("  x ")', "x")
def trim(text: Any, characters: Any = None) -> str:
    """The text without white space (or the given characters) at both ends."""
    return plain_text(text).strip(None if characters is None else plain_text(characters))


@add('title("ada LOVELACE")', "Ada Lovelace")
def title(text: Any) -> str:
    """Each word with a capital first letter."""
    return " ".join(word[:1].upper() + word[1:].lower() for word in plain_text(text).split(" "))


@add('replace("a-b-c", "-", " ")', "a b c")
def replace(text: Any, old: Any, new: Any) -> str:
    """Every occurrence of one text replaced by another."""
    return replaced(plain_text(text), plain_text(old), plain_text(new))


@add(r'replace_pattern("tel 0171-22", "[^0-9]+", "")', "017122")
def replace_pattern(text: Any, pattern: Any, new: Any) -> str:
    r"""Every match of a regular expression (RE2) replaced; ``\1`` is the first group."""
    source, with_ = plain_text(text), plain_text(new)
    if len(with_) and (len(source) + 1) * len(with_) > 10 * MAX_TEXT_CHARS:
        raise Fault("the replacement is too long for this text")
    compiled = compile_pattern(plain_text(pattern))
    if "\\" in with_ and len(source) * (len(source) + 1) > 100 * MAX_TEXT_CHARS:
        raise Fault("the text is too long for a replacement with groups")
    return compiled.sub(with_, source)  # type: ignore[no-any-return]


@add('split("red, green", ", ")', ["red", "green"])
def split(text: Any, separator: Any = ",") -> list[str]:
    """The pieces between the separators; empty text has none."""
    source, by = plain_text(text), plain_text(separator)
    return [] if not source else source.split(by) if by else list(source)


@add('join(["a", "b"], "; ")', "a; b")
def join(items: Any, separator: Any = ",") -> str:
    """The items of a list as one text."""
    return joined(items if isinstance(items, list) else [items], plain_text(separator))


@add('substring("SKU-0042", 4)', "0042")
def substring(text: Any, start: Any, length: Any = None) -> str:
    """Part of a text: from a position (0 is the first; negative counts from the end), so many characters."""
    return sliced(plain_text(text), to_int(start), None if length is None else to_int(length))


@add('length("four")', 4)
def length(value: Any) -> int:
    """How many characters, items or fields there are."""
    return len(value) if isinstance(value, list | dict) else len(plain_text(value))


def _padding(text: str, width: Any, fill: Any) -> str:
    size, mark = to_int(width), plain_text(fill)
    if size > MAX_TEXT_CHARS:
        raise Fault(f"the text would be longer than {MAX_TEXT_CHARS:,} characters")
    need = size - len(text)
    return "" if need <= 0 or not mark else (mark * (need // len(mark) + 1))[:need]


@add('pad_left(42, 6, "0")', "000042")
def pad_left(text: Any, width: Any, fill: Any = " ") -> str:
    """The text made so many characters long by filling at the left."""
    source = plain_text(text)
    return _padding(source, width, fill) + source


@add('pad_right("ab", 4, ".")', "ab..")
def pad_right(text: Any, width: Any, fill: Any = " ") -> str:
    """The text made so many characters long by filling at the right."""
    source = plain_text(text)
    return source + _padding(source, width, fill)


@add('starts_with("SKU-1", "SKU")', True)
def starts_with(text: Any, start: Any) -> bool:
    """Whether a text begins with another."""
    return plain_text(text).startswith(plain_text(start))


@add('ends_with("file.csv", ".csv")', True)
def ends_with(text: Any, end: Any) -> bool:
    """Whether a text ends with another."""
    return plain_text(text).endswith(plain_text(end))


@add('contains("rush order", "rush")', True)
def contains(value: Any, part: Any) -> bool:
    """Whether a text has the part in it, or a list the item."""
    from weftline.expr.values import equal

    if isinstance(value, list):
        return any(equal(item, part) for item in value)
    return plain_text(part) in plain_text(value)


@add(r'matches("AB-12", "^[A-Z]+-\d+$")', True)
def matches(text: Any, pattern: Any) -> bool:
    """Whether a regular expression (RE2) is found in the text; use ``^`` and ``$`` for the whole."""
    return compile_pattern(plain_text(pattern)).search(plain_text(text)) is not None


@add(r'extract("order #1042 of", "#(\d+)")', "1042")
def extract(text: Any, pattern: Any, group: Any = None) -> str | None:
    """What a regular expression (RE2) finds: its first group, or the whole; null if nothing is found."""
    found = compile_pattern(plain_text(pattern)).search(plain_text(text))
    if found is None:
        return None
    number = (1 if found.re.groups else 0) if group is None else to_int(group)
    if not 0 <= number <= found.re.groups:
        raise Fault(f"the pattern has no group {number}")
    return found.group(number)  # type: ignore[no-any-return]


@add('slug("Café & Bar")', "cafe-bar")
def slug(text: Any) -> str:
    """The text as a key for URLs: small letters, digits and hyphens."""
    return slugify(unicodedata.normalize("NFKD", plain_text(text)).encode("ascii", "ignore").decode())
