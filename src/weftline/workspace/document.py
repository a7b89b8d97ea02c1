"""The workspace file: connectors, instances, lookups and flows as one readable document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict

from weftline.errors import DocumentError
from weftline.model import Document, Flow, Instance, Slug, field

_PLACE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")


class ConnectorEntry(Document):
    """A connector to install."""

    slug: Slug = field(title="Slug", example="acme-shop")
    version: str = field("*", title="Version", description="*, 1.2.3, ^1 or ~1.2", example="^1")


class InstanceEntry(Instance):
    """An instance with its credentials, which may be ``${env:NAME}``."""

    credentials: dict[str, str] = field(dict, title="Credentials", example={"token": "${env:ACME_TOKEN}"})


class LookupEntry(Document):
    """A lookup with its rows, or the CSV file (two columns) that has them."""

    name: str = field(title="Name")
    rows: list[list[Any]] = field(list, title="Rows", description="Pairs of left and right value")
    file: str | None = field(
        None, title="File", description="CSV beside the workspace file; read by the command line"
    )


class FlowEntry(Flow):
    """A flow, and what is to become of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    deploy: bool = field(False, title="Deploy")
    enabled: bool = field(True, title="Enabled")

    def flow(self) -> Flow:
        """The flow alone."""
        return Flow.model_validate(self.model_dump(exclude={"deploy", "enabled"}))


class Workspace(Document):
    """All that a workspace holds, but credentials' values and runs."""

    connectors: list[ConnectorEntry] = field(list, title="Connectors")
    instances: list[InstanceEntry] = field(list, title="Instances")
    lookups: list[LookupEntry] = field(list, title="Lookups")
    flows: list[FlowEntry] = field(list, title="Flows")


def resolve_env(value: Any, environ: Mapping[str, str], path: str = "") -> Any:
    """``${env:NAME}`` places filled in; a :class:`DocumentError` names the variable that is not set and its place."""
    if isinstance(value, str):

        def fill(place: re.Match[str]) -> str:
            if place[1] not in environ:
                raise DocumentError(
                    f"{path or 'the document'} needs the environment variable {place[1]}, which is not set",
                    hint=f"set it: export {place[1]}=...",
                )
            return environ[place[1]]

        return _PLACE.sub(fill, value)
    if isinstance(value, dict):
        return {key: resolve_env(item, environ, f"{path}.{key}".lstrip(".")) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve_env(item, environ, f"{path}[{index}]") for index, item in enumerate(value)]
    return value
