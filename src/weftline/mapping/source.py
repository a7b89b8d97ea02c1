"""Where a rule's value comes from, as a closure that tells missing from null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from weftline.expr import MISSING, Expression, compile_expression, compile_template
from weftline.expr.reference import WILDCARD, describe_missing, getter, spell

__all__ = ["Source", "compile_sources", "explain_missing"]

Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What ``from`` or ``value`` compiled to.

    ``read`` gives the value or MISSING. ``spread`` is how many list levels of it stand one to one for items of the
    source (0 for a plain value); ``reads_lists`` tells that a list may come out.
    """

    read: Read
    expressions: tuple[Expression, ...]
    spread: int = 0
    reads_lists: bool = False


def compile_sources(
    texts: list[str], *, wildcards: int, required: bool = False, roots: frozenset[str] | None = None
) -> Source:
    """The source for one or several ``from`` texts and a target of so many wildcards.

    ``required`` makes a missing part of a text or computation an error, where it would else be taken as null.
    """
    if len(texts) == 1:
        return _one(texts[0], wildcards, required, roots)
    parts = [_one(text, min(wildcards, 1), required, roots) for text in texts]
    expressions = tuple(expression for part in parts for expression in part.expressions)
    reads_lists = any(part.reads_lists for part in parts)
    if wildcards and any(part.spread for part in parts):
        return Source(_zipped(parts, required), expressions, 1, reads_lists)
    reads = [part.read for part in parts]
    enough = any if required else all

    def together(scope: Any) -> Any:
        values = [read(scope) for read in reads]
        if enough([value is MISSING for value in values]):
            return MISSING
        return [None if value is MISSING else value for value in values]

    return Source(together, expressions, 0, reads_lists)


def _one(text: str, wildcards: int, required: bool, roots: frozenset[str] | None) -> Source:
    if "{{" in text:
        template = compile_template(text, roots=roots)
        if template.alone is None:
            reads_lists = any("[*]" in reference for reference in template.references)
            read: Read = partial(template.render, strict=True) if required else template.render
            return Source(read, template.expressions, 0, reads_lists)
        expression = template.alone
    else:
        expression = compile_expression(text, roots=roots)
    parts = expression.parts
    if parts is None:
        reads_lists = any("[*]" in reference for reference in expression.references)
        read = expression.evaluate_strict if required else expression.evaluate
        return Source(read, (expression,), 0, reads_lists)
    levels = parts.count(WILDCARD)
    spread = min(levels, wildcards)
    read_path = getter(parts, MISSING, nested=True) if spread == levels else _beyond(parts, spread)
    return Source(read_path, (expression,), spread, levels > 0)


def _beyond(parts: tuple[Any, ...], spread: int) -> Read:
    """Read a path of which only the first ``spread`` wildcards are spread: the others give lists as values."""
    if not spread:
        return _gathered(parts)
    at = parts.index(WILDCARD)
    outer, inner = getter(parts[:at]), _beyond(parts[at + 1 :], spread - 1)

    def read(value: Any) -> Any:
        items = outer(value)
        if isinstance(items, Mapping):
            items = [items]
        return [inner(item) for item in items] if isinstance(items, list | tuple) else MISSING

    return read


def _gathered(parts: tuple[Any, ...]) -> Read:
    """A list as one value: null where an item lacks the field, MISSING where every item does."""
    read = getter(parts, MISSING)

    def gather(value: Any) -> Any:
        found = read(value)
        if found.__class__ is list and MISSING in found:
            if all(one is MISSING for one in found):
                return MISSING
            return [None if one is MISSING else one for one in found]
        return found

    return gather


def _zipped(parts: list[Source], required: bool) -> Read:
    """One list per item, from sources that have a value per item and others that have one for all."""

    def read(scope: Any) -> Any:
        values = [part.read(scope) for part in parts]
        lists = [value for part, value in zip(parts, values, strict=True) if part.spread and value is not MISSING]
        if not lists or (required and MISSING in values):
            return MISSING
        length = len(lists[0])
        if any(len(one) != length for one in lists):
            raise ValueError(f"the sources have {', '.join(str(len(one)) for one in lists)} items")
        columns = [
            value if part.spread and value is not MISSING else [value] * length
            for part, value in zip(parts, values, strict=True)
        ]
        return [[None if one is MISSING else one for one in row] for row in zip(*columns, strict=True)]

    return read


def explain_missing(scope: Any, expressions: tuple[Expression, ...]) -> tuple[str, str]:
    """Which reference is missing and why, and the closest name; for an error or a check."""
    for expression in expressions:
        for parts in sorted(expression.demanded, key=spell):
            fault = missing_part(scope, parts)
            if fault:
                return f"'{spell(parts)}' is not there: {fault[0]}", fault[1]
    names = ", ".join(f"'{one.text}'" for one in expressions)
    return (f"{names} is null" if names else "there is no value"), "give a default, or take 'required' away"


def missing_part(scope: Any, parts: tuple[Any, ...]) -> tuple[str, str] | None:
    """What of a reference is not there and a hint, or None if it is; knows of a forgotten ``payload.``."""
    if parts[0] not in scope:
        payload = scope.get("payload")
        if isinstance(payload, dict) and parts[0] in payload:
            return f"nothing is called '{parts[0]}' here", f"did you mean 'payload.{spell(parts)}'?"
        return f"nothing is called '{parts[0]}' here", "fields of the record begin with 'payload.'"
    return describe_missing(scope, parts)
