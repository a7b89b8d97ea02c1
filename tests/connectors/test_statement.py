"""Statements of a flow's author."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.conftest import written
from weftline.connectors.lint import lint
from weftline.connectors.plan import EndpointPlan
from weftline.connectors.statement import bind
from weftline.errors import DocumentError, ExpressionError
from weftline.kernel import json
from weftline.model import Endpoint

SCOPE = {"payload": {"id": 7, "name": "x' OR ':p1", "ids": [1, 2], "none": None}}
PARAMETER = {"key": "statement", "title": "Statement", "type": "sql", "place": {"body": "sql"}, "required": True}


def bound(text: str, transport: str = "postgresql") -> dict[str, Any]:
    return bind(text, SCOPE, transport, "it")


def test_places_become_typed_values_and_the_rest_stays_as_it_is() -> None:
    text = "select id::text, ':x' from t where id = {{ payload.id }} and n = {{ payload.name }} limit :limit"
    assert bound(text) == {
        "sql": "select id::text, ':x' from t where id = :p1 and n = :p2 limit :limit",
        "values": {"p1": 7, "p2": "x' OR ':p1"},
    }
    assert bound("in {{ payload.ids }}, {{ payload.none }}")["values"] == {"p1": [1, 2], "p2": None}
    assert bound("{{ payload.name ?? '}}' }} :p1") == {"sql": ":p1_ :p1", "values": {"p1_": "x' OR ':p1"}}


@pytest.mark.parametrize(
    ("text", "transport"),
    [
        ("n = '{{ payload.name }}'", "postgresql"), ("n = 1 -- {{ payload.name }}", "oracle"),
        ("$$ {{ payload.name }} $$", "postgresql"), (r"'\' {{ payload.name }}'", "mysql"),
        ("[a {{ payload.name }}]", "sqlserver"),
    ],
)  # fmt: skip
def test_a_place_within_quotes_is_an_error(text: str, transport: str) -> None:
    with pytest.raises(DocumentError, match="within quotes or a comment"):
        bound(text, transport)


def test_a_place_that_is_not_closed_is_an_error() -> None:
    with pytest.raises(ExpressionError, match="not closed"):
        bound("a = {{ payload.id")


def endpoint(**request: Any) -> Endpoint:
    return Endpoint.model_validate(
        {"key": "rows.query", "title": "Q", "entity": "row", "direction": "receive", "parameters": [PARAMETER],
         "request": {"method": "QUERY"} | request}
    )  # fmt: skip


def test_a_statement_stands_in_the_body_of_the_request() -> None:
    plan = EndpointPlan(written(), endpoint(), "", {})
    given = plan.parameters({"statement": "select {{ payload.id }}"}, SCOPE)
    body = plan.request(SCOPE, given, 1.0).body
    assert json.decode(body or b"") == {"sql": "select :p1", "values": {"p1": 7}}


def test_a_connector_files_own_statement_must_not_paste() -> None:
    ours = endpoint(body={"sql": "select * from {{ vars.table }}"}).model_dump(exclude_none=True)
    words = [problem.message for problem in lint(written(endpoints=[ours], check=None)) if problem.level == "error"]
    assert any("would be pasted" in text for text in words)
