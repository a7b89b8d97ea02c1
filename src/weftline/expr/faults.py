"""From a fault inside a function to an error that shows the expression with a caret."""

from __future__ import annotations

import decimal
import difflib
from collections.abc import Iterable

from weftline.errors import ExpressionError

__all__ = ["Fault", "located", "nearby"]

_WINDOW = 36


class Fault(Exception):  # noqa: N818 - never leaves this room as it is: always turned into an ExpressionError
    """What a function or operator could not do; the compiler adds the text and the place."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def located(error: Exception | str, text: str, position: int, *, hint: str = "") -> ExpressionError:
    """The :class:`ExpressionError` for a fault at ``position`` of ``text``, with the text and a caret below it."""
    if isinstance(error, ExpressionError):
        return error
    if isinstance(error, str):
        message = error
    elif isinstance(error, Fault):
        message, hint = error.message, hint or error.hint
    elif isinstance(error, decimal.DecimalException):
        message, hint = "the result is too large a number to be kept exactly", "round the numbers first"
    elif isinstance(error, RecursionError):
        message = "the value is nested too deep"
    elif isinstance(error, OverflowError):
        message = "the result is out of range"
    elif isinstance(error, UnicodeError):
        message = "the text holds characters that cannot be encoded"
    else:
        message = f"cannot be computed ({type(error).__name__})"
    start = max(0, position - _WINDOW)
    end = min(len(text), position + _WINDOW)
    before = ("…" if start else "") + text[start:position]
    shown = "".join(char if char.isprintable() else " " for char in before + text[position:end])
    tail = "…" if end < len(text) else ""
    return ExpressionError(
        f"{message}\n  {shown}{tail}\n  {' ' * len(before)}^",
        hint=hint,
        context={"expression": text[:500], "position": position},
    )


def nearby(got: str, known: Iterable[str], *, shown: int = 8) -> str:
    """The closest known names as a question, else some of those that there are; '' when there are none."""
    names = [str(name) for name in known]
    lowered = {name.lower(): name for name in names}
    close = difflib.get_close_matches(got.lower(), list(lowered), n=1, cutoff=0.6)
    if close:
        return f"did you mean '{lowered[close[0]]}'?"
    if not names:
        return ""
    return "known: " + ", ".join(names[:shown]) + (", …" if len(names) > shown else "")
