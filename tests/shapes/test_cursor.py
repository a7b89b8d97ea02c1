"""Which records of a page are new."""

from __future__ import annotations

from typing import Any

from weftline.kernel import json
from weftline.model import CursorRule, Page, Request, Response
from weftline.shapes.cursor import CursorChain


def taken(chain: CursorChain, records: list[dict[str, Any]]) -> list[Any]:
    raw = json.encode(records)
    request, response = Request("GET", "http://127.0.0.1"), Response(200, {}, raw)
    found: list[Any] = json.decode(chain.take(Page(len(records), raw, 1, None, response, request))[0])
    return found


def test_a_key_of_several_columns_is_one_key() -> None:
    rule = CursorRule(path="at", parameter="since", key="shop, no", overlap_s=60)
    records = [{"shop": "a,b", "no": "c", "at": "2026-01-01T00:00:00Z"},
               {"shop": "a", "no": "b,c", "at": "2026-01-01T00:00:00Z"},
               {"shop": "a", "no": 2, "at": "2026-01-01T00:00:30Z"}]  # fmt: skip
    first = CursorChain(rule, None, None)
    assert taken(first, records) == records
    second = CursorChain(rule, first.progress(), None)
    assert second.asks_for == {"since": "2025-12-31T23:59:30.000000Z"}
    changed = records[0] | {"at": "2026-01-01T00:00:40Z"}
    assert taken(second, [records[1], records[2], changed]) == [changed]


def test_a_path_in_brackets_may_hold_a_comma() -> None:
    chain = CursorChain(CursorRule(path="n", parameter="since", key='["a,b"]', type="number"), None, None)
    assert taken(chain, [{"a,b": 1, "n": 3}, {"a,b": 1, "n": 3}]) == [{"a,b": 1, "n": 3}]
