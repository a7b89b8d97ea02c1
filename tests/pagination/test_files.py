"""The paginator "files": what follows what, and where a durable step ends."""

from __future__ import annotations

from typing import Any

import pytest

from weftline.errors import DocumentError
from weftline.kernel import json
from weftline.model import Request, Response
from weftline.pagination import PAGINATORS, Paginator

LIST = Request("LIST", "/in", [("pattern", "*.csv")], {"Accept": "text/csv"})
FILES = json.encode([{"path": "in/a b.csv"}, {"path": "in/b.csv"}, {"path": "in/c.csv"}])


def paginator(**config: Any) -> Paginator:
    return PAGINATORS.get("files")(PAGINATORS.config("files", config))


def walk(pager: Paginator, first: Request = LIST, body: bytes = b"id\n1\n") -> list[tuple[Request, dict[str, Any]]]:
    state: dict[str, Any] | None = pager.first(first)
    seen = []
    while state is not None:
        state = json.decode(json.encode(state))
        assert state is not None
        request = pager.request(first, state)
        seen.append((request, state))
        reads = pager.holds_records(state["place"])
        answer = Response(200, {}, FILES if request.method == "LIST" else body)
        state = pager.after(state, request, answer, None, int(reads), "Files 'files.read'")
    return seen


def told(seen: list[tuple[Request, dict[str, Any]]]) -> list[str]:
    return [f"{request.method} {request.url}" for request, _ in seen]


def test_files_are_read_one_after_the_other_even_if_they_are_the_same():
    seen = walk(paginator())
    assert told(seen) == ["LIST /in", "READ in/a%20b.csv", "READ in/b.csv", "READ in/c.csv"]
    assert seen[0][0].query == LIST.query
    assert all(not request.query and "barrier" not in state for request, state in seen[1:])


@pytest.mark.parametrize("after", ["move", "delete"])
def test_a_file_is_put_away_behind_a_barrier_and_before_the_next_is_read(after):
    seen = walk(paginator(after=after))
    verb = after.upper()
    assert told(seen) == [
        "LIST /in", "READ in/a%20b.csv", f"{verb} in/a%20b.csv", "READ in/b.csv", f"{verb} in/b.csv",
        "READ in/c.csv", f"{verb} in/c.csv",
    ]  # fmt: skip
    assert [state.get("barrier", False) for _, state in seen] == [False, False, True, False, True, False, True]
    pager = paginator(after=after)
    assert [pager.holds_records(state["place"]) for _, state in seen] == [False, *[True, False] * 3]


@pytest.mark.parametrize(
    ("move_to", "to"), [("done", "in/done/a b.csv"), ("/kept/2026", "/kept/2026/a b.csv"), ("", "in/done/a b.csv")]
)
def test_the_query_of_the_request_says_what_becomes_of_files(move_to, to):
    first = LIST.copy()
    first.query += [("after", "move"), ("move_to", move_to), ("max_files", "1")]
    seen = walk(paginator(), first)
    assert told(seen) == ["LIST /in", "READ in/a%20b.csv", "MOVE in/a%20b.csv"]
    assert seen[0][0].query == [("pattern", "*.csv")]
    assert seen[2][0].query == [("to", to)]


@pytest.mark.parametrize("query", [("after", "burn"), ("max_files", "0"), ("max_files", "many")])
def test_what_cannot_be_done_is_said_before_anything_is_read(query):
    first = LIST.copy()
    first.query.append(query)
    with pytest.raises(DocumentError, match=r"burn|max_files"):
        paginator().first(first)


def test_an_empty_folder_ends_the_chain():
    pager = paginator()
    assert pager.after(pager.first(LIST), LIST, Response(200, {}, b"[]"), None, 0, "x") is None
