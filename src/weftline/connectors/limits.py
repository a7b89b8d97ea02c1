"""What applications say of their limits in headers: how many calls are left, and when there are more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from weftline.kernel import seconds_until
from weftline.model import LearnFrom

_PAIR = re.compile(r"(limit|remaining|reset|r|t|q)\s*=\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Told:
    """Calls left, seconds until there are more (None: not said), and the words that said so."""

    left: int
    reset_s: float | None
    words: str


def told(headers: Mapping[str, str], learn_from: LearnFrom | None) -> Told | None:
    """What an answer's headers say: the connector's own header first, else the usual ones."""
    if learn_from is not None:
        value = headers.get(learn_from.header.lower())
        reset = headers.get(learn_from.reset.lower()) if learn_from.reset else None
        return None if value is None else _read(value, reset, learn_from.form)
    for name in ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining"):
        if name in headers:
            return _read(headers[name], headers.get(name.replace("remaining", "reset")), "remaining")
    if "ratelimit" in headers:  # the IETF's one header: "limit=100, remaining=5, reset=7" or '"a";r=5;t=7'
        found = dict(_PAIR.findall(headers["ratelimit"]))
        left = found.get("remaining", found.get("r"))
        reset = found.get("reset", found.get("t"))
        return None if left is None else _read(left, reset, "remaining")
    return None


def _read(value: str, reset: str | None, form: str) -> Told | None:
    try:
        if form == "used/limit":
            used, limit = (int(part) for part in value.split("/"))
            left = limit - used
        else:
            left = int(value.split(",")[0])
    except ValueError:
        return None
    return Told(left, None if reset is None else seconds_until(reset), value)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The seconds that ``Retry-After`` asks for (a number or an HTTP date), or None."""
    value = headers.get("retry-after")
    return None if value is None else seconds_until(value)
