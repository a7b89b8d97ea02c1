"""What can be wrong with a connector shape's endpoint and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weftline.errors import did_you_mean
from weftline.model.problem import Problem
from weftline.shapes.base import LintPlace

if TYPE_CHECKING:
    from weftline.shapes.connector import ConnectorConfig


def lint_endpoint(config: ConnectorConfig, place: LintPlace, slug: str) -> list[Problem]:
    """The endpoint exists, its filters do, those that it needs are filled in."""
    connector = place.context.connector(slug)
    if connector is None:
        return []
    endpoint = connector.endpoint(config.endpoint)
    if endpoint is None:
        known = [item.key for item in connector.endpoints]
        text = f"step '{place.step_id}': {connector.title} has no endpoint '{config.endpoint}'"
        return [Problem("error", place.step_id, "endpoint", text, did_you_mean(config.endpoint, known))]
    parameters = {parameter.key: parameter for parameter in endpoint.parameters}
    problems = [
        Problem(
            "error",
            place.step_id,
            f"filters.{name}",
            f"step '{place.step_id}': '{config.endpoint}' has no filter '{name}'",
            did_you_mean(name, parameters),
        )
        for name in config.filters
        if name not in parameters
    ]
    problems += [
        Problem(
            "error",
            place.step_id,
            f"filters.{name}",
            f"step '{place.step_id}': the filter '{name}' of '{config.endpoint}' needs a value",
        )
        for name, parameter in parameters.items()
        if parameter.required and parameter.default is None and name not in config.filters
    ]
    if endpoint.direction == "send" and len(config.names) > 1:
        problems.append(
            Problem("error", place.step_id, "instances", f"step '{place.step_id}' sends to several instances at once",
                    "use one connector shape per target")
        )  # fmt: skip
    if config.incremental and endpoint.direction == "receive" and endpoint.cursor is None:
        text = f"step '{place.step_id}': '{config.endpoint}' cannot tell what is new"
        problems.append(Problem("error", place.step_id, "incremental", text, "switch 'only what is new' off"))
    return problems
