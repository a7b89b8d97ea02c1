"""What every paginator promises, whatever its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pagination.simulated import BASE, BY_TOKEN, CONFIGS, after, answer, paginator, records, serve, walk
from weftline.errors import PageLoopError
from weftline.pagination import PAGINATORS

KINDS = pytest.mark.parametrize("kind", list(CONFIGS))
PAGING = pytest.mark.parametrize("kind", [kind for kind in CONFIGS if kind != "none"])


def ids(pages: list[tuple[list[Any], Any]]) -> list[int]:
    return [item["id"] for items, _ in pages for item in items]


def test_every_kind_is_held_to_its_promises() -> None:
    texts = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [kind for kind in PAGINATORS.kinds() if kind not in CONFIGS and f'"{kind}"' not in texts] == []


@KINDS
@given(count=st.integers(0, 60))
def test_a_chain_yields_every_record_once_and_in_order(kind: str, count: int) -> None:
    items, before = records(count), BASE.copy()
    assert ids(walk(paginator(kind), lambda request: serve(kind, items, request))) == [item["id"] for item in items]
    assert before == BASE, "the request that all pages are made of is left as it was"


@KINDS
@given(count=st.integers(0, 60), data=st.data())
def test_a_chain_goes_on_from_any_state_in_another_process(kind: str, count: int, data: st.DataObject) -> None:
    items = records(count)
    pages = walk(paginator(kind), lambda request: serve(kind, items, request))
    read = data.draw(st.integers(0, len(pages) - 1))
    state = pages[read - 1][1] if read else None
    rest = walk(paginator(kind), lambda request: serve(kind, items, request), state)
    assert ids(pages[:read]) + ids(rest) == [item["id"] for item in items]
    assert [following for _, following in rest] == [following for _, following in pages[read:]]


@PAGING
def test_the_page_cap_is_an_error_and_not_an_end(kind: str) -> None:
    with pytest.raises(PageLoopError, match="more than 2 pages"):
        walk(paginator(kind, max_pages=2), lambda request: serve(kind, records(20), request))


@PAGING
def test_an_application_that_stands_still_is_an_error(kind: str) -> None:
    pager = paginator(kind)
    first = pager.request(BASE, pager.first(BASE))
    with pytest.raises(PageLoopError, match=r"same page twice|leads back"):
        walk(pager, lambda _: serve(kind, records(20), first))


@pytest.mark.parametrize("kind", BY_TOKEN)
@given(tail=st.integers(0, 30), circle=st.integers(1, 30))
def test_a_circle_is_found_wherever_it_begins_and_however_long_it_is(kind: str, tail: int, circle: int) -> None:
    pager = paginator(kind)
    items = records(3 * (tail + circle) + 3)

    def chase() -> None:
        state: dict[str, Any] | None = pager.first(BASE)
        for number in range(10 * (tail + circle) + 10):
            assert state is not None
            place = number if number < tail else tail + (number - tail) % circle
            _, state = after(pager, state, BASE, answer(kind, items[3 * place : 3 * place + 3], place))

    with pytest.raises(PageLoopError, match=r"same page twice|leads back"):
        chase()
