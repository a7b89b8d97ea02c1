"""Maps: what rules make of records."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from weftline.errors import (
    DocumentError,
    ExpressionError,
    MappingError,
    NotFoundError,
    StorageError,
    UnknownKindError,
)
from weftline.mapping import MapRule, MemoryLookups, compile_map

ORDER: dict[str, Any] = {
    "id": 450789469,
    "name": "#1001",
    "created_at": "2008-01-10T11:00:00-05:00",
    "total_price": "409.94",
    "tax": Decimal("11.940"),
    "note": None,
    "currency": "USD",
    "tags": "vip, gift",
    "customer": {"first_name": "Bob", "last_name": "Norman", "address": {"city": "Louisville"}},
    "line_items": [
        {"sku": "A", "quantity": 2, "price": "199.00", "taxes": [{"amount": "1.10"}, {"amount": "2.20"}]},
        {"sku": None, "quantity": 1, "price": "10.00", "taxes": []},
        {"quantity": 3, "price": "0.50", "taxes": [{"amount": "0.05"}]},
    ],
}
SCOPE: dict[str, Any] = {
    "payload": ORDER,
    "meta": {"instance": {"variables": {"store": "uk"}}},
    "now": datetime(2024, 5, 17, tzinfo=UTC),
}
LOOKUPS = MemoryLookups({"currencies": [("USD", 1), ("EUR", 4)]})


def apply(*rules: dict[str, Any], scope: dict[str, Any] | None = None) -> dict[str, Any]:
    before = copy.deepcopy(scope or SCOPE)
    found = compile_map([MapRule.model_validate(rule) for rule in rules], LOOKUPS).apply(scope or SCOPE)
    assert (scope or SCOPE) == before, "a map must not change its source"
    return found


def failure(*rules: dict[str, Any], scope: dict[str, Any] | None = None) -> MappingError:
    with pytest.raises(MappingError) as caught:
        apply(*rules, scope=scope)
    return caught.value


@pytest.mark.parametrize(
    ("rule", "record"),
    [
        ({"to": "id", "from": "payload.id"}, {"id": 450789469}),
        ({"to": "a.b.c", "from": "payload.tax"}, {"a": {"b": {"c": Decimal("11.940")}}}),
        ({"to": "x", "from": "{{ meta.instance.variables.store }}-{{ payload.id }}"}, {"x": "uk-450789469"}),
        ({"to": "x", "from": "{{ payload.id }}"}, {"x": 450789469}),
        ({"to": "x", "from": "{{ payload.nope }}"}, {}),
        ({"to": "x", "from": "payload.customer.first_name + ' ' + payload.customer.last_name"}, {"x": "Bob Norman"}),
        ({"to": "x", "from": "payload.note"}, {"x": None}),
        ({"to": "x", "from": "payload.nope"}, {}),
        ({"to": "x.y[*].z", "from": "payload.nope[*].z"}, {}),
        ({"to": "x", "value": None}, {"x": None}),
        ({"to": "x", "value": {"a": ["{{ payload.id }}", 5]}}, {"x": {"a": [450789469, 5]}}),
        ({"to": "x", "from": "now()"}, {"x": "2024-05-17T00:00:00Z"}),
        ({"to": "x", "from": "payload.id", "when": "payload.note"}, {}),
        ({"to": "x", "from": "payload.id", "when": "payload.currency == 'USD'"}, {"x": 450789469}),
        ({"to": "x", "from": "payload.nope", "transforms": [{"kind": "default", "value": "d"}]}, {"x": "d"}),
        ({"to": "x", "from": "payload.nope", "transforms": [{"kind": "upper"}]}, {}),
        (
            {"to": "x", "transforms": [{"kind": "text_template", "template": "T{{ payload.id }}"}]},
            {"x": "T450789469"},
        ),
        (
            {
                "to": "x",
                "from": ["payload.customer.first_name", "payload.nope", "payload.currency"],
                "transforms": [{"kind": "concat", "separator": "-"}],
            },
            {"x": "Bob-USD"},
        ),
        ({"to": "x", "from": ["payload.nope", "payload.nop"], "transforms": [{"kind": "concat"}]}, {}),
        (
            {"to": "x", "from": "payload.line_items[*].price", "transforms": [{"kind": "sum"}]},
            {"x": Decimal("209.50")},
        ),
        (
            {"to": "t[*].name", "from": "payload.tags", "transforms": [{"kind": "split"}, {"kind": "upper"}]},
            {"t": [{"name": "VIP"}, {"name": "GIFT"}]},
        ),
        (
            {"to": "i[*].city", "from": "payload.customer[*].address.city"},
            {"i": [{"city": "Louisville"}]},
        ),
    ],
)
def test_one_rule(rule: dict[str, Any], record: dict[str, Any]) -> None:
    assert apply(rule) == record


def test_wildcards_stay_aligned_and_missing_fields_are_left_out() -> None:
    found = apply(
        {"to": "items[*].q", "from": "payload.line_items[*].quantity"},
        {"to": "items[*].item.sku", "from": "payload.line_items[*].sku"},
        {
            "to": "items[*].price",
            "from": "payload.line_items[*].price",
            "transforms": [{"kind": "to_number"}, {"kind": "multiply", "factor": 2}],
        },
    )
    assert found == {
        "items": [
            {"q": 2, "item": {"sku": "A"}, "price": Decimal("398.00")},
            {"q": 1, "item": {"sku": None}, "price": Decimal("20.00")},
            {"q": 3, "price": Decimal("1.00")},
        ]
    }


def test_a_value_for_all_items_is_written_last_whatever_the_order() -> None:
    found = apply(
        {"to": "items[*].kind", "value": "web"},
        {"to": "items[*].tags", "value": ["a", "b"]},
        {"to": "items[*].currency", "from": "payload.currency"},
        {"to": "items[*].q", "from": "payload.line_items[*].quantity"},
    )
    assert found == {"items": [{"q": q, "currency": "USD", "kind": "web", "tags": ["a", "b"]} for q in (2, 1, 3)]}
    assert apply({"to": "items[*].kind", "value": "web"}) == {}


def test_nested_wildcards() -> None:
    assert apply({"to": "i[*].t[*].v", "from": "payload.line_items[*].taxes[*].amount"}) == {
        "i": [{"t": [{"v": "1.10"}, {"v": "2.20"}]}, {"t": []}, {"t": [{"v": "0.05"}]}]
    }
    assert apply(
        {"to": "i[*].tax", "from": "payload.line_items[*].taxes[*].amount", "transforms": [{"kind": "sum"}]}
    ) == {"i": [{"tax": Decimal("3.30")}, {"tax": 0}, {"tax": Decimal("0.05")}]}
    assert apply({"to": "i[*].all", "from": "payload.line_items[*].taxes[*].amount"}) == {
        "i": [{"all": ["1.10", "2.20"]}, {"all": []}, {"all": ["0.05"]}]
    }
    assert apply({"to": "all", "from": "payload.line_items[*].taxes[*].amount"}) == {"all": ["1.10", "2.20", "0.05"]}


def test_a_gathered_list_has_nulls_for_what_is_missing() -> None:
    scope = {"payload": {"rows": [{"a": 1, "t": ["x"]}, {"t": ["y"]}]}}
    assert apply({"to": "a", "from": "payload.rows[*].a"}, scope=scope) == {"a": [1, None]}
    assert apply({"to": "t", "from": "payload.rows[*].t"}, scope=scope) == {"t": [["x"], ["y"]]}
    assert apply({"to": "z", "from": "payload.rows[*].z"}, scope=scope) == {}


def test_several_sources_are_joined_item_by_item() -> None:
    found = apply(
        {
            "to": "i[*].label",
            "from": ["payload.line_items[*].sku", "payload.currency", "payload.line_items[*].quantity"],
            "transforms": [{"kind": "concat", "separator": "/"}],
        }
    )
    assert found == {"i": [{"label": "A/USD/2"}, {"label": "USD/1"}, {"label": "USD/3"}]}


def test_writing_into_a_copied_object_leaves_the_source_alone() -> None:
    found = apply(
        {"to": "customer", "from": "payload.customer"},
        {"to": "customer.address.city", "value": "Leeds"},
        {"to": "lines", "from": "payload.line_items"},
        {"to": "lines[*].done", "value": True},
    )
    assert found["customer"]["address"]["city"] == "Leeds"
    assert [line["done"] for line in found["lines"]] == [True] * 3
    assert ORDER["customer"]["address"]["city"] == "Louisville"


def test_money_stays_exact() -> None:
    scope = {"payload": {"a": Decimal("0.10"), "big": 12345678901234567890123, "rows": [{"p": Decimal("0.10")}] * 3}}
    found = apply(
        {"to": "a", "from": "payload.a"},
        {"to": "big", "from": "payload.big", "transforms": [{"kind": "add", "amount": 1}]},
        {"to": "sum", "from": "payload.rows[*].p", "transforms": [{"kind": "sum"}]},
        {
            "to": "gross",
            "from": "payload.a",
            "transforms": [{"kind": "multiply", "factor": 1.2}, {"kind": "round", "places": 2}],
        },
        scope=scope,
    )
    assert {key: str(value) for key, value in found.items()} == {
        "a": "0.10",
        "big": "12345678901234567890124",
        "sum": "0.30",
        "gross": "0.12",
    }


def test_a_required_source_that_is_missing_names_everything() -> None:
    error = failure(
        {"to": "id", "from": "payload.id"}, {"to": "tranDate", "from": "payload.create_at", "required": True}
    )
    assert error.message == (
        "map rule 2 (to 'tranDate'): the target is required, but 'payload.create_at' is not there: "
        "'payload' has no field 'create_at'"
    )
    assert error.hint == "did you mean 'created_at'?"
    assert error.context == {"rule": 2, "to": "tranDate", "from": "payload.create_at"}
    assert error.recovery == "skip"


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("created_at", "nothing is called 'created_at' here", "did you mean 'payload.created_at'?"),
        ("payload.customer.adress.city", "'payload.customer' has no field 'adress'", "did you mean 'address'?"),
        ("payload.line_items.sku", "'payload.line_items' is a list", "use 'payload.line_items[*].sku'"),
        ("payload.line_items[7].sku", "has 3 items, so none at 7", ""),
        (
            "payload.line_items[*].skuu",
            "the items of 'payload.line_items' have no field 'skuu'",
            "did you mean 'sku'?",
        ),
        ("payload.note", "'payload.note' is null", "give a default"),
        ("payload.note.text", "'payload.note' is null, so it has no 'text'", ""),
        ("payload.name.text", "is a single value", ""),
        ("upper(payload.nam)", "'payload' has no field 'nam'", "did you mean 'name'?"),
        ("x-{{ payload.nam }}", "'payload' has no field 'nam'", "did you mean 'name'?"),
        ("x-{{ payload.note }}", "'payload.note' is null", "default"),
        (["payload.name", "payload.curency"], "'payload' has no field 'curency'", "did you mean 'currency'?"),
    ],
)
def test_required_explains(source: Any, message: str, hint: str) -> None:
    error = failure({"to": "x", "from": source, "required": True})
    assert message in error.message
    assert error.message.startswith("map rule 1 (to 'x'): ")
    assert hint in error.hint


def test_required_holds_for_every_item() -> None:
    error = failure({"to": "i[*].sku", "from": "payload.line_items[*].sku", "required": True})
    assert "required" in error.message
    assert apply({"to": "i[*].q", "from": "payload.line_items[*].quantity", "required": True})["i"][2] == {"q": 3}


def test_lists_of_different_length_name_the_rule() -> None:
    error = failure(
        {"to": "i[*].q", "from": "payload.line_items[*].quantity"},
        {"to": "i[*].t", "from": "payload.tags", "transforms": [{"kind": "split"}]},
    )
    assert error.message == "map rule 2 (to 'i[*].t'): cannot spread 2 values over the 3 items of 'i[*].t'"
    assert "same number" in error.hint
    error = failure({"to": "i[*].t", "from": ["payload.line_items[*].sku", "payload.line_items[0].taxes[*].amount"]})
    assert "the sources have 3, 2 items" in error.message


def test_targets_that_clash_name_the_rule() -> None:
    error = failure({"to": "a", "from": "payload.id"}, {"to": "a.b", "from": "payload.id"})
    assert error.message.startswith("map rule 2 (to 'a.b'): cannot write 'a.b'")


def test_a_failing_transform_names_rule_kind_and_value() -> None:
    scope = {"payload": {"total": "x" * 500}}
    error = failure(
        {"to": "t", "from": "payload.total", "transforms": [{"kind": "trim"}, {"kind": "round"}]}, scope=scope
    )
    assert error.message.startswith("map rule 1 (to 't'): the transform 'round' failed on \"xxx")
    assert error.context["transform"] == "round"
    shown = error.message.split(" failed on ")[1].split(": ")[0]
    assert len(shown) == 80


def test_a_failing_expression_names_the_rule() -> None:
    error = failure({"to": "t", "from": "payload.id / 0"})
    assert error.message.startswith("map rule 1 (to 't'): division by zero")


@pytest.mark.parametrize(
    ("rule", "kind", "message"),
    [
        ({"to": "a", "from": "payload."}, ExpressionError, "map rule 1 (to 'a'): unexpected the end"),
        ({"to": "a..b", "from": "payload.x"}, ExpressionError, "expected a field name in the path"),
        ({"to": "a", "from": "payload.x", "when": "=="}, ExpressionError, "map rule 1"),
        (
            {"to": "a", "from": "payload.x", "transforms": [{"kind": "uper"}]},
            UnknownKindError,
            "'uper' is not a kind",
        ),
        ({"to": "a", "from": "payload.x", "transforms": [{}]}, DocumentError, "has no 'kind'"),
        (
            {"to": "a", "from": "payload.x", "transforms": [{"kind": "round", "place": 2}]},
            DocumentError,
            "unknown key 'place'",
        ),
        (
            {"to": "a", "from": "payload.x", "transforms": [{"kind": "date_format", "format": "YY-mm"}]},
            DocumentError,
            "means nothing",
        ),
        (
            {"to": "a", "from": "payload.x", "transforms": [{"kind": "start_of", "timezone": "Mars"}]},
            DocumentError,
            "no time zone",
        ),
        (
            {"to": "a", "from": "payload.x", "transforms": [{"kind": "replace", "find": "(", "pattern": True}]},
            DocumentError,
            "does not compile",
        ),
    ],
)
def test_documents_that_do_not_compile(rule: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        apply(rule)
    assert "map rule 1 (to '" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "rule",
    [
        {"to": "a"},
        {"to": "a", "from": "x", "value": 1},
        {"to": "", "from": "x"},
        {"to": "a", "from": []},
        {"to": "a", "frm": "x"},
    ],
)
def test_rules_that_say_too_little_or_too_much(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MapRule.model_validate(rule)


def test_lookups() -> None:
    forth = {"to": "c", "from": "payload.currency", "transforms": [{"kind": "lookup", "name": "currencies"}]}
    assert apply(forth) == {"c": 1}
    back = {
        "to": "c",
        "value": 4,
        "transforms": [{"kind": "lookup", "name": "currencies", "direction": "right_to_left"}],
    }
    assert apply(back) == {"c": "EUR"}
    gbp = {"payload": {"currency": "GBP"}}
    error = failure(forth, scope=gbp)
    assert error.message == (
        "map rule 1 (to 'c'): the transform 'lookup' failed on \"GBP\": "
        "the lookup table 'currencies' has no such left value"
    )
    forth["transforms"][0] |= {"missing": "default", "default": 9}  # type: ignore[index]
    assert apply(forth, scope=gbp) == {"c": 9}
    forth["transforms"][0] |= {"missing": "keep"}  # type: ignore[index]
    assert apply(forth, scope=gbp) == {"c": "GBP"}
    forth["transforms"][0] |= {"name": "currencys"}  # type: ignore[index]
    with pytest.raises(NotFoundError, match=r"map rule 1 .* no lookup table 'currencys'") as caught:
        apply(forth)
    assert "currencies" in caught.value.hint


def test_a_store_that_does_not_answer_is_not_the_records_fault() -> None:
    class Down:
        def find(self, name: str, value: Any, direction: Any) -> Any:
            raise StorageError("the store does not answer")

    rule = MapRule.model_validate({"to": "c", "value": 1, "transforms": [{"kind": "lookup", "name": "t"}]})
    with pytest.raises(StorageError, match="map rule 1"):
        compile_map([rule], Down()).apply({"payload": {}})
