"""From an endpoint and its inputs to a request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.conftest import written
from weftline.connectors import resolve_variables
from weftline.connectors.plan import EndpointPlan
from weftline.errors import DocumentError, ExpressionError
from weftline.model import Endpoint, Instance, Request


def plan(**changes: Any) -> EndpointPlan:
    document = {"key": "o.x", "title": "X", "entity": "o", "direction": "send", "request": {"path": "/o"}} | changes
    return EndpointPlan(written(), Endpoint.model_validate(document), "http://acme.invalid/v1/", {"X-App": "w"})


def made(made_by: EndpointPlan, scope: dict[str, Any] | None = None, **given: Any) -> Request:
    scope = scope or {}
    return made_by.request(scope, made_by.parameters(given, scope), 5.0)


def parameter(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": key} | more


@pytest.mark.parametrize(
    ("value", "path"),
    [("a b", "a%20b"), ("a/../b", "a%2F..%2Fb"), ("ü?#%", "%C3%BC%3F%23%25"),
     (12345678901234567890, "12345678901234567890")],
)  # fmt: skip
def test_a_value_in_the_path_stays_one_piece_of_it(value: Any, path: str) -> None:
    request = made(plan(request={"path": "/o/eid:{{ payload.id }}/x"}), {"payload": {"id": value}})
    assert request.url == f"http://acme.invalid/v1/o/eid:{path}/x"


@pytest.mark.parametrize(
    ("value", "path"),
    [("/v2/a b/?x", "v2/a%20b/%3Fx"), ("v2", "v2"), ("v2/", "v2/"), ("", ""), ("//evil.test/a", "/evil.test/a")],
)
def test_a_list_is_as_many_pieces_of_the_path(value: str, path: str) -> None:
    request = made(plan(request={"path": "/{{ path | split('/') }}"}), {"path": value})
    assert request.url == f"http://acme.invalid/v1/{path}"


@pytest.mark.parametrize("value", ["../admin", "a/../../b", "./a", ".."])
def test_a_list_cannot_lead_out_of_its_path(value: str) -> None:
    with pytest.raises(ExpressionError, match="cannot stand in the path"):
        made(plan(request={"path": "/{{ path | split('/') }}"}), {"path": value})


def test_an_object_gives_its_own_names() -> None:
    parameters = [parameter("query", type="json", place={"query": "*"}),
                  parameter("headers", type="json", place={"header": "*"})]  # fmt: skip
    made_by = plan(parameters=parameters)
    request = made(made_by, query={"a": 1, "b": "x y"}, headers={"X-One": True})
    assert (request.query, request.headers["X-One"]) == ([("a", "1"), ("b", "x y")], "true")
    with pytest.raises(DocumentError, match="needs names and values for 'query'"):
        made(made_by, query="a=1")


@pytest.mark.parametrize("record", [{}, {"id": None}, {"id": ""}, {"id": ".."}, {"id": "."}])
def test_a_path_without_its_value_is_not_called(record: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError):
        made(plan(request={"path": "/o/{{ payload.id }}"}), {"payload": record})


def test_parameters_go_to_their_places() -> None:
    made_by = plan(
        request={"method": "POST", "path": "/o/{{ order_id }}/{{ params.kind }}", "body": {"a": "{{ payload.a }}"}},
        parameters=[
            parameter("order", place={"path": "order_id"}),
            parameter("kind", place={"query": "kind"}, default="big"),
            parameter("tag", place={"header": "X-Tag"}),
            parameter("note", place={"body": "note"}),
        ],
    )
    request = made(made_by, {"payload": {"a": 1}}, order="7/8", tag=True, note="{{ payload.a }}!")
    assert request.url == "http://acme.invalid/v1/o/7%2F8/big"
    assert request.query == [("kind", "big")]
    assert request.headers["X-Tag"] == "true"
    assert request.headers["X-App"] == "w"
    assert request.body == b'{"a":1,"note":"1!"}'


@pytest.mark.parametrize("empty", [None, "", "{{ payload.nothing }}"])
def test_an_empty_filter_is_left_out_or_its_default(empty: Any) -> None:
    made_by = plan(
        parameters=[
            parameter("status", place={"query": "status"}, default="any"), parameter("ids", place={"query": "ids"}),
        ],
    )  # fmt: skip
    assert made(made_by, {"payload": {}}, status=empty, ids=empty).query == [("status", "any")]
    assert made(made_by, {"payload": {}}, ids=[1, 2], status="open").query == [("status", "open"), ("ids", "1,2")]


def test_an_unknown_or_missing_filter_is_named() -> None:
    made_by = plan(parameters=[parameter("status", place={"query": "status"}, required=True)])
    with pytest.raises(DocumentError, match="has no filter 'statsu'") as caught:
        made(made_by, statsu="x")
    assert "did you mean 'status'?" in caught.value.hint
    with pytest.raises(DocumentError, match="needs a value for 'status'"):
        made(made_by)


def test_the_body_is_the_record_digit_for_digit() -> None:
    made_by = plan(request={"method": "PUT", "path": "/o", "body": "{{ payload }}"})
    record = made_by.format.decode(b'{"total":10.50,"id":123456789012345678901234567890}', where="test")
    request = made(made_by, {"payload": record})
    assert request.body == b'{"total":10.50,"id":123456789012345678901234567890}'
    assert request.headers["Content-Type"] == "application/json"
    assert "Content-Type" not in made(plan()).headers


def test_a_planned_request_does_not_change_its_plan() -> None:
    made_by = plan(request={"path": "/o", "query": {"a": 1}})
    first = made(made_by)
    first.headers["Authorization"] = "x"
    first.query.append(("b", "2"))
    assert made(made_by) == Request("GET", "http://acme.invalid/v1/o", [("a", "1")],
                                    {"Accept": "application/json", "X-App": "w"}, None, 5.0)  # fmt: skip


def test_a_default_may_refer_to_the_record() -> None:
    made_by = plan(parameters=[parameter("number", place={"query": "number"}, default="{{ payload.id ?? 'none' }}")])
    for payload, number in (({"id": 7}, "7"), ({}, "none")):
        scope = {"payload": payload}
        assert made_by.request(scope, made_by.parameters({}, scope), 5.0).query == [("number", number)]


def test_variables_default_by_those_before_them() -> None:
    connector = written(
        variables=[
            {"key": "account", "title": "Account", "required": True},
            {"key": "base_url", "title": "URL", "default": "https://{{ account | lower | replace('_', '-') }}.test"},
        ]
    )

    def values(**given: Any) -> dict[str, Any]:
        return resolve_variables(connector, Instance(name="A", connector="acme", variables=given))

    assert values(account="T_1")["base_url"] == "https://t-1.test"
    assert values(account="T_1", base_url="http://x")["base_url"] == "http://x"
    with pytest.raises(DocumentError, match="needs a value for 'account'"):
        values()
    with pytest.raises(DocumentError, match="sets 'acount'"):
        values(account="1", acount="2")
