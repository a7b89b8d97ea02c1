"""Transforms on numbers; exact throughout. A text that spells a number is taken as that number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from weftline.expr.functions.numbers import format_exact, round_to, ungrouped
from weftline.expr.operators import BINARY
from weftline.expr.values import as_number
from weftline.mapping.base import NumberSetting, Scope, Transform, TransformConfig
from weftline.mapping.lookups import Lookups
from weftline.model.fields import field

Mode = Literal["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"]
Amount = int | Decimal | str


class RoundTransform(Transform):
    """Round to a number of decimal places."""

    kind, title, group = "round", "Round", "number"

    class Config(TransformConfig):
        """Places and way of rounding."""

        places: int = field(
            2, title="Places", description="Decimal places; negative for tens", example=2, ge=-20, le=20
        )
        mode: Mode = field("half_up", title="Way", description="half_up is what invoices use", example="half_up")

    def apply(self, value: Any, scope: Scope) -> Any:
        return round_to(as_number(value), self.config.places, self.config.mode)


class _Arithmetic(Transform):
    """A number and an amount that may be a reference."""

    sign: str
    setting: str

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._amount = NumberSetting(getattr(config, self.setting))
        self._operate = BINARY[self.sign]

    def apply(self, value: Any, scope: Scope) -> Any:
        return self._operate(as_number(value), self._amount(scope))


class AddTransform(_Arithmetic):
    """Add an amount; a negative one is taken away."""

    kind, title, group = "add", "Add", "number"
    sign, setting = "+", "amount"

    class Config(TransformConfig):
        """How much."""

        amount: Amount = field(title="Amount", description="A number or a {{ reference }}", example=5)


class MultiplyTransform(_Arithmetic):
    """Multiply by a factor."""

    kind, title, group = "multiply", "Multiply", "number"
    sign, setting = "*", "factor"

    class Config(TransformConfig):
        """By what."""

        factor: Amount = field(title="Factor", description="A number or a {{ reference }}", example="1.20")


class DivideTransform(_Arithmetic):
    """Divide by a number; a quotient without end keeps 34 digits."""

    kind, title, group = "divide", "Divide", "number"
    sign, setting = "/", "divisor"

    class Config(TransformConfig):
        """By what."""

        divisor: Amount = field(title="Divisor", description="A number or a {{ reference }}", example=100)


class AbsoluteTransform(Transform):
    """The number without its sign."""

    kind, title, group = "absolute", "Absolute value", "number"

    def apply(self, value: Any, scope: Scope) -> Any:
        number = as_number(value)
        return number.copy_abs() if isinstance(number, Decimal) else abs(number)


class FormatNumberTransform(Transform):
    """A number as text for people."""

    kind, title, group = "format_number", "Format number", "number"

    class Config(TransformConfig):
        """How it is written."""

        places: int = field(2, title="Places", description="Decimal places", example=2, ge=0, le=20)
        thousands: str = field(",", title="Thousands sign", description="May be empty", example=",", max_length=1)
        decimal_sign: str = field(
            ".", title="Decimal sign", description="Before the places", example=".", max_length=1
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        config = self.config
        return format_exact(as_number(value), config.places, config.thousands, config.decimal_sign)


class ToNumberTransform(Transform):
    """The exact number that a text spells; empty text is null."""

    kind, title, group = "to_number", "To number", "number"

    class Config(TransformConfig):
        """How the text is written."""

        decimal_sign: Literal[".", ","] = field(
            ".", title="Decimal sign", description="The other one may part thousands", example="."
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, str):
            return as_number(ungrouped(value, self.config.decimal_sign)) if value.strip() else None
        return as_number(value)
