"""One rule of a map, as it is written in a flow."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from weftline.model.fields import Document, field

__all__ = ["MapRule"]


class MapRule(Document):
    """Where a target field comes from and what is done to it on the way."""

    to: str = field(
        title="Target",
        description="A path in the new record; [*] spreads a list over items",
        example="item.items[*].quantity",
        min_length=1,
    )
    from_: str | list[str] | None = field(
        None,
        title="Source",
        alias="from",
        description="An expression such as payload.created_at, or text with {{ references }}; several give a list",
        example="payload.line_items[*].quantity",
    )
    value: Any = field(
        None, title="Fixed value", description="Instead of a source; may hold {{ references }}", example="web"
    )
    transforms: list[dict[str, Any]] = field(
        list,
        title="Transforms",
        description="Applied in order, each a kind with its settings",
        example=[{"kind": "trim"}],
    )
    required: bool = field(
        False, title="Required", description="The record fails if the source is missing or null", example=False
    )
    when: str | None = field(
        None,
        title="Only when",
        description="An expression; the rule is skipped unless it holds",
        example="payload.paid",
    )
    note: str | None = field(
        None, title="Note", description="For whoever reads the map next", example="agreed in May"
    )

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        fixed = "value" in self.model_fields_set
        if self.from_ is not None and fixed and self.value is not None:
            raise ValueError(f"the rule to '{self.to}' has both 'from' and 'value': keep one of them")
        if self.from_ is None and not fixed and not self.transforms:
            raise ValueError(f"the rule to '{self.to}' needs 'from', 'value' or a transform that makes a value")
        if self.from_ == "" or self.from_ == []:
            raise ValueError(f"the rule to '{self.to}' has an empty 'from'")
        return self

    @property
    def sources(self) -> list[str]:
        """The texts of ``from`` as a list."""
        return [] if self.from_ is None else [self.from_] if isinstance(self.from_, str) else self.from_
