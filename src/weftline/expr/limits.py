"""Bounds on what one expression may cost, so that a document can never stall a worker."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from weftline.expr.faults import Fault

__all__ = ["DEFAULT_LIMITS", "MAX_DEPTH", "MAX_EXPRESSION_CHARS", "MAX_TEXT_CHARS", "Limits", "charge", "start_meter"]

MAX_EXPRESSION_CHARS = 10_000
"""The longest expression that is read at all."""

MAX_DEPTH = 64
"""How deep brackets, calls and operators may nest; far below the interpreter's own recursion limit."""

MAX_TEXT_CHARS = 1_000_000
"""The longest text that any function may build, checked before it is built."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may use.

    ``steps`` counts work on lists and texts (16 list items or 256 characters are one step); ``output_chars`` is
    the longest text that may come out.
    """

    steps: int = 100_000
    output_chars: int = MAX_TEXT_CHARS


DEFAULT_LIMITS = Limits()


class _Meter(threading.local):
    left: int = DEFAULT_LIMITS.steps


_meter = _Meter()


def start_meter(steps: int) -> None:
    """Begin an evaluation that may use ``steps``."""
    _meter.left = steps


def charge(value: Any) -> None:
    """Count the work that a function will do on a list, object or text.

    An expression has no loops and its own length is bounded, so only the size of the data it touches is counted.
    """
    kind = type(value)
    if kind is str:
        cost = len(value) >> 8
    elif kind is list or kind is dict:
        cost = len(value) >> 4
    else:
        return
    if cost:
        _meter.left -= cost
        if _meter.left < 0:
            raise Fault("the expression works on too much data", "split the payload before this expression")
