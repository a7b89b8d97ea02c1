"""Tokens to nodes: operator-precedence parsing with few frames per level and a bound on depth.

From loosest to tightest: ``|`` pipes, ``? :``, ``??``, ``or``, ``and``, ``not``, comparisons and ``in``, ``+ -``,
``* / %``, unary ``- !``, access. A pipe therefore takes everything to its left: ``a + b | upper`` is upper(a + b).
"""

from __future__ import annotations

from decimal import Decimal

from weftline.errors import ExpressionError
from weftline.expr.faults import located
from weftline.expr.functions import FUNCTIONS
from weftline.expr.lexer import Lexer, Token
from weftline.expr.limits import MAX_DEPTH, MAX_EXPRESSION_CHARS
from weftline.expr.nodes import (
    Access,
    Binary,
    Call,
    Chain,
    Choice,
    Index,
    ListNode,
    Literal,
    Node,
    ObjectNode,
    Reference,
    Unary,
)
from weftline.expr.reference import WILDCARD

__all__ = ["Parser"]

_CHOICE, _NOT, _COMPARE, _UNARY = 1, 5, 6, 9
_POWERS = {"?": _CHOICE, "??": 2, "or": 3, "and": 4, "in": 6, "not": 6, "+": 7, "-": 7, "*": 8, "/": 8, "%": 8}
_POWERS |= dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _COMPARE)
_ALIASES = {"&&": "and", "||": "or"}
_CHAINS = frozenset({"+", "and", "or", "??"})
_WORDS = {"true": True, "false": False, "null": None}
_RESERVED = frozenset({"and", "or", "in", "not"})


class Parser:
    """Parses one expression that starts at ``start``; :attr:`token` is what follows it."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self._lexer = Lexer(text)
        self._start = start
        self._nesting = 0
        self.token = self._lexer.read(start)

    def whole(self) -> Node:
        """The expression that is the whole text."""
        if len(self.text) > MAX_EXPRESSION_CHARS:
            raise ExpressionError(
                f"an expression of {len(self.text)} characters is too long",
                hint=f"the longest is {MAX_EXPRESSION_CHARS} characters",
            )
        node = self.pipeline()
        if self.token.kind != "end":
            raise self._unexpected("the expression ends before this")
        return node

    def pipeline(self) -> Node:
        """An expression with its pipes."""
        self._enter()
        node = self._expression(0)
        while self._at("|"):
            self._next()
            node = self._piped(node)
        self._nesting -= 1
        return node

    # -- tokens

    def _next(self, *, after_dot: bool = False) -> Token:
        token = self.token
        if token.position - self._start > MAX_EXPRESSION_CHARS:
            raise located("the expression is too long", self.text, token.position)
        self.token = self._lexer.read(token.end, after_dot=after_dot)
        return token

    def _at(self, operator: str) -> bool:
        return self.token.kind == "op" and self.token.value == operator

    def _expect(self, operator: str, why: str) -> Token:
        if not self._at(operator):
            raise self._unexpected(f"expected '{operator}' {why}")
        return self._next()

    def _unexpected(self, expected: str) -> ExpressionError:
        token = self.token
        shown = "the end" if token.kind == "end" else f"'{self.text[token.position : token.end][:30]}'"
        return located(f"unexpected {shown}: {expected}", self.text, token.position)

    def _enter(self) -> None:
        self._nesting += 1
        if self._nesting > MAX_DEPTH:
            raise self._too_deep(self.token.position)

    def _too_deep(self, position: int) -> ExpressionError:
        return located(
            f"nested more than {MAX_DEPTH} deep", self.text, position, hint="split the expression into several fields"
        )

    def _depth(self, position: int, *nodes: Node) -> int:
        depth = 1 + max((node.depth for node in nodes), default=0)
        if depth > MAX_DEPTH:
            raise self._too_deep(position)
        return depth

    # -- operators

    def _operator(self) -> str | None:
        token = self.token
        if token.kind == "op":
            return _ALIASES.get(token.value, str(token.value))
        if token.kind == "name" and token.value in _RESERVED:
            return str(token.value)
        return None

    def _expression(self, floor: int) -> Node:
        left = self._prefix()
        while True:
            operator = self._operator()
            power = _POWERS.get(operator or "")
            if operator is None or power is None or power <= floor:
                return left
            position = self._next().position
            if operator == "?":
                left = self._choice(left, position)
                continue
            negated = operator == "not"
            if negated:
                if self._operator() != "in":
                    raise self._unexpected("expected 'in' after 'not'")
                self._next()
                operator = "in"
            self._enter()
            right = self._expression(power)
            self._nesting -= 1
            left = self._join(operator, left, right, position)
            if negated:
                left = Unary(position, self._depth(position, left), "not", left)
            if power == _COMPARE and _POWERS.get(self._operator() or "") == _COMPARE:
                raise located(
                    "comparisons cannot be chained", self.text, self.token.position, hint="write: a < b and b < c"
                )

    def _join(self, operator: str, left: Node, right: Node, position: int) -> Node:
        if operator in _CHAINS:
            if isinstance(left, Chain) and left.operator == operator:
                left.operands.append(right)
                left.depth = max(left.depth, self._depth(position, right))
                return left
            return Chain(position, self._depth(position, left, right), operator, [left, right])
        return Binary(position, self._depth(position, left, right), operator, left, right)

    def _choice(self, test: Node, position: int) -> Node:
        self._enter()
        yes = self._expression(0)
        self._expect(":", "between the two results of '?'")
        no = self._expression(0)
        self._nesting -= 1
        return Choice(position, self._depth(position, test, yes, no), test, yes, no)

    # -- values

    def _prefix(self) -> Node:
        token = self.token
        operator = token.value if token.kind == "op" else None
        if operator in ("-", "!") or (token.kind == "name" and token.value == "not"):
            self._next()
            self._enter()
            operand = self._expression(_NOT if operator is None else _UNARY)
            self._nesting -= 1
            if operator == "-" and isinstance(operand, Literal) and type(operand.value) in (int, Decimal):
                value = operand.value
                return Literal(token.position, 1, value.copy_negate() if isinstance(value, Decimal) else -value)
            name = "-" if operator == "-" else "not"
            return Unary(token.position, self._depth(token.position, operand), name, operand)
        return self._access(self._value())

    def _value(self) -> Node:
        token = self.token
        if token.kind in ("number", "text"):
            self._next()
            return Literal(token.position, 1, token.value)
        if token.kind == "name":
            return self._name()
        if self._at("("):
            self._next()
            node = self.pipeline()
            self._expect(")", "to close '('")
            return node
        if self._at("["):
            return self._list()
        if self._at("{"):
            return self._object()
        raise self._unexpected("expected a value")

    def _name(self) -> Node:
        token = self._next()
        if token.value in _WORDS:
            return Literal(token.position, 1, _WORDS[token.value])
        if token.value in _RESERVED:
            self.token = token
            raise self._unexpected("expected a value")
        if self._at("("):
            return self._call(token, [])
        return Reference(token.position, 1, (token.value,))

    def _call(self, name: Token, arguments: list[Node]) -> Node:
        FUNCTIONS.check_name(name.value, self.text, name.position)
        if self._at("("):
            self._next()
            while not self._at(")"):
                arguments.append(self.pipeline())
                if not self._at(","):
                    break
                self._next()
            self._expect(")", f"to close '{name.value}('")
        FUNCTIONS.check_count(name.value, len(arguments), self.text, name.position)
        return Call(name.position, self._depth(name.position, *arguments), name.value, arguments)

    def _piped(self, node: Node) -> Node:
        if self.token.kind != "name" or self.token.value in _RESERVED:
            raise self._unexpected("expected a function after '|'")
        return self._access(self._call(self._next(), [node]))

    def _list(self) -> Node:
        position, items = self._next().position, []
        while not self._at("]"):
            items.append(self.pipeline())
            if not self._at(","):
                break
            self._next()
        self._expect("]", "to close '['")
        return ListNode(position, self._depth(position, *items), items)

    def _object(self) -> Node:
        position = self._next().position
        items: list[tuple[str, Node]] = []
        while not self._at("}"):
            if self.token.kind not in ("name", "text"):
                raise self._unexpected("expected a key, as in {key: value}")
            key = str(self._next().value)
            self._expect(":", f"after the key '{key}'")
            items.append((key, self.pipeline()))
            if not self._at(","):
                break
            self._next()
        self._expect("}", "to close '{'")
        return ObjectNode(position, self._depth(position, *(node for _, node in items)), items)

    # -- access

    def _access(self, node: Node) -> Node:
        while True:
            if self._at("."):
                node = self._extend(node, self._dotted())
            elif self._at("["):
                node = self._indexed(node)
            else:
                return node

    def _dotted(self) -> object:
        self._next(after_dot=True)
        token = self.token
        if token.kind == "name" or (token.kind == "number" and isinstance(token.value, int)):
            return self._next().value
        if self._at("*"):
            self._next()
            return WILDCARD
        raise self._unexpected("expected a field name after '.'")

    def _indexed(self, node: Node) -> Node:
        position = self._next().position
        if self._at("*"):
            self._next()
            self._expect("]", "after '[*'")
            return self._extend(node, WILDCARD)
        key = self.pipeline()
        self._expect("]", "to close '['")
        if isinstance(key, Literal):
            if type(key.value) not in (int, str):
                raise located("an index is a whole number or a text", self.text, position)
            return self._extend(node, key.value)
        return Index(position, self._depth(position, node, key), node, key)

    def _extend(self, node: Node, part: object) -> Node:
        if isinstance(node, Reference):
            return Reference(node.position, 1, (*node.parts, part))
        if isinstance(node, Access):
            return Access(node.position, node.depth, node.base, (*node.parts, part))
        return Access(node.position, self._depth(node.position, node), node, (part,))
