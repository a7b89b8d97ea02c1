"""A flow version as a graph that can be walked: configs validated, shapes built, links resolved; and its linter."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from weftline.errors import DefinitionError, FlowError, WeftlineError, did_you_mean
from weftline.model import Flow, Step, expand_links
from weftline.model.problem import Problem
from weftline.shapes import SHAPES, EffectShape, LintPlace, Port, Shape, Workshop


@dataclass(slots=True)
class Node:
    """A step with its shape; ``links`` are the steps after each port, ``catch`` the try/catch it stands in."""

    step: Step
    shape: Shape
    ports: list[Port]
    links: dict[str, list[str]] = field(default_factory=dict)
    catch: str | None = None


@dataclass(slots=True)
class Graph:
    """All nodes in an order in which links only go forward, and those where a run begins."""

    flow: Flow
    nodes: dict[str, Node]
    starts: list[str]


def with_links(flow: Flow) -> Flow:
    """The flow with every link written out. Kinds that are unknown leave by ``out``."""
    first_ports: dict[str, str] = {}
    for step in flow.steps:
        try:
            shape = SHAPES.get(step.shape)
            first_ports[step.id] = shape.ports(SHAPES.config(step.shape, step.config))[0].key
        except WeftlineError:
            first_ports[step.id] = "out"
    return expand_links(flow, first_ports)


def build(flow: Flow, workshop: Workshop) -> Graph:
    """The graph of a flow; :class:`DefinitionError` names the step that cannot be built."""
    flow = with_links(flow)
    nodes: dict[str, Node] = {}
    for step_id in _order(flow):
        step = flow.step(step_id)
        assert step is not None  # noqa: S101 - _order gives ids of the flow
        where = f"step '{step.id}'"
        config = SHAPES.config(step.shape, step.config, where=where)
        shape_class = SHAPES.get(step.shape)
        try:
            shape = shape_class(config, workshop)
        except DefinitionError as error:
            error.message = f"{where}: {error.message}"
            error.args = (error.message,)
            error.context.setdefault("step_id", step.id)
            raise
        nodes[step.id] = Node(step, shape, shape_class.ports(config))
    for link in flow.links or []:
        source, port = link.source
        nodes[source].links.setdefault(port, []).append(link.to)
    entered = {link.to for link in flow.links or []}
    _mark_catches(nodes)
    return Graph(flow, nodes, [step_id for step_id in nodes if step_id not in entered])


def _order(flow: Flow) -> list[str]:
    """Step ids so that links only go forward; FlowError names the steps of a circle."""
    waiting = {step.id: 0 for step in flow.steps}
    after: dict[str, list[str]] = {step.id: [] for step in flow.steps}
    for link in flow.links or []:
        waiting[link.to] += 1
        after[link.source[0]].append(link.to)
    ready = deque(step_id for step_id, count in waiting.items() if count == 0)
    ordered: list[str] = []
    while ready:
        step_id = ready.popleft()
        ordered.append(step_id)
        for following in after[step_id]:
            waiting[following] -= 1
            if waiting[following] == 0:
                ready.append(following)
    if len(ordered) < len(waiting):
        circle = ", ".join(f"'{step_id}'" for step_id, count in waiting.items() if count > 0)
        raise FlowError(f"the links go in a circle through {circle}", hint="remove the link that leads back")
    return ordered


def _mark_catches(nodes: Mapping[str, Node]) -> None:
    """Tell every node which try/catch it stands in: the innermost whose try port leads to it."""
    for step_id, node in nodes.items():  # in order, so an inner one overwrites an outer one
        if not any(port.role == "error" for port in node.ports):
            continue
        normal = [port.key for port in node.ports if port.role == "normal"]
        reach = deque(target for port in normal for target in node.links.get(port, []))
        seen: set[str] = set()
        while reach:
            target = reach.popleft()
            if target in seen:
                continue
            seen.add(target)
            nodes[target].catch = step_id
            for targets in nodes[target].links.values():
                reach.extend(targets)


def error_port(node: Node) -> str:
    """The port by which caught records leave a try/catch."""
    return next(port.key for port in node.ports if port.role == "error")


def lint(flow: Flow, workshop: Workshop) -> list[Problem]:
    """All that is wrong with a flow in this workspace; errors keep it from being deployed."""
    if not flow.steps:
        return [
            Problem("error", None, "steps", "the flow has no steps", "add a connector shape that receives records")
        ]
    flow = with_links(flow)
    problems: list[Problem] = []
    try:
        ordered = _order(flow)
    except FlowError as error:
        return [Problem("error", None, "links", error.message, error.hint)]
    samples: dict[str, Any] = {}
    for step_id in ordered:
        step = flow.step(step_id)
        if step is not None:
            problems += _lint_step(flow, step, workshop, samples)
    return problems


def _lint_step(flow: Flow, step: Step, workshop: Workshop, samples: dict[str, Any]) -> list[Problem]:
    where = f"step '{step.id}'"
    try:
        shape_class = SHAPES.get(step.shape)
        config = SHAPES.config(step.shape, step.config, where=where)
        shape = shape_class(config, workshop)
    except DefinitionError as error:
        text = error.message if error.message.startswith(where) else f"{where}: {error.message}"
        return [Problem("error", step.id, None, text, error.hint)]
    problems: list[Problem] = []
    before = [link for link in flow.links or [] if link.to == step.id]
    arriving = next((samples[link.source[0]] for link in before if link.source[0] in samples), None)
    place = LintPlace(step.id, workshop.facts, arriving)
    problems += shape_class.lint(config, place)
    ports = {port.key for port in shape_class.ports(config)}
    for link in flow.links or []:
        source, port = link.source
        if source == step.id and port not in ports:
            problems.append(
                Problem(
                    "error", step.id, "links", f"step '{step.id}' has no port '{port}'", did_you_mean(port, ports)
                )
            )
    if isinstance(shape, EffectShape):
        leaving = shape.sample(place)
    else:
        try:
            leaving = shape.preview(arriving)
        except WeftlineError:
            leaving = None
    if leaving is not None:
        samples[step.id] = leaving
    return problems
