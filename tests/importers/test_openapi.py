"""Descriptions become connectors that pass lint."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weftline.connectors.lint import lint
from weftline.errors import DocumentError
from weftline.importers import import_description

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "openapi"


def imported(document, **config):
    found = import_description(json.dumps(document).encode(), "api.json", config=config)
    assert [problem.message for problem in lint(found.connector) if problem.level == "error"] == []
    return found


def api(paths, **more):
    server = {"servers": [{"url": "https://{region}.api.example/v1", "variables": {"region": {"default": "eu"}}}]}
    return {"openapi": "3.0.3", "info": {"title": "Acme shop"}, "paths": paths} | server | more


@pytest.mark.shared_data
@pytest.mark.parametrize("name", sorted(path.name for path in SHARED.glob("*.y*ml")))
def test_real_descriptions_come_whole(name):
    found = import_description((SHARED / name).read_bytes(), name)
    assert len(found.connector.endpoints) == found.operations > 0
    assert [problem.message for problem in lint(found.connector) if problem.level == "error"] == []


def test_a_put_by_id_creates_or_updates_and_takes_the_records_own_id():
    body = {"content": {"application/json": {"schema": {"properties": {"id": {"type": "integer"}}}}}}
    found = imported(api({"/orders/{order_id}": {"put": {"requestBody": body, "responses": {}}}}))
    (endpoint,) = found.connector.endpoints
    assert endpoint.request.path == "/orders/{{ order_id ?? payload.id }}"
    assert endpoint.idempotency.kind == "upsert"
    assert [parameter.required for parameter in endpoint.parameters] == [False]


def test_pages_are_guessed_with_the_evidence():
    size = {"name": "per_page", "in": "query", "schema": {"type": "integer", "maximum": 100}}
    page = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    rows = {"properties": {"data": {"type": "array", "items": {"properties": {"id": {"type": "integer"}}}}}}
    answer = {"200": {"content": {"application/json": {"schema": rows}}}}
    found = imported(api({"/orders": {"get": {"parameters": [page, size], "responses": answer}}}))
    (endpoint,) = found.connector.endpoints
    assert endpoint.items_path == "data"
    assert endpoint.pagination == {
        "kind": "page_number",
        "parameter": "page",
        "size_parameter": "per_page",
        "size": 100,
    }
    assert "'page'" in found.evidence[endpoint.key]
    assert list(found.samples.values()) == [{"id": 1}]


def test_used_schemes_become_methods_and_unused_ones_are_left_out():
    flow = {"tokenUrl": "https://a.example/token", "scopes": {"read": ""}}
    schemes = {
        "Key": {"type": "apiKey", "in": "query", "name": "k"},
        "Login": {"type": "http", "scheme": "basic"},
        "OAuth": {"type": "oauth2", "flows": {"clientCredentials": flow}},
        "Other": {"type": "http", "scheme": "bearer"},
    }
    document = api({"/a": {"get": {}}}, components={"securitySchemes": schemes},
                   security=[{"Key": []}, {"Login": []}, {"OAuth": ["read"]}])  # fmt: skip
    found = imported(document)
    assert [option.kind for option in found.connector.auth] == ["api_key", "basic", "oauth2_client"]


def test_swagger_2_has_its_bodies_forms_and_server():
    fields = [{"name": "name", "in": "formData", "type": "string", "required": True}]
    found = imported({
        "swagger": "2.0", "info": {"title": "Old"}, "host": "api.example", "basePath": "/v2", "paths": {
            "/pets": {"post": {"parameters": fields, "responses": {}}},
            "/pets/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "type": "integer", "required": True}]}}},  # noqa: E501
    })  # fmt: skip
    assert found.connector.variables[0].default == "https://api.example/v2"
    assert found.connector.endpoints[0].request.format == "form"
    assert next(iter(found.samples.values())) == {"name": "text"}


def test_deprecated_operations_are_marked_or_left_out():
    document = api({"/a": {"get": {"deprecated": True}, "post": {}}})
    assert imported(document).connector.endpoints[0].description.startswith("Deprecated.")
    assert len(imported(document, deprecated=False).connector.endpoints) == 1


def test_a_reference_to_another_file_is_refused_by_name():
    with pytest.raises(DocumentError, match=r"other\.yaml") as caught:
        imported(api({"/a": {"get": {"parameters": [{"$ref": "other.yaml#/x"}]}}}))
    assert "bundle" in caught.value.hint


NAMES = st.text(min_size=1, max_size=12)
SCHEMAS = st.recursive(
    st.sampled_from([{"type": "string"}, {"type": "integer", "minimum": 3}, {"type": "boolean"}, {"$ref": "#/loop"}]),
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, max_size=3).map(lambda own: {"type": "object", "properties": own}),
        inner.map(lambda own: {"type": "array", "items": own}),
        st.lists(inner, max_size=2).map(lambda own: {"allOf": own}),
    ),
    max_leaves=6,
)
PARAMETERS = st.builds(
    lambda name, place, schema, required: {"name": name, "in": place, "schema": schema, "required": required},
    NAMES, st.sampled_from(["query", "header", "cookie", "path"]), SCHEMAS, st.booleans(),
)  # fmt: skip
OPERATIONS = st.builds(
    lambda name, tags, parameters, body, answer: {
        "operationId": name, "tags": tags, "parameters": parameters,
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"200": {"content": {"application/json": {"schema": answer}}}},
    },
    NAMES, st.lists(NAMES, max_size=1), st.lists(PARAMETERS, max_size=3), SCHEMAS, SCHEMAS,
)  # fmt: skip
PATHS = st.dictionaries(
    NAMES.map(lambda name: f"/{name}/{{id}}"),
    st.dictionaries(st.sampled_from(["get", "post", "put", "delete"]), OPERATIONS, min_size=1, max_size=2),
    min_size=1, max_size=3,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(PATHS)
def test_any_description_imports_with_every_operation_an_endpoint(paths):
    found = imported(api(paths, loop={"properties": {"again": {"$ref": "#/loop"}}}))
    assert len(found.connector.endpoints) == found.operations == sum(len(one) for one in paths.values())
