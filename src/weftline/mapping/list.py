"""Transforms on lists. A single value counts as a list of one."""

from __future__ import annotations

from typing import Any, Literal

from weftline.expr.functions.lists import field_of, flat, sorted_by, unique_by
from weftline.expr.functions.numbers import total
from weftline.expr.values import joined
from weftline.mapping.base import Scope, Transform, TransformConfig
from weftline.model.fields import field as setting


class JoinTransform(Transform):
    """The items as one text."""

    kind, title, group, takes = "join", "Join", "list", "list"

    class Config(TransformConfig):
        """What stands between them."""

        separator: str = setting(",", title="Separator", description="Stands between the items", example=", ")
        skip_empty: bool = setting(
            False, title="Skip empty", description="Leave out null and empty text", example=False
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        kept = [one for one in value if one is not None and one != ""] if self.config.skip_empty else value
        return joined(kept, self.config.separator)


class FirstTransform(Transform):
    """The first item."""

    kind, title, group, takes = "first", "First", "list", "list"

    def apply(self, value: Any, scope: Scope) -> Any:
        return value[0] if value else None


class LastTransform(Transform):
    """The last item."""

    kind, title, group, takes = "last", "Last", "list", "list"

    def apply(self, value: Any, scope: Scope) -> Any:
        return value[-1] if value else None


class NthTransform(Transform):
    """The item at a position."""

    kind, title, group, takes = "nth", "Item at position", "list", "list"

    class Config(TransformConfig):
        """Which."""

        position: int = setting(0, title="Position", description="0 is the first, -1 the last", example=1)

    def apply(self, value: Any, scope: Scope) -> Any:
        at = self.config.position
        return value[at] if -len(value) <= at < len(value) else None


class CountTransform(Transform):
    """How many items there are; null has none."""

    kind, title, group, takes = "count", "Count", "list", "list"
    takes_null = True

    def apply(self, value: Any, scope: Scope) -> Any:
        return len(value)


class SumTransform(Transform):
    """The exact sum of the items that are not null."""

    kind, title, group, takes = "sum", "Sum", "list", "list"

    class Config(TransformConfig):
        """Of what."""

        field: str = setting(
            "", title="Field", description="A field of each item; empty: the item itself", example="price.amount"
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        read = field_of(self.config.field)
        return total(read(item) for item in value)


class UniqueTransform(Transform):
    """The items without repeats."""

    kind, title, group, takes = "unique", "Unique", "list", "list"

    class Config(TransformConfig):
        """What makes them equal."""

        field: str = setting(
            "", title="Field", description="A field of each item; empty: the whole item", example="sku"
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        return unique_by(value, self.config.field or None)


class FlattenTransform(Transform):
    """Lists within the list opened up, one level."""

    kind, title, group, takes = "flatten", "Flatten", "list", "list"

    def apply(self, value: Any, scope: Scope) -> Any:
        return flat(value)


class SortTransform(Transform):
    """The items in order, nulls last."""

    kind, title, group, takes = "sort", "Sort", "list", "list"

    class Config(TransformConfig):
        """By what, and which way."""

        field: str = setting(
            "", title="Field", description="A field of each item; empty: the item itself", example="position"
        )
        direction: Literal["asc", "desc"] = setting(
            "asc", title="Direction", description="asc: smallest first; desc: largest first", example="asc"
        )

    def apply(self, value: Any, scope: Scope) -> Any:
        return sorted_by(value, self.config.field or None, self.config.direction == "desc")


class PickTransform(Transform):
    """One field of an object, or of each object of a list."""

    kind, title, group = "pick", "Pick a field", "list"

    class Config(TransformConfig):
        """Which."""

        field: str = setting(title="Field", description="A path within the item", example="address.city")

    def apply(self, value: Any, scope: Scope) -> Any:
        return field_of(self.config.field)(value)
