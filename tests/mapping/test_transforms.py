"""Each kind of transform: what it does, and that its Config can become a form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from weftline.errors import MappingError
from weftline.mapping import TRANSFORMS, MemoryLookups
from weftline.mapping.chain import compile_chain

LOOKUPS = MemoryLookups({"t": [("a", "b")]})
SCOPE = {"payload": {"rate": Decimal("1.5"), "store": "uk"}, "value": "shadowed"}
DAY = "2024-05-17T23:30:00Z"

CASES: list[tuple[dict[str, Any], Any, Any]] = [
    ({"kind": "upper"}, "ab", "AB"),
    ({"kind": "upper"}, ["a", None], ["A", None]),
    ({"kind": "lower"}, "AB", "ab"),
    ({"kind": "trim"}, " a ", "a"),
    ({"kind": "trim", "characters": "-", "side": "left"}, "--a-", "a-"),
    ({"kind": "trim", "side": "right"}, " a ", " a"),
    ({"kind": "replace", "find": "-", "replace_with": "{{ payload.store }}"}, "a-b", "aukb"),
    ({"kind": "replace", "find": r"\d+", "pattern": True}, "a12b3", "ab"),
    ({"kind": "prefix", "text": "{{ payload.store }}-"}, 5, "uk-5"),
    ({"kind": "suffix", "text": "!"}, "a", "a!"),
    ({"kind": "substring", "start": 1, "length": 2}, "abcd", "bc"),
    ({"kind": "substring", "start": -2}, "abcd", "cd"),
    ({"kind": "split", "separator": ";"}, "a; b", ["a", "b"]),
    ({"kind": "split", "trim": False}, "a, b", ["a", " b"]),
    ({"kind": "pad", "length": 5}, 42, "00042"),
    ({"kind": "pad", "length": 3, "fill": ".", "side": "right"}, "a", "a.."),
    ({"kind": "default", "value": "{{ payload.store }}"}, None, "uk"),
    ({"kind": "default", "value": 1, "for_empty": False}, "", ""),
    ({"kind": "default", "value": 0}, ["a", None, ""], ["a", 0, 0]),
    ({"kind": "concat", "separator": " "}, ["a", None, "b"], "a b"),
    ({"kind": "concat", "separator": "-", "skip_empty": False}, ["a", None], "a-"),
    ({"kind": "text_template", "template": "{{ value }}/{{ payload.store }}"}, "x", "x/uk"),
    ({"kind": "round"}, "2.345", Decimal("2.35")),
    ({"kind": "round", "places": 0, "mode": "down"}, Decimal("2.9"), 2),
    ({"kind": "add", "amount": "{{ payload.rate }}"}, 1, Decimal("2.5")),
    ({"kind": "add", "amount": -1}, 3, 2),
    ({"kind": "multiply", "factor": "1.20"}, "10.00", Decimal("12.0000")),
    ({"kind": "divide", "divisor": 100}, 1999, Decimal("19.99")),
    ({"kind": "absolute"}, Decimal("-0.50"), Decimal("0.50")),
    ({"kind": "format_number", "thousands": ".", "decimal_sign": ","}, 1234.5, "1.234,50"),
    ({"kind": "to_number"}, "1,234.50", Decimal("1234.50")),
    ({"kind": "to_number", "decimal_sign": ","}, "1.234,50", Decimal("1234.50")),
    ({"kind": "to_number"}, "", None),
    ({"kind": "to_number"}, True, 1),
    ({"kind": "date_format", "format": "yyyy-MM-dd"}, DAY, "2024-05-17"),
    ({"kind": "date_format", "format": "yyyy-MM-dd", "timezone": "Europe/Paris"}, DAY, "2024-05-18"),
    ({"kind": "date_format", "format": "unix"}, DAY, 1715988600),
    ({"kind": "date_format", "from_format": "unix"}, 1715988600, "2024-05-17T23:30:00Z"),
    (
        {"kind": "date_format", "from_format": "dd/MM/yyyy HH:mm", "from_timezone": "Europe/London"},
        "18/05/2024 00:30",
        "2024-05-18T00:30:00+01:00",
    ),
    ({"kind": "date_format"}, "", None),
    ({"kind": "join", "separator": "; "}, [1, Decimal("2.50"), True], "1; 2.50; true"),
    ({"kind": "join", "skip_empty": True}, ["a", None, ""], "a"),
    ({"kind": "first"}, [5, 6], 5),
    ({"kind": "first"}, [], None),
    ({"kind": "last"}, [5, 6], 6),
    ({"kind": "nth", "position": 1}, [5, 6], 6),
    ({"kind": "nth", "position": 9}, [5, 6], None),
    ({"kind": "count"}, [5, None], 2),
    ({"kind": "count"}, None, 0),
    ({"kind": "sum"}, ["1.10", None, 2], Decimal("3.10")),
    ({"kind": "sum", "field": "p.a"}, [{"p": {"a": 1}}, {}], 1),
    ({"kind": "unique"}, [1, "1", 1], [1, "1"]),
    ({"kind": "unique", "field": "s"}, [{"s": 1, "n": 1}, {"s": 1, "n": 2}], [{"s": 1, "n": 1}]),
    ({"kind": "flatten"}, [[1], [2, [3]]], [1, 2, [3]]),
    ({"kind": "sort", "direction": "desc"}, [1, 3, None, 2], [3, 2, 1, None]),
    ({"kind": "sort", "field": "n"}, [{"n": 2}, {"n": 1}], [{"n": 1}, {"n": 2}]),
    ({"kind": "pick", "field": "a.b"}, {"a": {"b": 1}}, 1),
    ({"kind": "pick", "field": "a"}, [{"a": 1}, {}], [1, None]),
    ({"kind": "lookup", "name": "t"}, "a", "b"),
    ({"kind": "to_text"}, Decimal("1E+2"), "100"),
    ({"kind": "to_boolean"}, "Yes", True),
    ({"kind": "to_boolean", "true_values": ["paid"], "false_values": ["open"]}, "OPEN", False),
    ({"kind": "to_boolean"}, 0, False),
    ({"kind": "constant", "value": "{{ payload.store }}"}, [1, 2], "uk"),
    ({"kind": "null_if", "values": ["", "N/A", 0]}, ["N/A", 0, "x"], [None, None, "x"]),
]


def run(settings: dict[str, Any], value: Any) -> Any:
    chain = compile_chain([settings], LOOKUPS)
    assert chain is not None
    return chain(value, SCOPE)


@pytest.mark.parametrize(("settings", "value", "result"), CASES)
def test_transforms(settings: dict[str, Any], value: Any, result: Any) -> None:
    found = run(settings, value)
    assert found == result
    assert type(found) is type(result)


def test_dates_can_be_chained() -> None:
    chain = compile_chain(
        [
            {"kind": "start_of", "unit": "month"},
            {"kind": "date_add", "amount": -1},
            {"kind": "date_format", "format": "date"},
        ],
        LOOKUPS,
    )
    assert chain is not None
    assert chain(DAY, SCOPE) == "2024-04-30"


@pytest.mark.parametrize(
    ("settings", "value", "reason"),
    [
        ({"kind": "upper"}, {"a": 1}, "needs text, got an object"),
        ({"kind": "round"}, "abc", "is no number"),
        ({"kind": "to_number"}, "12,50", "is no number"),
        ({"kind": "divide", "divisor": 0}, 1, "division by zero"),
        ({"kind": "date_format"}, "yesterday", "no ISO 8601 date"),
        ({"kind": "date_format", "from_format": "dd/MM/yyyy"}, "31/02/2024", "no such date"),
        ({"kind": "to_boolean"}, "paid", "neither"),
        ({"kind": "lookup", "name": "t"}, "z", "has no such left value"),
        ({"kind": "multiply", "factor": Decimal("1e3000")}, Decimal("1e9000"), "too large"),
        ({"kind": "sum"}, ["a"], "is no number"),
    ],
)
def test_faults_name_kind_and_value(settings: dict[str, Any], value: Any, reason: str) -> None:
    with pytest.raises(MappingError) as caught:
        run(settings, value)
    assert f"the transform '{settings['kind']}' failed on " in caught.value.message
    assert reason in caught.value.message


def test_every_kind_has_a_case() -> None:
    covered = {settings["kind"] for settings, _, _ in CASES} | {"date_add", "start_of"}
    assert covered == set(TRANSFORMS.kinds())


@pytest.mark.parametrize("kind", TRANSFORMS.kinds())
def test_config_can_become_a_form(kind: str) -> None:
    transform = TRANSFORMS.get(kind)
    assert transform.kind == kind
    assert transform.title
    assert transform.group in {"text", "number", "date", "list", "lookup", "convert"}
    assert (transform.__doc__ or "").strip()
    described = TRANSFORMS.schemas()[kind]["schema"]
    assert described["additionalProperties"] is False
    for name, one in described.get("properties", {}).items():
        assert one.get("title"), name
        assert one.get("description"), name
        assert one.get("examples"), name


@pytest.mark.parametrize("kind", TRANSFORMS.kinds())
@pytest.mark.parametrize("value", [None, True, 5, Decimal("1.5"), "text", "", [], [None, "a"], {}, {"a": [1]}])
def test_no_value_crashes_a_transform(kind: str, value: Any) -> None:
    needed = {
        name: (one.get("examples") or [None])[0]
        for name, one in TRANSFORMS.schemas()[kind]["schema"].get("properties", {}).items()
        if name in TRANSFORMS.schemas()[kind]["schema"].get("required", [])
    }
    if kind == "lookup":
        needed["name"] = "t"
    chain = compile_chain([{"kind": kind, **needed}], LOOKUPS)
    assert chain is not None
    try:
        found = chain(value, SCOPE)
    except MappingError:
        return
    assert not isinstance(found, float)
