from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from weftline.errors import LimitExceededError
from weftline.model import Outcome
from weftline.shapes import SHAPES

Run = Callable[..., Outcome]


def records(outcome: Outcome, port: str = "out") -> list[Any]:
    return [record for batch in outcome.ports.get(port, []) for record in batch.records]


def test_filter_keeps_and_counts_what_it_drops(run: Run) -> None:
    outcome = run("filter", {"keep": {"field": "n", "at_least": 2}}, [{"n": 1}, {"n": 2}, {"n": 3}])
    assert records(outcome) == [{"n": 2}, {"n": 3}]
    assert outcome.dropped == 1
    assert outcome.ports["out"][0].positions == [1, 2]


def test_filter_removes(run: Run) -> None:
    assert records(run("filter", {"remove": {"field": "n", "is": 1}}, [{"n": 1}, {"n": 2}])) == [{"n": 2}]


def test_map_keeps_money_exact_and_uses_lookups(run: Run) -> None:
    rules = [
        {"to": "total", "from": "payload.total"},
        {"to": "currency.id", "from": "payload.currency", "transforms": [{"kind": "lookup", "name": "currency"}]},
        {"to": "key", "from": "{{ meta.instance }}-{{ payload.id }}"},
        {"to": "lines[*].qty", "from": "payload.lines[*].quantity"},
    ]
    record = {
        "id": 2**63 + 1,
        "total": Decimal("0.10"),
        "currency": "EUR",
        "lines": [{"quantity": 1}, {"quantity": 2}],
    }
    assert records(run("map", {"rules": rules}, [record], instance="UK")) == [
        {
            "total": Decimal("0.10"),
            "currency": {"id": "4"},
            "key": f"UK-{2**63 + 1}",
            "lines": [{"qty": 1}, {"qty": 2}],
        }
    ]


def test_map_fails_only_the_record_that_misses_a_required_field(run: Run) -> None:
    rules = [{"to": "email", "from": "payload.email", "required": True}]
    outcome = run("map", {"rules": rules}, [{"email": "a@b.c"}, {"name": "x"}])
    assert records(outcome) == [{"email": "a@b.c"}]
    assert outcome.failed[0].position == 1
    assert "email" in outcome.failed[0].error["message"]


def test_flow_control_cuts_into_batches(run: Run) -> None:
    outcome = run("flow_control", {"size": 2}, [1, 2, 3, 4, 5])
    assert [batch.records for batch in outcome.ports["out"]] == [[1, 2], [3, 4], [5]]
    assert [batch.positions for batch in outcome.ports["out"]] == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize(("method", "big"), [("first", [30]), ("all", [30, 20])])
def test_route_divides_records(run: Run, method: str, big: list[int]) -> None:
    config = {
        "method": method,
        "routes": [
            {"key": "mid", "when": {"field": "n", "at_least": 20}},
            {"key": "big", "when": {"field": "n", "at_least": 10}},
        ],
    }
    outcome = run("route", config, [{"n": 30}, {"n": 20}, {"n": 1}])
    assert [record["n"] for record in records(outcome, "mid")] == [30, 20]
    assert [record["n"] for record in records(outcome, "big")] == ([] if method == "first" else big)
    assert records(outcome, "otherwise") == [{"n": 1}]


def test_route_ports_follow_its_routes() -> None:
    config = SHAPES.config("route", {"routes": [{"key": "a"}, {"key": "b", "title": "Bee"}]})
    assert [port.key for port in SHAPES.get("route").ports(config)] == ["a", "b", "otherwise"]


def test_set_variables_travel_as_meta(run: Run) -> None:
    outcome = run(
        "set_variables", {"values": {"region": "{{ meta.instance }}-{{ payload.id }}"}}, [{"id": 7}], instance="UK"
    )
    assert outcome.ports["out"][0].meta["region"] == "UK-7"


def test_set_variables_refuses_too_much(run: Run) -> None:
    with pytest.raises(LimitExceededError, match="10,240 are allowed"):
        run("set_variables", {"values": {"x": "y" * 20_000}}, [{}])


def test_manual_payload_takes_the_place_of_what_arrives(run: Run) -> None:
    assert records(run("manual_payload", {"payload": [{"a": 1}, {"a": 2}]}, [{"x": 1}])) == [{"a": 1}, {"a": 2}]


def test_no_shape_changes_its_input(run: Run) -> None:
    given = [{"n": 1, "lines": [{"q": 1}]}]
    run("map", {"rules": [{"to": "lines[*].q", "from": "payload.lines[*].q"}]}, given)
    run("set_variables", {"values": {"a": 1}}, given)
    assert given == [{"n": 1, "lines": [{"q": 1}]}]
