"""Functions that choose. ``exists``, ``default`` and ``if`` are compiled specially: they see what is missing, and
evaluate only what they need."""

from __future__ import annotations

from typing import Any

from weftline.expr.functions.registry import FUNCTIONS
from weftline.expr.values import truthy, type_of

add = FUNCTIONS.group("logic")


@add('default("", "none")', "none", takes_null=True)
def default(value: Any, otherwise: Any) -> Any:
    """The value, or another where it is missing, null or empty text."""
    return otherwise if value is None or value == "" else value


@add("exists(null)", False, takes_null=True)
def exists(value: Any) -> bool:
    """Whether a field is there and not null."""
    return value is not None


@add('if(2 > 1, "yes", "no")', "yes", takes_null=True)
def if_(test: Any, yes: Any, no: Any = None) -> Any:
    """One of two values, by a condition."""
    return yes if truthy(test) else no


@add("is_empty([])", True, takes_null=True)
def is_empty(value: Any) -> bool:
    """Whether a value is missing, null, or an empty text, list or object."""
    return value is None or (isinstance(value, str | list | dict) and not value)


@add("type_of(1.5)", "number", name="type_of", takes_null=True)
def type_of_(value: Any) -> str:
    """null, boolean, number, text, date, list or object."""
    return type_of(value)
