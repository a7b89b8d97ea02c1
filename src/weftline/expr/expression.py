"""Expressions: compiled once, evaluated for every record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from weftline.errors import ExpressionError
from weftline.expr.compiler import Compiler, Evaluate
from weftline.expr.limits import DEFAULT_LIMITS, Limits, start_meter
from weftline.expr.nodes import Node, Reference
from weftline.expr.parser import Parser

__all__ = ["Expression", "compile_expression"]


class Expression:
    """A compiled expression.

    ``evaluate(scope)`` gives the value (null for what is missing), ``references`` the paths that it reads,
    ``demanded`` those of them (as parts) whose absence it does not provide for, ``parts`` the path itself if the
    expression is nothing but a reference, else None.
    """

    __slots__ = (
        "_limits",
        "_node",
        "_roots",
        "_strict",
        "demanded",
        "evaluate",
        "parts",
        "position",
        "references",
        "text",
    )

    evaluate: Callable[[Mapping[str, Any]], Any]

    def __init__(self, text: str, node: Node, roots: frozenset[str] | None, limits: Limits) -> None:
        self.text = text
        self._node, self._roots, self._limits = node, roots, limits
        self._strict: Evaluate | None = None
        compiler = Compiler(text, roots, limits)
        self.evaluate = _metered(compiler.compile(node), compiler.metered, limits)
        self.references = frozenset(compiler.references)
        self.demanded = frozenset(compiler.demanded)
        self.position = node.position
        self.parts: tuple[Any, ...] | None = node.parts if isinstance(node, Reference) else None

    def evaluate_strict(self, scope: Mapping[str, Any]) -> Any:
        """Like ``evaluate``, but a missing reference is an :class:`ExpressionError` that names it."""
        if self._strict is None:
            compiler = Compiler(self.text, self._roots, self._limits, strict=True)
            self._strict = _metered(compiler.compile(self._node), compiler.metered, self._limits)
        return self._strict(scope)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def compile_expression(
    text: str, *, roots: frozenset[str] | None = None, limits: Limits = DEFAULT_LIMITS
) -> Expression:
    """Compile an expression; :class:`ExpressionError` with the place and the closest known name.

    ``roots`` are the names that a reference may begin with; None allows all.
    """
    try:
        return Expression(text, Parser(text).whole(), roots, limits)
    except RecursionError:
        raise ExpressionError("the expression is nested too deep", context={"expression": text[:500]}) from None


def _metered(evaluate: Evaluate, metered: bool, limits: Limits) -> Evaluate:
    if not metered:
        return evaluate
    steps = limits.steps

    def run(scope: Any) -> Any:
        start_meter(steps)
        return evaluate(scope)

    return run
