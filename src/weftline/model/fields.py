"""Building blocks of every document and every kind's Config."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=80)]
"""A name used in references: lower case, digits, ``_``, ``.`` and ``-``."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=80)]
"""A name used in paths and URLs."""


class Document(BaseModel):
    """Frozen, and strict about unknown keys: a typing error in a document is an error, not a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


def field(default: Any = ..., *, title: str, description: str = "", example: Any = None, **more: Any) -> Any:
    """A Config field with all that a form and a docs page need.

    ``more`` may hold pydantic's own constraints, and the form hints ``secret`` (mask the input), ``advanced``
    (behind a fold), ``multiline`` and ``widget`` (the name of a special editor).
    """
    hints: Any = {name: more.pop(name) for name in ("secret", "advanced", "multiline", "widget") if name in more}
    if callable(default) and not isinstance(default, type(...)):
        more["default_factory"] = default
        return Field(
            title=title,
            description=description,
            examples=None if example is None else [example],
            json_schema_extra=hints or None,
            **more,
        )
    return Field(
        default,
        title=title,
        description=description,
        examples=None if example is None else [example],
        json_schema_extra=hints or None,
        **more,
    )
