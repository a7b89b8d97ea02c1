"""The socket of transforms: a value in, a value out, with a Config that a form is drawn from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from weftline.expr import Template, compile_template, to_text
from weftline.expr.values import as_number
from weftline.mapping.lookups import Lookups

__all__ = ["NumberSetting", "Scope", "TextSetting", "Transform", "TransformConfig"]

Scope = Mapping[str, Any]


class TransformConfig(BaseModel):
    """Base of every transform's Config: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Transform(ABC):
    """One kind of transform.

    ``takes`` says what ``apply`` gets: ``value`` kinds are applied to each item when the value is a list, ``list``
    kinds get the whole list (a single value as a list of one). Null passes by unless ``takes_null``.
    Faults are raised as any exception; the map names rule, kind and value around it.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    group: ClassVar[str]
    takes: ClassVar[Literal["value", "list"]] = "value"
    takes_null: ClassVar[bool] = False
    Config: ClassVar[type[BaseModel]] = TransformConfig

    def __init__(self, config: Any, lookups: Lookups) -> None:
        self.config = config
        self.lookups = lookups

    @abstractmethod
    def apply(self, value: Any, scope: Scope) -> Any:
        """The transformed value; ``scope`` has payload, meta, vars, ..."""


class TextSetting:
    """A setting that may hold ``{{ ... }}``: call it with the scope to get its text."""

    __slots__ = ("constant", "template")

    def __init__(self, text: str) -> None:
        self.template: Template = compile_template(text)
        self.constant = text if self.template.is_constant else None

    def __call__(self, scope: Scope) -> str:
        return self.constant if self.constant is not None else to_text(self.template.render(scope))


class NumberSetting:
    """A number, or a template of one: call it with the scope to get the exact number (null where it is missing)."""

    __slots__ = ("constant", "template")

    def __init__(self, value: Any) -> None:
        self.template: Template = compile_template(value)
        self.constant = as_number(value) if self.template.is_constant else None

    def __call__(self, scope: Scope) -> Any:
        if self.constant is not None:
            return self.constant
        value = self.template.render(scope)
        return None if value is None else as_number(value)
