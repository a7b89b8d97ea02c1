"""Templates: types survive alone, text is mixed, documents are rendered anew."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from weftline.errors import ExpressionError
from weftline.expr import compile_template

SCOPE: dict[str, Any] = {
    "store": "uk",
    "payload": {
        "id": 42,
        "total": Decimal("1E+3"),
        "paid": True,
        "none": None,
        "tags": ["a", 1],
        "o": {"x": Decimal("1.10")},
    },
}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("plain", "plain"),
        ("{{ payload.id }}", 42),
        ("  {{ payload }} ", SCOPE["payload"]),
        ("{{ store }}-{{ payload.id }}", "uk-42"),
        ("{{ payload.total }} {{ payload.paid }}|{{ payload.none }}|{{ payload.nope }}", "1000 true||"),
        ("x{{ payload.tags }}", "xa,1"),
        ("x{{ payload.o }}", 'x{"x":1.10}'),
        ("{{ {a: {b: 1}} }}", {"a": {"b": 1}}),
        ("{{ '}}' + \"{{\" }}", "}}{{"),
        ("{{ 'a' }}{{ 'b' }}", "ab"),
        ({"a": ["{{ payload.id }}", 5, {"b": "n{{ payload.id }}"}]}, {"a": [42, 5, {"b": "n42"}]}),
        (7, 7),
        ({"a": 1.2}, {"a": Decimal("1.2")}),
        (None, None),
    ],
)
def test_renders(template: Any, value: Any) -> None:
    assert compile_template(template).render(SCOPE) == value


def test_references_and_constants() -> None:
    template = compile_template({"a": "{{ payload.id }}", "b": ["{{ store }}"]})
    assert template.references == {"payload.id", "store"}
    assert not template.is_constant
    assert compile_template({"a": [1, "x"]}).is_constant


def test_constant_documents_are_copied() -> None:
    template = compile_template({"a": {"b": []}})
    template.render({})["a"]["b"].append(1)
    assert template.render({}) == {"a": {"b": []}}


def test_strict_names_the_missing_reference_and_refuses_holes() -> None:
    url = compile_template("/orders/{{ payload.idd }}.json")
    assert url.render(SCOPE) == "/orders/.json"
    with pytest.raises(ExpressionError, match=r"'payload.idd' is not there") as caught:
        url.render(SCOPE, strict=True)
    assert "did you mean 'id'?" in caught.value.hint
    with pytest.raises(ExpressionError, match=r"'payload.none' is null"):
        compile_template("/orders/{{ payload.none }}").render(SCOPE, strict=True)
    assert compile_template("/o/{{ payload.none ?? 'x' }}").render(SCOPE, strict=True) == "/o/x"
    assert compile_template("{{ payload.none }}").render(SCOPE, strict=True) is None
    with pytest.raises(ExpressionError, match=r"payload.idd"):
        compile_template({"deep": ["{{ payload.idd }}"]}).render(SCOPE, strict=True)


@pytest.mark.parametrize("text", ["{{ payload.id", "{{ }}", "{{ a b }}", "{{ a }", "{{ '}} "])
def test_unclosed_parts_are_named(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template(text)
    assert caught.value.message.endswith("^")


def test_unknown_roots_are_refused() -> None:
    with pytest.raises(ExpressionError, match="nothing is called 'stor'"):
        compile_template("{{ stor }}", roots=frozenset({"store", "payload"}))


def test_long_output_is_refused() -> None:
    with pytest.raises(ExpressionError, match="longer than"):
        compile_template("a{{ x }}").render({"x": "y" * 1_000_001})
