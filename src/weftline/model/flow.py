"""A process flow: triggers, steps and links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import ConfigDict, model_validator

from weftline.model.fields import Document, Key, field

__all__ = ["Flow", "FlowSettings", "FlowVariable", "Link", "Step", "VersionStatus", "expand_links"]

VersionStatus = Literal["draft", "deployed", "inactive"]
START = "start"


class Position(Document):
    """Where a step stands on the canvas, in its own units."""

    x: float
    y: float


class Step(Document):
    """A shape placed in a flow. Keys that are not ours are the shape's own config."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: Key = field(title="Id", description="Unique in the flow", example="pull")
    shape: str = field(title="Shape", description="A kind of shape", example="connector")
    title: str = field("", title="Title")
    position: Position | None = field(None, title="Position")

    @property
    def config(self) -> dict[str, Any]:
        """The shape's own config."""
        return dict(self.model_extra or {})


class Link(Document):
    """An arrow from a port to a step. ``from`` is ``step`` or ``step.port``; the port is ``out`` by default."""

    from_: str = field(title="From", alias="from", example="paid.out")
    to: Key = field(title="To", example="sales_order")

    @property
    def source(self) -> tuple[str, str]:
        """Step id and port."""
        step, _, port = self.from_.partition(".")
        return step, port or "out"


class FlowVariable(Document):
    """A named value of a flow, with its default."""

    key: Key = field(title="Key")
    type: Literal["text", "number", "boolean", "datetime", "json"] = field("text", title="Type")
    value: Any = field(None, title="Value")


class FlowSettings(Document):
    """How a flow behaves as a whole."""

    priority: Literal["highest", "high", "regular", "low", "lowest"] = field("regular", title="Priority")
    on_record_error: Literal["continue", "stop"] = field(
        "continue",
        title="When a record fails",
        description="continue: the others go on and the run ends as partial success; stop: the run fails",
    )
    variables: list[FlowVariable] = field(list, title="Variables")
    labels: list[str] = field(list, title="Labels")


class Flow(Document):
    """One version's content. Steps run in the order written unless links say otherwise."""

    name: str = field(title="Name", min_length=1, max_length=120, example="Orders to ERP")
    description: str = field("", title="Description")
    settings: FlowSettings = field(FlowSettings, title="Settings")
    triggers: list[dict[str, Any]] = field(
        list, title="Triggers", description="Each a kind of trigger with its config"
    )
    steps: list[Step] = field(list, title="Steps")
    links: list[Link] | None = field(None, title="Links", description="None: one after another")

    @model_validator(mode="after")
    def _steps_and_links_agree(self) -> Self:
        ids = [step.id for step in self.steps]
        for step_id in ids:
            if ids.count(step_id) > 1:
                raise ValueError(f"two steps have the id '{step_id}'")
            if "." in step_id:
                raise ValueError(f"the step id '{step_id}' may not contain a dot")
        for link in self.links or []:
            for name in (link.source[0], link.to):
                if name not in ids:
                    raise ValueError(f"a link names the step '{name}', which is not in the flow")
        return self

    def step(self, step_id: str) -> Step | None:
        """The step of that id, if there is one."""
        return next((step for step in self.steps if step.id == step_id), None)


def expand_links(flow: Flow, first_ports: Mapping[str, str] | None = None) -> Flow:
    """The flow with every link written out: where no link leaves a step and none enters the next, they follow on.

    ``first_ports`` gives, per step id, the port that a plain sequence leaves by (``try`` for a try/catch);
    ``out`` for all others.
    """
    ports = first_ports or {}
    links = list(flow.links or [])
    entered = {link.to for link in links}
    left = {link.source[0] for link in links}
    for step, following in zip(flow.steps, flow.steps[1:], strict=False):
        if step.id not in left and following.id not in entered and flow.links is None:
            links.append(Link(from_=f"{step.id}.{ports.get(step.id, 'out')}", to=following.id))
    return flow.model_copy(update={"links": links})
