from __future__ import annotations

from typing import Any

import pytest

from tests.shapes.conftest import NoFacts
from weftline.engine import build, lint, with_links
from weftline.errors import DefinitionError, FlowError
from weftline.mapping import MemoryLookups
from weftline.model import Connector, Flow, Instance
from weftline.shapes import Workshop

CONNECTOR = Connector.model_validate(
    {
        "slug": "shop", "version": "1.0.0", "title": "Shop", "category": "x",
        "transport": {"kind": "http", "base_url": "http://127.0.0.1"},
        "endpoints": [
            {"key": "orders.list", "title": "List", "entity": "order", "direction": "receive",
             "request": {"path": "/o"},
             "parameters": [{"key": "since", "title": "Since", "place": {"query": "s"}}], "sample": "s.json"},
            {"key": "orders.put", "title": "Put", "entity": "order", "direction": "send", "request": {"path": "/o"}},
        ],
    }
)  # fmt: skip


class Facts(NoFacts):
    """One connector with one instance, and a sample order."""

    def instance(self, name: str) -> Any:
        return Instance(name=name, connector="shop") if name == "UK" else None

    def connector(self, slug: str) -> Any:
        return CONNECTOR

    def instance_names(self) -> list[str]:
        return ["UK"]

    def direction(self, instance: str, endpoint: str) -> str | None:
        found = CONNECTOR.endpoint(endpoint)
        return found.direction if found else None

    def sample(self, slug: str, endpoint: str) -> Any:
        return {"id": 1, "email": "a@b.c"}


def workshop() -> Workshop:
    return Workshop(MemoryLookups({}), Facts())


def flow(*steps: dict[str, Any], links: list[dict[str, str]] | None = None) -> Flow:
    return Flow.model_validate({"name": "F", "steps": list(steps), "links": links})


PULL = {"id": "pull", "shape": "connector", "instance": "UK", "endpoint": "orders.list"}
MAP = {"id": "map", "shape": "map", "rules": [{"to": "x", "from": "payload.email"}]}
PUSH = {"id": "push", "shape": "connector", "instance": "UK", "endpoint": "orders.put"}


def problems(*steps: dict[str, Any], links: list[dict[str, str]] | None = None) -> list[str]:
    return [f"{found.level}: {found.message} ({found.hint})" for found in lint(flow(*steps, links=links), workshop())]


def test_steps_follow_each_other_unless_linked() -> None:
    graph = build(flow(PULL, MAP, PUSH), workshop())
    assert graph.starts == ["pull"]
    assert graph.nodes["pull"].links == {"out": ["map"]}
    assert graph.nodes["map"].links == {"out": ["push"]}


def test_a_sequence_leaves_a_try_by_its_try_port() -> None:
    linked = with_links(flow({"id": "safe", "shape": "try_catch"}, PUSH))
    assert [(link.from_, link.to) for link in linked.links or []] == [("safe.try", "push")]


def test_steps_know_the_innermost_try_they_stand_in() -> None:
    graph = build(
        flow(
            {"id": "outer", "shape": "try_catch"}, {"id": "inner", "shape": "try_catch"}, PUSH, MAP,
            links=[
                {"from": "outer.try", "to": "inner"}, {"from": "inner.try", "to": "push"},
                {"from": "inner.catch", "to": "map"},
            ],
        ),
        workshop(),
    )  # fmt: skip
    assert graph.nodes["push"].catch == "inner"
    assert graph.nodes["map"].catch == "outer"
    assert graph.nodes["inner"].catch == "outer"


def test_a_good_flow_has_no_problems() -> None:
    assert problems(PULL, MAP, PUSH) == []


def test_a_circle_is_named() -> None:
    circle = [{"from": "map", "to": "push"}, {"from": "push", "to": "map"}]
    with pytest.raises(FlowError, match="circle through 'map', 'push'"):
        build(flow(MAP, PUSH, links=circle), workshop())
    assert "circle" in problems(MAP, PUSH, links=circle)[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"instance": "UC"}, "the instance 'UC', which does not exist (known: UK)"),
        ({"endpoint": "orders.lisst"}, "no endpoint 'orders.lisst' (did you mean 'orders.list'?)"),
        ({"filters": {"sinse": 1}}, "no filter 'sinse' (did you mean 'since'?)"),
        ({"shape": "conector"}, "'conector' is not a kind of shapes (did you mean 'connector'?)"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"instances": ["UK"]}, "either 'instance' or 'instances'"),
    ],
)
def test_lint_names_the_thing_and_the_remedy(change: dict[str, Any], words: str) -> None:
    assert words in "\n".join(problems(PULL | change, MAP))


def test_lint_finds_a_map_from_a_field_that_does_not_exist() -> None:
    wrong = MAP | {"rules": [{"to": "x", "from": "payload.emial"}]}
    found = "\n".join(problems(PULL, wrong, PUSH))
    assert "emial" in found
    assert "email" in found


def test_lint_finds_a_link_from_a_port_that_is_not_there() -> None:
    found = "\n".join(problems(PULL, MAP, links=[{"from": "pull.outt", "to": "map"}]))
    assert "no port 'outt' (did you mean 'out'?)" in found


def test_an_empty_flow_says_what_to_do() -> None:
    assert "add a connector shape" in problems()[0]


def test_build_names_the_step_that_is_wrong() -> None:
    with pytest.raises(DefinitionError, match="step 'map'"):
        build(flow(PULL, MAP | {"rules": [{"to": "x", "from": "payload.("}]}), workshop())
