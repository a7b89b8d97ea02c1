"""The parsed form of an expression. Each node knows its place in the text and how deep it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Access", "Binary", "Call", "Chain", "Choice", "Index", "ListNode", "Literal", "Node", "ObjectNode"]
__all__ += ["Reference", "Unary"]


@dataclass(slots=True)
class Node:
    """Base: ``position`` in the text, ``depth`` of the tree below."""

    position: int
    depth: int


@dataclass(slots=True)
class Literal(Node):
    """A constant."""

    value: Any


@dataclass(slots=True)
class Reference(Node):
    """A root and a fixed path: keys, indexes and wildcards."""

    parts: tuple[Any, ...]


@dataclass(slots=True)
class Access(Node):
    """A fixed path into a computed value."""

    base: Node
    parts: tuple[Any, ...]


@dataclass(slots=True)
class Index(Node):
    """A computed key or index."""

    base: Node
    key: Node


@dataclass(slots=True)
class Unary(Node):
    """``-`` or ``not``."""

    operator: str
    operand: Node


@dataclass(slots=True)
class Binary(Node):
    """Any operator of two sides but those of :class:`Chain`."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Chain(Node):
    """``+``, ``and``, ``or`` and ``??`` over any number of operands, kept flat so that long ones are not deep."""

    operator: str
    operands: list[Node]


@dataclass(slots=True)
class Choice(Node):
    """``test ? yes : no``."""

    test: Node
    yes: Node
    no: Node


@dataclass(slots=True)
class Call(Node):
    """A function with its arguments; a pipe puts its left side first."""

    name: str
    arguments: list[Node]


@dataclass(slots=True)
class ListNode(Node):
    """``[a, b]``."""

    items: list[Node]


@dataclass(slots=True)
class ObjectNode(Node):
    """``{key: value}``."""

    items: list[tuple[str, Node]]
