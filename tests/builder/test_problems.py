"""What is wrong with a connector file, at its place."""

from __future__ import annotations

from typing import Any

from weftline.builder import problems_of

ENDPOINT = {"key": "items.list", "title": "List", "entity": "item", "direction": "receive", "request": {"path": "/i"}}
FILE: dict[str, Any] = {
    "slug": "tiny",
    "version": "0.1.0",
    "title": "Tiny",
    "category": "other",
    "auth": [{"key": "none", "kind": "none", "title": "None"}],
    "transport": {"kind": "http", "base_url": "http://127.0.0.1"},
    "check": "items.list",
    "endpoints": [ENDPOINT | {"sample": "samples/item.json"}],
    "samples": {"samples/item.json": {"id": 1}},
}


def test_a_good_file_has_no_problem():
    assert problems_of(FILE) == []


def test_a_key_that_is_missing_or_unknown_is_named_at_its_place():
    endpoint = {key: value for key, value in ENDPOINT.items() if key != "title"} | {"colour": "red"}
    found = {tuple(one["place"]): one["message"] for one in problems_of(FILE | {"endpoints": [endpoint]})}
    assert found[("endpoints", 0, "title")] == "'title' is missing"
    assert found[("endpoints", 0, "colour")] == "unknown key 'colour'"


def test_what_the_linter_finds_stands_at_the_endpoint_or_the_method():
    second = ENDPOINT | {"key": "items.other", "request": {"path": "/{{ nobody }}"}, "pagination": {"kind": "pages"}}
    method = {"key": "token", "kind": "bearer", "title": "Token"}
    found = problems_of(FILE | {"endpoints": [*FILE["endpoints"], second], "auth": [*FILE["auth"], method]})
    errors = {tuple(one["place"]) for one in found if one["level"] == "error"}
    assert {("endpoints", 1), ("auth", 1)} <= errors
    assert all("endpoints." not in one["message"] for one in found)


def test_anything_at_all_may_be_asked():
    assert problems_of({})[0]["level"] == "error"
    assert problems_of({"endpoints": 3, "auth": None})
