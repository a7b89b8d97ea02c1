"""Ranges of versions, as a workspace file writes them."""

from __future__ import annotations

import re

from weftline.errors import DocumentError
from weftline.model import version_key

_RANGE = re.compile(r"^([\^~]?)(\d+)(?:\.(\d+))?(?:\.(\d+))?$")


def fits(version: str, wanted: str) -> bool:
    """Whether a version is within ``*``, ``1.2.3`` (that one), ``1.2`` or ``1`` (all of them), ``^1.2`` (from there,
    below 2) or ``~1.2`` (from there, below 1.3); DocumentError for any other text."""
    if wanted.strip() in ("*", ""):
        return True
    found = _RANGE.match(wanted.strip())
    if found is None:
        raise DocumentError(f"'{wanted}' is not a range of versions", hint="write *, 1.2.3, ^1 or ~1.2")
    given = tuple(int(part) for part in found.groups()[1:] if part is not None)
    lowest = (*given, 0, 0)[:3]
    have = version_key(version)
    match found[1]:
        case "^":
            # Before 1.0 the second number tells what breaks.
            fixed = 1 if lowest[0] or len(given) == 1 else 2
            return have[:fixed] == lowest[:fixed] and have >= lowest
        case "~":
            fixed = min(2, len(given))
            return have[:fixed] == lowest[:fixed] and have >= lowest
        case _:
            return have[: len(given)] == given
