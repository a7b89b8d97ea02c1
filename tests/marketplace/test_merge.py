"""Three-way merges: nothing that either side did is lost without a word."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from weftline.marketplace.merge import Merge, edits

BASE = {
    "version": "1.0.0", "title": "Shop", "pacing": {"amount": 2},
    "endpoints": [
        {"key": "orders.list", "title": "List", "request": {"path": "/orders", "query": {"limit": 250}}},
        {"key": "orders.get", "title": "Get", "request": {"path": "/orders/1"}},
    ],
}  # fmt: skip


def changed(**more: Any) -> dict[str, Any]:
    return {**BASE, **more}


def with_endpoint(key: str, **facts: Any) -> list[dict[str, Any]]:
    return [one | facts if one["key"] == key else one for one in BASE["endpoints"]]  # type: ignore[operator]


def test_what_only_one_side_changed_is_taken() -> None:
    mine = changed(pacing={"amount": 1}, endpoints=with_endpoint("orders.list", title="List my orders"))
    new = {"key": "stock.put", "title": "Put", "request": {"path": "/stock"}}
    theirs = changed(version="1.1.0", endpoints=[*with_endpoint("orders.list", request={"path": "/v2"}), new])
    merge = Merge(BASE, mine, theirs)
    assert merge.conflicts == []
    assert (merge.value["version"], merge.value["pacing"]) == ("1.1.0", {"amount": 1})
    first, _, last = merge.value["endpoints"]
    assert first == {"key": "orders.list", "title": "List my orders", "request": {"path": "/v2"}}
    assert last == new


def test_what_both_changed_is_for_a_person() -> None:
    mine = changed(endpoints=with_endpoint("orders.list", request={"path": "/mine", "query": {"limit": 250}}))
    theirs = changed(endpoints=with_endpoint("orders.list", request={"path": "/theirs", "query": {"limit": 50}}))
    merge = Merge(BASE, mine, theirs)
    (conflict,) = merge.conflicts
    assert conflict.path == "endpoints[orders.list].request.path"
    assert (conflict.base, conflict.mine, conflict.theirs) == ("/orders", "/mine", "/theirs")
    for choice, path in (("mine", "/mine"), ("theirs", "/theirs")):
        decided = Merge(BASE, mine, theirs, {conflict.path: choice})  # type: ignore[dict-item]
        assert decided.conflicts == []
        assert decided.value["endpoints"][0]["request"] == {"path": path, "query": {"limit": 50}}


def test_a_removal_against_a_change_is_a_conflict_and_alone_it_is_done() -> None:
    kept = [one for one in BASE["endpoints"] if one["key"] != "orders.get"]  # type: ignore[index]
    gone = changed(endpoints=kept)
    assert Merge(BASE, BASE, gone).value["endpoints"] == kept
    assert Merge(BASE, gone, changed(title="New")).value["endpoints"] == kept
    (conflict,) = Merge(BASE, changed(endpoints=with_endpoint("orders.get", title="Mine")), gone).conflicts
    assert (conflict.path, conflict.theirs) == ("endpoints[orders.get]", None)


def test_edits_are_named() -> None:
    mine = changed(title="My shop", endpoints=with_endpoint("orders.list", request={"path": "/orders"}))
    assert edits(BASE, mine) == ["title", "endpoints[orders.list].request.query"]
    assert edits(BASE, BASE) == []


keyed = st.lists(st.sampled_from("abcd"), unique=True).flatmap(
    lambda keys: st.tuples(*(st.fixed_dictionaries({"key": st.just(k), "v": st.integers(0, 2)}) for k in keys))
)
documents = st.fixed_dictionaries(
    {"list": keyed.map(list), "n": st.integers(0, 2)}, optional={"m": st.integers(0, 2)}
)


def as_set(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"list": {item["key"]: item for item in document["list"]}}


@given(documents, documents)
def test_with_only_one_side_changed_the_merge_is_that_side(base: dict[str, Any], other: dict[str, Any]) -> None:
    assert as_set(Merge(base, other, base).value) == as_set(other)
    assert as_set(Merge(base, base, other).value) == as_set(other)


@given(documents, documents, documents)
def test_decided_one_way_nothing_is_left_to_decide(base: Any, mine: Any, theirs: Any) -> None:
    first = Merge(base, mine, theirs)
    decided = Merge(base, mine, theirs, {conflict.path: "mine" for conflict in first.conflicts})
    assert decided.conflicts == []
    undecided = {conflict.path for conflict in first.conflicts}
    for path in set(edits(base, mine)) - undecided:
        if path in edits(base, theirs):
            continue
        assert path not in edits(mine, decided.value)
