"""Templates: text with ``{{ expression }}`` parts, or whole documents of such texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from weftline.errors import ExpressionError
from weftline.expr.expression import Expression
from weftline.expr.faults import Fault, located
from weftline.expr.limits import DEFAULT_LIMITS, MAX_DEPTH, Limits
from weftline.expr.parser import Parser
from weftline.expr.values import as_number, to_text

__all__ = ["Template", "compile_template"]

Render = Callable[[Any], Any]


class Template:
    """A compiled template.

    A text that is one ``{{ expression }}`` alone renders to the value itself; mixed text renders to text; objects
    and lists render part by part, into new ones each time.
    """

    __slots__ = ("_render", "_strict", "alone", "expressions", "is_constant", "references")

    def __init__(
        self, render: Render, strict: Render, expressions: tuple[Expression, ...], is_constant: bool
    ) -> None:
        self._render, self._strict = render, strict
        self.expressions = expressions
        self.references: frozenset[str] = frozenset().union(*(one.references for one in expressions))
        self.is_constant = is_constant
        self.alone: Expression | None = None
        """The expression, if the template is one ``{{ expression }}`` and nothing else."""

    def render(self, scope: Mapping[str, Any], strict: bool = False) -> Any:
        """The value for a scope. ``strict``: a missing reference is an :class:`ExpressionError`, and so is a null
        in the midst of text, since it would leave a hole (in a URL, say)."""
        return self._strict(scope) if strict else self._render(scope)


def compile_template(value: Any, *, roots: frozenset[str] | None = None, limits: Limits = DEFAULT_LIMITS) -> Template:
    """Compile a text, or an object or list of them at any depth; other values are constants."""
    return _compile(value, roots, limits, 0)


def _compile(value: Any, roots: frozenset[str] | None, limits: Limits, depth: int) -> Template:
    if depth > MAX_DEPTH:
        raise ExpressionError(f"the template is nested more than {MAX_DEPTH} deep")
    if isinstance(value, str) and "{{" in value:
        return _text(value, roots, limits)
    if isinstance(value, Mapping):
        fields = {key: _compile(item, roots, limits, depth + 1) for key, item in value.items()}
        plain = [(key, one._render) for key, one in fields.items()]
        strict = [(key, one._strict) for key, one in fields.items()]
        return _join(
            list(fields.values()),
            lambda scope: {key: render(scope) for key, render in plain},
            lambda scope: {key: render(scope) for key, render in strict},
        )
    if isinstance(value, list | tuple):
        items = [_compile(item, roots, limits, depth + 1) for item in value]
        plain_items, strict_items = [one._render for one in items], [one._strict for one in items]
        return _join(
            items,
            lambda scope: [render(scope) for render in plain_items],
            lambda scope: [render(scope) for render in strict_items],
        )

    if isinstance(value, float):  # as YAML reads 1.20; the shortest spelling is what was meant
        try:
            value = as_number(value)
        except Fault as fault:
            raise ExpressionError(f"the constant {value} is {fault.message}") from None

    def constant(scope: Any) -> Any:
        return value

    return Template(constant, constant, (), True)


def _join(parts: list[Template], render: Render, strict: Render) -> Template:
    expressions = tuple(one for part in parts for one in part.expressions)
    return Template(render, strict, expressions, all(part.is_constant for part in parts))


def _text(text: str, roots: frozenset[str] | None, limits: Limits) -> Template:
    parts: list[str | Expression] = []
    at = 0
    while True:
        opening = text.find("{{", at)
        if opening < 0:
            break
        if opening > at:
            parts.append(text[at:opening])
        parser = Parser(text, opening + 2)
        try:
            node = parser.pipeline()
            token = parser.token
            if token.value != "}" or not text.startswith("}}", token.position):
                shown = "the end" if token.kind == "end" else f"'{text[token.position : token.end][:30]}'"
                raise located(
                    f"unexpected {shown}: the part that opens at character {opening + 1} is not closed",
                    text,
                    token.position,
                    hint="write {{ expression }}",
                )
            parts.append(Expression(text, node, roots, limits))
        except RecursionError:
            raise ExpressionError("the template is nested too deep") from None
        at = token.position + 2
    if at < len(text):
        parts.append(text[at:])
    expressions = tuple(part for part in parts if isinstance(part, Expression))
    if len(expressions) == 1 and all(isinstance(part, Expression) or not part.strip() for part in parts):
        only = expressions[0]
        template = Template(only.evaluate, only.evaluate_strict, expressions, False)
        template.alone = only
        return template
    return Template(_mixed(text, parts, limits), _mixed(text, parts, limits, strict=True), expressions, False)


def _mixed(text: str, parts: list[str | Expression], limits: Limits, *, strict: bool = False) -> Render:
    cap = limits.output_chars
    renders: list[Any] = [
        part if isinstance(part, str) else part.evaluate_strict if strict else part.evaluate for part in parts
    ]

    def mixed(scope: Any) -> str:
        out = []
        for render in renders:
            if render.__class__ is not str:
                value = render(scope)
                if value.__class__ is str:
                    out.append(value)
                    continue
                if value is None and strict:
                    raise _hole(text, parts, renders.index(render))
                try:
                    render = to_text(value)
                except Fault as fault:
                    raise located(fault, text, 0) from None
                except RecursionError as error:
                    raise located(error, text, 0) from None
            out.append(render)
        result = "".join(out)
        if len(result) > cap:
            raise located(f"the text would be longer than {cap:,} characters", text, 0)
        return result

    return mixed


def _hole(text: str, parts: list[str | Expression], at: int) -> ExpressionError:
    part = parts[at]
    names = ", ".join(sorted(part.references)) if isinstance(part, Expression) else ""
    return located(
        f"'{names}' is null, which would leave a hole in the text" if names else "a part of the text is null",
        text,
        part.position if isinstance(part, Expression) else 0,
        hint='give another value with ?? or default("...")',
    )
