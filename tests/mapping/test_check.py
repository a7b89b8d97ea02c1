"""Checking a map against a sample, before anything runs."""

from __future__ import annotations

from typing import Any

from weftline.mapping import MapRule, check_map

SAMPLE = {"id": 1, "created_at": "2024-01-01", "line_items": [{"sku": "A"}, {"sku": "B", "qty": 1}], "note": None}


def check(*rules: dict[str, Any], sample: Any = SAMPLE) -> list[Any]:
    return check_map([MapRule.model_validate(rule) for rule in rules], sample)


def test_absent_fields_are_named_with_a_suggestion() -> None:
    problems = check(
        {"to": "id", "from": "payload.id"},
        {"to": "d", "from": "payload.create_at"},
        {"to": "i[*].s", "from": "payload.line_items[*].skuu", "required": True},
        {"to": "x", "from": "created_at"},
    )
    assert [(one.rule, one.reference, one.suggestion, one.severity) for one in problems] == [
        (2, "payload.create_at", "did you mean 'created_at'?", "warning"),
        (3, "payload.line_items[*].skuu", "did you mean 'sku'?", "error"),
        (4, "created_at", "did you mean 'payload.created_at'?", "warning"),
    ]
    assert problems[0].message == (
        "map rule 2 (to 'd'): 'payload.create_at' is not in the sample: 'payload' has no field 'create_at'"
    )


def test_what_the_rule_provides_for_is_no_problem() -> None:
    assert (
        check(
            {"to": "a", "from": "payload.nope ?? 'x'"},
            {"to": "b", "from": "payload.nope | default('x')"},
            {"to": "c", "from": "payload.id", "when": "exists(payload.nope)"},
            {"to": "d", "from": "payload.id", "when": "payload.nope == 1"},
            {"to": "e", "from": "payload.line_items[*].qty"},
            {"to": "f", "from": "payload.note"},
            {"to": "g", "from": "{{ meta.store }}-{{ vars.x }}"},
            {"to": "h", "value": 5},
        )
        == []
    )


def test_conditions_and_templates_are_looked_at_too() -> None:
    problems = check({"to": "a", "value": {"x": "{{ payload.idd }}"}, "when": "contains(payload.nte, 'x')"})
    assert [one.reference for one in problems] == ["payload.idd", "payload.nte"]


def test_rules_that_do_not_compile_are_errors_without_a_sample() -> None:
    problems = check(
        {"to": "a", "from": "payload."},
        {"to": "b", "from": "payload.nope"},
        {"to": "c", "from": "payload.x", "transforms": [{"kind": "rond"}]},
        sample=None,
    )
    assert [(one.rule, one.severity) for one in problems] == [(1, "error"), (3, "error")]
    assert "round" in problems[1].suggestion
