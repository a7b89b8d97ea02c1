from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from weftline.errors import DocumentError
from weftline.shapes import SHAPES
from weftline.shapes.conditions import Condition, compile_condition

RECORD = {
    "status": "paid",
    "total": Decimal("19.90"),
    "price": "100.00",
    "count": 3,
    "tags": ["new", "vip"],
    "note": "",
    "nothing": None,
    "ok": True,
    "created_at": "2026-11-23T10:00:00+01:00",
    "customer": {"country": "GB"},
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "status", "is": "paid"}, True),
        ({"field": "status", "is_not": "paid"}, False),
        ({"field": "status", "is_one_of": ["paid", "authorized"]}, True),
        ({"field": "status", "is_none_of": ["paid"]}, False),
        ({"field": "payload.customer.country", "is": "GB"}, True),
        ({"field": "total", "at_least": 19.9}, True),
        ({"field": "total", "greater_than": "19.90"}, False),
        ({"field": "price", "greater_than": 20}, True),
        ({"field": "price", "is": 100}, True),
        ({"field": "count", "less_than": 10}, True),
        ({"field": "tags", "contains": "vip"}, True),
        ({"field": "status", "not_contains": "x"}, True),
        ({"field": "status", "starts_with": "pa"}, True),
        ({"field": "note", "is_empty": True}, True),
        ({"field": "missing.deep", "is_empty": True}, True),
        ({"field": "nothing", "is": "None"}, False),
        ({"field": "ok", "is_true": True}, True),
        ({"field": "missing", "is_false": True}, False),
        ({"field": "created_at", "before": "2026-11-23T09:30:00Z"}, True),
        ({"field": "created_at", "after": "2026-11-23T09:30:00Z"}, False),
        ({"field": "created_at", "operator": "after", "value": "{{ now }}"}, True),
        ({"all": [{"field": "ok", "is_true": True}, {"field": "count", "is": 3}]}, True),
        ({"any": [{"field": "count", "is": 4}, {"not": {"field": "count", "is": 5}}]}, True),
        ("payload.total * 2 > 39 and payload.customer.country == 'GB'", True),
    ],
)
def test_condition_decides(condition: Any, expected: bool) -> None:
    from datetime import UTC, datetime

    test = compile_condition(TypeAdapter(Condition).validate_python(condition))
    assert test({"payload": RECORD, "now": datetime(2026, 11, 23, 8, tzinfo=UTC)}) is expected


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "either 'keep' or 'remove'"),
        ({"keep": {"field": "a", "operator": "is"}}, "needs a value"),
        ({"keep": {"field": "a", "is_one_of": "x"}}, "needs a list"),
        ({"keep": {"field": "a", "is": 1}, "colour": 1}, "unknown key 'colour'"),
    ],
)
def test_wrong_filter_names_what_is_wrong(config: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        SHAPES.config("filter", config, where="step 'f'")
