"""Nodes to closures. A closure takes the scope and gives the value; nothing is looked up by name twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weftline.errors import ExpressionError
from weftline.expr import nodes
from weftline.expr.faults import Fault, located, nearby
from weftline.expr.functions import FUNCTIONS, Function
from weftline.expr.limits import Limits, charge
from weftline.expr.operators import BINARY, minus, plus
from weftline.expr.reference import MISSING, describe_missing, getter, spell, step

__all__ = ["Compiler", "Evaluate"]

Evaluate = Callable[[Any], Any]
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})


class Compiler:
    """Compiles the nodes of one text.

    ``strict`` makes a missing reference an error, except where the expression itself asks whether it is there
    (``??``, ``default``, ``exists``, comparisons, conditions). ``references``, ``demanded`` (those that
    no such question protects) and ``metered`` are filled on the way.
    """

    def __init__(self, text: str, roots: frozenset[str] | None, limits: Limits, *, strict: bool = False) -> None:
        self.text = text
        self.references: set[str] = set()
        self.demanded: set[tuple[Any, ...]] = set()
        self.metered = False
        self._roots = roots
        self._limits = limits
        self._strict = strict

    def compile(self, node: nodes.Node, *, lenient: bool = False) -> Evaluate:
        """The closure for a node."""
        match node:
            case nodes.Literal():
                value = node.value
                return lambda scope: value
            case nodes.Reference():
                return self._reference(node, lenient)
            case nodes.Access():
                base, read = self.compile(node.base, lenient=lenient), getter(node.parts, None)
                return lambda scope: read(base(scope))
            case nodes.Index():
                return self._index(node, lenient)
            case nodes.Call():
                return self._call(node, lenient)
            case nodes.Binary():
                loose = lenient or node.operator in _COMPARISONS
                left, right = self.compile(node.left, lenient=loose), self.compile(node.right, lenient=loose)
                return self._binary(BINARY[node.operator], left, right, node.position)
            case nodes.Chain():
                return self._chain(node, lenient)
            case nodes.Unary():
                operand = self.compile(node.operand, lenient=lenient or node.operator == "not")
                if node.operator == "not":
                    return lambda scope: not operand(scope)
                return self._guarded(minus, (operand,), node.position)
            case nodes.Choice():
                test = self.compile(node.test, lenient=True)
                yes, no = self.compile(node.yes, lenient=lenient), self.compile(node.no, lenient=lenient)
                return lambda scope: yes(scope) if test(scope) else no(scope)
            case nodes.ListNode():
                items = [self.compile(item, lenient=lenient) for item in node.items]
                return lambda scope: [item(scope) for item in items]
            case nodes.ObjectNode():
                pairs = [(key, self.compile(item, lenient=lenient)) for key, item in node.items]
                return lambda scope: {key: item(scope) for key, item in pairs}
        raise TypeError(type(node).__name__)

    # -- references

    def _reference(self, node: nodes.Reference, lenient: bool) -> Evaluate:
        parts = node.parts
        if self._roots is not None and parts[0] not in self._roots:
            raise located(
                f"nothing is called '{parts[0]}' here",
                self.text,
                node.position,
                hint=nearby(parts[0], sorted(self._roots), shown=20) + "; quote it if it is text",
            )
        self.references.add(spell(parts))
        if not lenient:
            self.demanded.add(parts)
        if lenient or not self._strict:
            return getter(parts, None)
        read, text = getter(parts, MISSING), self.text

        def required(scope: Any) -> Any:
            value = read(scope)
            if value is MISSING or (value.__class__ is list and MISSING in value):
                what, hint = describe_missing(scope, parts) or (f"'{spell(parts)}' is not there", "")
                raise located(f"'{spell(parts)}' is not there: {what}", text, node.position, hint=hint)
            return value

        return required

    def _index(self, node: nodes.Index, lenient: bool) -> Evaluate:
        base, key = self.compile(node.base, lenient=lenient), self.compile(node.key, lenient=lenient)

        def read(scope: Any) -> Any:
            at = key(scope)
            found = step(base(scope), at) if at.__class__ is int or at.__class__ is str else MISSING
            return None if found is MISSING else found

        return read

    # -- operators

    def _binary(self, operate: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate, position: int) -> Evaluate:
        text = self.text

        def binary(scope: Any) -> Any:
            a, b = left(scope), right(scope)
            try:
                return operate(a, b)
            except Exception as error:
                raise located(error, text, position) from None

        return binary

    def _chain(self, node: nodes.Chain, lenient: bool) -> Evaluate:
        last = len(node.operands) - 1
        asks = node.operator != "+"
        operands = [
            self.compile(one, lenient=lenient or (asks and (at < last or node.operator == "and")))
            for at, one in enumerate(node.operands)
        ]
        if node.operator == "+":
            if len(operands) == 2:
                return self._binary(plus, operands[0], operands[1], node.position)
            return self._sum(operands, node.position)
        stops: Evaluate = {"and": _is_false, "or": _is_true, "??": _is_there}[node.operator]

        def choose(scope: Any) -> Any:
            value = None
            for one in operands:
                value = one(scope)
                if stops(value):
                    return value
            return value

        return choose

    def _sum(self, operands: list[Evaluate], position: int) -> Evaluate:
        text, cap = self.text, self._limits.output_chars

        def total(scope: Any) -> Any:
            values = [one(scope) for one in operands]
            if all(value.__class__ is str for value in values):
                joined = "".join(values)
                if len(joined) > cap:
                    raise located(_too_long(cap), text, position)
                return joined
            try:
                result = values[0]
                for value in values[1:]:
                    result = plus(result, value)
            except Exception as error:
                raise located(error, text, position) from None
            return result

        return total

    # -- functions

    def _call(self, node: nodes.Call, lenient: bool) -> Evaluate:
        asks = node.name in ("default", "exists", "is_empty", "type_of", "if")
        arguments = [
            self.compile(one, lenient=lenient or (asks and at == 0)) for at, one in enumerate(node.arguments)
        ]
        match node.name:
            case "now":
                return self._now(node.position)
            case "exists":
                subject = arguments[0]
                return lambda scope: subject(scope) is not None
            case "default":
                subject, otherwise = arguments

                def default(scope: Any) -> Any:
                    value = subject(scope)
                    return otherwise(scope) if value is None or value == "" else value

                return default
            case "if":
                test, yes = arguments[:2]
                no = arguments[2] if len(arguments) > 2 else (lambda scope: None)
                return lambda scope: yes(scope) if test(scope) else no(scope)
        function = FUNCTIONS[node.name]
        self.metered = True
        return self._guarded(function.call, tuple(arguments), node.position, function)

    def _now(self, position: int) -> Evaluate:
        text = self.text

        def now(scope: Any) -> Any:
            moment = scope.get("now")
            if moment is None:
                raise located("now() has no time here", text, position, hint="it works inside a run only")
            return moment

        return now

    def _guarded(
        self,
        call: Callable[..., Any],
        arguments: tuple[Evaluate, ...],
        position: int,
        function: Function | None = None,
    ) -> Evaluate:
        """A call whose faults show the place, whose work is counted and whose text stays within the cap."""
        text, cap = self.text, self._limits.output_chars
        takes_null = function is not None and function.takes_null
        first, rest = (arguments[0], arguments[1:]) if arguments else (None, ())

        def one(scope: Any) -> Any:
            a = first(scope)  # type: ignore[misc]
            if a is None and not takes_null:
                return None
            try:
                charge(a)
                result = call(a)
            except Exception as error:
                raise _named(error, function, text, position) from None
            if result.__class__ is str and len(result) > cap:
                raise located(_too_long(cap), text, position)
            return result

        def many(scope: Any) -> Any:
            a = first(scope) if first else None
            if a is None and first and not takes_null:
                return None
            others = [argument(scope) for argument in rest]
            try:
                charge(a)
                for other in others:
                    charge(other)
                result = call(a, *others) if first else call()
            except Exception as error:
                raise _named(error, function, text, position) from None
            if result.__class__ is str and len(result) > cap:
                raise located(_too_long(cap), text, position)
            return result

        return one if len(arguments) == 1 else many


def _named(error: Exception, function: Function | None, text: str, position: int) -> ExpressionError:
    if function and isinstance(error, Fault):
        error = Fault(f"{function.name}(): {error.message}", error.hint)
    elif function and not isinstance(error, ExpressionError) and type(error) in (TypeError, AttributeError, KeyError):
        error = Fault(f"{function.name}() cannot take these values", f"write {function.signature}")
    return located(error, text, position)


def _too_long(cap: int) -> str:
    return f"the text would be longer than {cap:,} characters"


def _is_false(value: Any) -> bool:
    return not value


def _is_true(value: Any) -> bool:
    return bool(value)


def _is_there(value: Any) -> bool:
    return value is not None
