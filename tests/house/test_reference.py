"""What is published from the code is as the code is, and points at nothing that is not there."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from typing import Any

import pytest

from tests.house.places import ROOT


@cache
def published() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("weftline_reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {str(path): text for path, text in module.pages().items()}


def test_every_page_is_fresh():
    stale = [
        name for name, text in published().items()
        if not (ROOT / name).is_file() or (ROOT / name).read_text("utf-8") != text
    ]  # fmt: skip
    assert stale == [], "run: python scripts/reference.py"


def test_no_page_is_left_from_earlier():
    folders = [ROOT / "docs" / "reference", ROOT / "docs" / "schemas"]
    there = {str(path.relative_to(ROOT)) for folder in folders for path in folder.iterdir()}
    assert there == set(published())


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for one in value.values() for ref in references(one)]
    return [ref for one in value for ref in references(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", ["connector", "instance", "flow", "workspace"])
def test_a_schema_is_closed_and_every_reference_leads_somewhere(name):
    schema = json.loads(published()[f"docs/schemas/{name}.json"])
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    known = {f"#/$defs/{key}" for key in schema.get("$defs", {})}
    assert set(references(schema)) <= known


def test_a_steps_schema_knows_the_shapes():
    step = json.loads(published()["docs/schemas/workspace.json"])["$defs"]["Step"]
    assert {"connector", "filter", "map"} <= set(step["properties"]["shape"]["enum"])
    rules = {one["if"]["properties"]["shape"]["const"]: one["then"] for one in step["allOf"]}
    assert "rules" in rules["map"]["properties"]
    assert rules["map"]["required"] == ["rules"]
