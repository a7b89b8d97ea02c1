"""The registry of functions: one list for the compiler and for the reference page."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weftline.expr.faults import located, nearby

__all__ = ["Function", "Functions"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function. ``example`` evaluates to ``result`` (both are shown in the docs and run by a test)."""

    name: str
    group: str
    signature: str
    doc: str
    example: str
    result: Any
    call: Callable[..., Any]
    at_least: int
    at_most: int | None
    takes_null: bool
    """Without it a null first argument gives null and the function is not called."""


class Functions(Mapping[str, Function]):
    """Functions by name. ``group("text")`` is a decorator factory that adds to it."""

    def __init__(self) -> None:
        self._by_name: dict[str, Function] = {}

    def group(self, group: str) -> Callable[..., Callable[[Callable[..., Any]], Callable[..., Any]]]:
        """A decorator ``@add(example, result)`` for one family of functions.

        The function's own parameters give the signature and the number of arguments, its docstring the text.
        """

        def add(
            example: str, result: Any, *, name: str = "", takes_null: bool = False
        ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            def register(call: Callable[..., Any]) -> Callable[..., Any]:
                known_as = name or call.__name__.rstrip("_")
                parameters = list(inspect.signature(call).parameters.values())
                rest = any(one.kind is one.VAR_POSITIONAL for one in parameters)
                plain = [one for one in parameters if one.kind is not one.VAR_POSITIONAL]
                self._by_name[known_as] = Function(
                    name=known_as,
                    group=group,
                    signature=f"{known_as}({', '.join(_spelled(one) for one in parameters)})",
                    doc=inspect.cleandoc(call.__doc__ or ""),
                    example=example,
                    result=result,
                    call=call,
                    at_least=sum(one.default is one.empty for one in plain),
                    at_most=None if rest else len(plain),
                    takes_null=takes_null,
                )
                return call

            return register

        return add

    def __getitem__(self, name: str) -> Function:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def check_name(self, name: str, text: str, position: int) -> None:
        """An ExpressionError with the closest name unless there is such a function."""
        if name not in self._by_name:
            raise located(
                f"there is no function '{name}'", text, position, hint=nearby(name, self._by_name, shown=60)
            )

    def check_count(self, name: str, count: int, text: str, position: int) -> None:
        """An ExpressionError with the signature unless the function takes that many arguments."""
        one = self._by_name[name]
        if count < one.at_least or (one.at_most is not None and count > one.at_most):
            raise located(
                f"{name}() does not take {count} argument{'s' * (count != 1)}",
                text,
                position,
                hint=f"write {one.signature}",
            )


def _spelled(parameter: inspect.Parameter) -> str:
    if parameter.kind is parameter.VAR_POSITIONAL:
        return f"...{parameter.name}"
    return parameter.name.rstrip("_") + ("" if parameter.default is parameter.empty else "?")
