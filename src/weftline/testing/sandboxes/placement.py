"""The file that says which sandboxes to run, on which ports, with which options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from weftline.errors import DocumentError

__all__ = ["Placement", "SandboxesFile", "read_file"]


class Placement(BaseModel):
    """One sandbox to run."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    slug: str = Field(title="Connector", description="Slug of the connector it stands in for.")
    name: str = Field(default="", title="Name", description="How it is called in output; the slug by default.")
    port: int = Field(default=0, ge=0, le=65535, title="Port", description="0 takes a free one.")
    options: dict[str, Any] = Field(default_factory=dict, title="Options")


class SandboxesFile(BaseModel):
    """The whole file. ``catalog`` is relative to the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    catalog: str | None = None
    sandboxes: list[Placement] = Field(min_length=1)


def read_file(path: str | Path) -> tuple[list[Placement], Path | None]:
    """The placements of a YAML file and its catalog; raises ``DocumentError`` naming file, line and key."""
    file = Path(path)
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except OSError as error:
        raise DocumentError(f"Cannot read '{file}': {error.strerror}", context={"file": str(file)}) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DocumentError(
            f"'{file}' line {line} is not YAML: {error.problem}", context={"file": str(file), "line": line}
        ) from error
    try:
        document = SandboxesFile.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise DocumentError(
            f"'{file}', key '{key}': {first['msg']}", context={"file": str(file), "key": key}
        ) from None
    catalog = (file.parent / document.catalog).resolve() if document.catalog else None
    return document.sandboxes, catalog
