"""Transforms in a row, as one closure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from weftline.errors import DefinitionError, DocumentError, MappingError, WeftlineError, did_you_mean
from weftline.expr import to_text
from weftline.expr.faults import Fault
from weftline.expr.values import type_of
from weftline.kernel import json as wire
from weftline.mapping.base import Scope, Transform
from weftline.mapping.lookups import Lookups
from weftline.mapping.transforms import TRANSFORMS

__all__ = ["Chain", "compile_chain", "shortened"]

Chain = Callable[[Any, Scope], Any]
SHOWN_CHARS = 80


def compile_chain(transforms: Sequence[Mapping[str, Any]], lookups: Lookups) -> Chain | None:
    """One closure for all transforms of a rule, or None for no transforms; faults name kind and key."""
    links = [_link(_build(settings, lookups)) for settings in transforms]
    if not links:
        return None
    if len(links) == 1:
        return links[0]

    def chain(value: Any, scope: Scope) -> Any:
        for link in links:
            value = link(value, scope)
        return value

    return chain


def shortened(value: Any) -> str:
    """A value for an error message: its JSON, at most 80 characters."""
    try:
        shown = wire.encode_text(value) if type_of(value) != "number" else to_text(value)
    except (Fault, ValueError, TypeError, RecursionError):
        shown = f"a {type_of(value)}"
    return shown if len(shown) <= SHOWN_CHARS else shown[: SHOWN_CHARS - 1] + "…"


def _build(settings: Mapping[str, Any], lookups: Lookups) -> Transform:
    kind = settings.get("kind")
    if not isinstance(kind, str):
        raise DocumentError("a transform has no 'kind'", hint=did_you_mean("", TRANSFORMS.kinds()))
    transform = TRANSFORMS.get(kind)
    config = TRANSFORMS.config(
        kind, {key: value for key, value in settings.items() if key != "kind"}, where=f"transform '{kind}'"
    )
    try:
        return transform(config, lookups)
    except Fault as fault:
        raise DocumentError(f"transform '{kind}': {fault.message}", hint=fault.hint) from None


def _link(transform: Transform) -> Chain:
    apply, takes_null = transform.apply, transform.takes_null

    def on_list(value: Any, scope: Scope) -> Any:
        if value is None:
            if not takes_null:
                return None
            value = []
        elif value.__class__ is not list:
            value = [value]
        try:
            return apply(value, scope)
        except Exception as error:
            raise failed(transform.kind, value, error) from None

    def on_value(value: Any, scope: Scope) -> Any:
        if value is None and not takes_null:
            return None
        if value.__class__ is list:
            return [on_value(item, scope) for item in value]
        try:
            return apply(value, scope)
        except Exception as error:
            raise failed(transform.kind, value, error) from None

    return on_list if transform.takes == "list" else on_value


def failed(kind: str, value: Any, error: Exception) -> WeftlineError:
    """The error of a transform, naming its kind and the value; the map adds the rule.

    What is not the record's fault (a store that does not answer) stays an error of its own class.
    """
    if isinstance(error, WeftlineError) and not isinstance(error, DefinitionError):
        error.message = f"the transform '{kind}' failed: {error.message}"
        return error
    hint = ""
    if isinstance(error, WeftlineError | Fault):
        reason, hint = error.message, error.hint
    elif isinstance(error, ArithmeticError):
        reason = "the number is too large or not finite"
    else:
        reason = f"the value does not fit ({type(error).__name__})"
    return MappingError(
        f"the transform '{kind}' failed on {shortened(value)}: {reason}", hint=hint, context={"transform": kind}
    )
