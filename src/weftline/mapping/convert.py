"""Transforms that turn one kind of value into another."""

from __future__ import annotations

from typing import Any

from weftline.expr import compile_template, to_text
from weftline.expr.faults import Fault
from weftline.expr.functions.convert import FALSE_WORDS, TRUE_WORDS
from weftline.expr.values import equal
from weftline.mapping.base import Scope, Transform, TransformConfig
from weftline.mapping.lookups import Lookups
from weftline.model.fields import field


class ToTextTransform(Transform):
    """A number, date or boolean as text."""

    kind, title, group = "to_text", "To text", "convert"

    def apply(self, value: Any, scope: Scope) -> Any:
        return to_text(value)


class ToBooleanTransform(Transform):
    """True or false, by lists of words; capitals do not matter."""

    kind, title, group = "to_boolean", "To true or false", "convert"

    class Config(TransformConfig):
        """Which words mean what."""

        true_values: list[str] = field(
            lambda: list(TRUE_WORDS), title="True words", description="Values that mean true", example=["paid", "yes"]
        )
        false_values: list[str] = field(
            lambda: list(FALSE_WORDS),
            title="False words",
            description="Values that mean false",
            example=["open", "no"],
        )

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._true = {word.strip().lower() for word in config.true_values}
        self._false = {word.strip().lower() for word in config.false_values}

    def apply(self, value: Any, scope: Scope) -> Any:
        if isinstance(value, bool):
            return value
        word = to_text(value).strip().lower()
        if word in self._true:
            return True
        if word in self._false:
            return False
        raise Fault("the value is neither among the true nor among the false words")


class ConstantTransform(Transform):
    """A fixed value, whatever came in."""

    kind, title, group, takes = "constant", "Fixed value", "convert", "list"
    takes_null = True

    class Config(TransformConfig):
        """The value."""

        value: Any = field(title="Value", description="May hold {{ references }}", example="web")

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._value = compile_template(config.value)

    def apply(self, value: Any, scope: Scope) -> Any:
        return self._value.render(scope)


class NullIfTransform(Transform):
    """Null in place of values that mean nothing."""

    kind, title, group = "null_if", "Null if", "convert"

    class Config(TransformConfig):
        """Which values mean nothing."""

        values: list[Any] = field(lambda: [""], title="Values", description="Each becomes null", example=["", "N/A"])

    def apply(self, value: Any, scope: Scope) -> Any:
        return None if any(equal(value, one) for one in self.config.values) else value
