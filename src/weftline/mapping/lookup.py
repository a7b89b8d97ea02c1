"""Transforms that read lookup tables."""

from __future__ import annotations

from typing import Any, Literal

from weftline.errors import MappingError
from weftline.expr import compile_template
from weftline.mapping.base import Scope, Transform, TransformConfig
from weftline.mapping.lookups import Lookups
from weftline.model.fields import field


class LookupTransform(Transform):
    """The value's partner in a lookup table."""

    kind, title, group = "lookup", "Look up", "lookup"

    class Config(TransformConfig):
        """Which table, which way, and what if nothing is found."""

        name: str = field(title="Table", description="The name of the lookup table", example="Shipping methods")
        direction: Literal["left_to_right", "right_to_left"] = field(
            "left_to_right", title="Direction", description="Which column is searched first", example="left_to_right"
        )
        missing: Literal["error", "default", "keep"] = field(
            "error",
            title="If not found",
            description="error: the record fails; default: the value below; keep: the value as it came",
            example="error",
        )
        default: Any = field(
            None, title="Default", description="Used if so chosen; may hold {{ references }}", example="standard"
        )

    def __init__(self, config: Any, lookups: Lookups) -> None:
        super().__init__(config, lookups)
        self._default = compile_template(config.default)

    def apply(self, value: Any, scope: Scope) -> Any:
        config = self.config
        found = self.lookups.find(config.name, value, config.direction)
        if found is not None:
            return found
        if config.missing == "error":
            side = "left" if config.direction == "left_to_right" else "right"
            raise MappingError(
                f"the lookup table '{config.name}' has no such {side} value",
                hint=f"add the value to '{config.name}', or choose what to do if it is not found",
            )
        return self._default.render(scope) if config.missing == "default" else value
