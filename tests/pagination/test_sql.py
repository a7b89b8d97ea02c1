"""Pages of a query."""

from __future__ import annotations

from typing import Any

import pytest

from weftline.errors import PageLoopError, UnreadableBodyError
from weftline.kernel import json
from weftline.model import Request, Response
from weftline.pagination import PAGINATORS, Paginator

TABLE = [{"id": n, "shop": "a" if n < 6 else "b"} for n in range(1, 11)]


def pager(**config: Any) -> Paginator:
    return PAGINATORS.get("sql")(PAGINATORS.config("sql", config))


def values(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = json.decode(request.body or b"")["values"]
    return found


def pages(paginator: Paginator, **body: Any) -> list[tuple[list[int], dict[str, Any]]]:
    """Per page of a stand-in for a database: the ids, and the values that were bound."""
    base = Request("QUERY", "", [], {}, json.encode(body))
    state: Any = paginator.first(base)
    found = []
    while state is not None:
        request = paginator.request(base, json.decode(json.encode(state)))
        bound = values(request)
        start = bound.get("offset") or max(bound.get("after") or 0, bound.get("after_id") or 0)
        rows = TABLE[start : start + bound["limit"]] if "limit" in bound else TABLE
        found.append(([row["id"] for row in rows], bound))
        last = rows[-1] if rows else None
        state = paginator.after(state, request, Response(200, {}, json.encode(rows)), None, len(rows), "it", last)
    assert base.body == json.encode(body), "the request that all pages are made of is left as it was"
    return found


EVERY = list(range(1, 11))


def test_by_offset() -> None:
    found = pages(pager(size=4), sql="select * from t where s = :s limit :limit offset :offset", values={"s": 1})
    assert [one for ids, _ in found for one in ids] == EVERY
    assert [bound for _, bound in found] == [{"s": 1, "limit": 4, "offset": n} for n in (0, 4, 8)]


def test_by_the_last_rows_key_and_null_at_first() -> None:
    found = pages(pager(size=9), sql="select * from t where :after is null or id > :after limit :limit", size=5)
    assert [one for ids, _ in found for one in ids] == EVERY
    assert [bound for _, bound in found] == [{"limit": 5, "after": after} for after in (None, 5, 10)]


def test_by_a_key_of_several_columns_and_of_a_table() -> None:
    found = pages(pager(size=6), table="t", key="shop, id")
    assert [bound for _, bound in found] == [
        {"limit": 6, "after_shop": None, "after_id": None}, {"limit": 6, "after_shop": "b", "after_id": 6},
    ]  # fmt: skip


def test_a_statement_without_places_is_one_page() -> None:
    assert pages(pager(size=3), sql="select ':x'::text from t") == [(EVERY, {})]


def test_a_row_without_its_key_is_an_error() -> None:
    with pytest.raises(UnreadableBodyError, match="last row has no 'number'"):
        pages(pager(size=3, key=["number"]), sql="select id from t where :after is null limit :limit")


def test_the_page_cap_and_the_same_page_twice() -> None:
    with pytest.raises(PageLoopError, match="more than 2 pages"):
        pages(pager(size=3, max_pages=2), sql="select 1 limit :limit offset :offset")
    request = Request("QUERY", "", [], {}, json.encode({"sql": "select 1 limit :limit offset :offset"}))
    paginator = pager(size=1)
    answer = Response(200, {}, b"[{}]")
    second = paginator.after(paginator.first(request), request, answer, None, 1, "it", {"id": 1})
    with pytest.raises(PageLoopError, match="same page twice"):
        paginator.after(second or {}, request, answer, None, 1, "it", {"id": 1})
