"""Who uses what: the flows that stand in the way of a removal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weftline.model import Flow, Step
from weftline.store import Connection, flows, instances
from weftline.store.flows import FlowRow

Use = tuple[FlowRow, int, str, Flow]
"""A flow, the number and status of a version, and its document."""


def instance_names(step: Step) -> list[str]:
    """The instances that a step names."""
    config = step.config
    many = config.get("instances") or []
    one = config.get("instance")
    return [*([one] if isinstance(one, str) else []), *(name for name in many if isinstance(name, str))]


def uses_of_instance(in_use: list[Use], name: str) -> list[dict[str, Any]]:
    """Draft and deployed versions whose steps name an instance."""
    return [
        {"flow_id": flow.id, "flow_name": flow.name, "version": version, "status": status}
        for flow, version, status, document in in_use
        if any(name in instance_names(step) for step in document.steps)
    ]


def uses_of_lookup(in_use: list[Use], name: str) -> list[dict[str, Any]]:
    """Draft and deployed versions in which a transform names a lookup table."""
    return [
        {"flow_id": flow.id, "flow_name": flow.name, "version": version, "status": status}
        for flow, version, status, document in in_use
        if any(name in _lookup_names(step.config) for step in document.steps)
    ]


def in_words(uses: list[dict[str, Any]]) -> str:
    """Flow versions in a sentence."""
    return ", ".join(f"'{use['flow_name']}' (version {use['version']}, {use['status']})" for use in uses)


def steps_of_connector(connection: Connection, slug: str) -> list[tuple[FlowRow, int, Step]]:
    """Steps of draft and deployed versions that use instances of a connector."""
    names = {found.document.name for found in instances.list_all(connection, slug)}
    return [
        (flow, version, step)
        for flow, version, _, document in flows.in_use(connection)
        for step in document.steps
        if names & set(instance_names(step))
    ]


def _lookup_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("kind") == "lookup" and isinstance(value.get("name"), str):
            yield value["name"]
        for inner in value.values():
            yield from _lookup_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _lookup_names(inner)
