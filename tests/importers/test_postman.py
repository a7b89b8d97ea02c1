"""Postman collections become connectors whose endpoints ask what the collection's requests say."""

import asyncio
import json
from typing import Any

import pytest

from tests.importers.calls import Listener, call, errors, listening, said, session_of
from weftline.errors import DocumentError
from weftline.importers import Imported, import_description

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
ORDERS = {"data": [{"id": 1, "token": "a-secret"}, {"id": 2}], "meta": {"next_cursor": "abc"}}


def collection(items: list[Any], **more: Any) -> dict[str, Any]:
    variables = [
        {"key": "baseUrl", "value": "https://api.corner.example/v1"},
        {"key": "apiKey", "value": "a-secret"},
        {"key": "store", "value": "north"},
    ]
    return {"info": {"name": "Corner Shop", "schema": SCHEMA}, "variable": variables, "item": items} | more


def request(method: str, url: Any, **more: Any) -> dict[str, Any]:
    return {"name": f"{method} it", "request": {"method": method, "url": url} | more}


def read(document: dict[str, Any]) -> Imported:
    return import_description(json.dumps(document).encode(), "corner.json")


LIST = {
    "name": "List orders",
    "event": [{"listen": "test", "script": {"exec": ["pm.test('a')"], "type": "text/javascript"}}],
    "request": {
        "method": "GET",
        "description": {"content": "All of them", "type": "text/markdown"},
        "header": [{"key": "X-Store", "value": "{{store}}"}, {"key": "X-Debug", "value": "1", "disabled": True}],
        "url": {
            "raw": "{{baseUrl}}/orders?status=open&cursor=abc", "host": ["{{baseUrl}}"], "path": ["orders"],
            "query": [
                {"key": "status", "value": "open"}, {"key": "cursor", "value": "abc"},
                {"key": "since", "value": "2026-01-01", "disabled": True},
            ],
        },
    },
    "response": [
        {"name": "Gone", "code": 404, "body": "{}"},
        {"name": "Two orders", "code": 200, "header": [], "body": json.dumps(ORDERS)},
    ],
}  # fmt: skip
GET = {
    "name": "Get order",
    "request": {
        "method": "GET",
        "url": {
            "raw": "{{baseUrl}}/orders/:id", "variable": [{"key": "id", "value": "7", "description": "Its number"}],
        },
    },
}  # fmt: skip
SEND = [
    request("POST", "{{baseUrl}}/orders", body={
        "mode": "raw", "raw": '{"store": "{{store}}", "lines": [{"sku": "a", "count": {{count}}}]}',
        "options": {"raw": {"language": "json"}},
    }),
    request("PUT", "{{baseUrl}}/orders/:id", header=[{"key": "Content-Type", "value": "application/json"}],
            body={"mode": "raw", "raw": '{"id": 7}'}),
    request("POST", "{{baseUrl}}/form", body={"mode": "urlencoded", "urlencoded": [
        {"key": "a", "value": "b c"}, {"key": "off", "value": "1", "disabled": True}]}),
    request("POST", "{{baseUrl}}/files", body={"mode": "formdata", "formdata": [
        {"key": "title", "value": "one", "type": "text"}, {"key": "doc", "type": "file", "src": "docs/a.pdf"}]}),
    request("POST", "{{baseUrl}}/graphql", body={"mode": "graphql", "graphql": {
        "query": "query Shop($id: ID!) { shop(id: $id) { a } }", "variables": '{"id": 7}'}}),
    request("POST", "{{baseUrl}}/raw", body={"mode": "file", "file": {"src": "a.bin"}},
            header=[{"key": "Content-Type", "value": "image/png"}]),
]  # fmt: skip
WHOLE = collection(
    [{"name": "Orders", "item": [LIST, GET]}, {"name": "Sending", "item": SEND}],
    auth={"type": "apikey", "apikey": [
        {"key": "key", "value": "X-Api-Key"}, {"key": "value", "value": "a-secret"}, {"key": "in", "value": "header"},
    ]},
)  # fmt: skip


def test_folders_variables_and_answers_become_a_connector():
    found = read(WHOLE)
    assert errors(found) == []
    orders, order = found.connector.endpoints[:2]
    assert (orders.key, orders.entity, orders.description) == ("orders.list_orders", "order", "All of them")
    assert orders.items_path == "data"
    assert orders.pagination == {"kind": "next_token", "token_path": "meta.next_cursor", "parameter": "cursor"}
    assert "the saved answer 'Two orders': 'data' is a list of 2 objects" in found.evidence[orders.key]
    assert found.samples[orders.sample or ""] == {"id": 1, "token": ""}
    assert {one.key: one.default for one in orders.parameters} == {
        "status_value": "open",
        "since": None,
        "x_debug": None,
    }
    assert orders.request.headers == {"X-Store": "{{ store }}"}
    assert (order.request.path, order.parameters[0].required) == ("/orders/{{ id }}", True)
    assert "Its number Such as 7." in order.parameters[0].help
    assert {one.key: one.default for one in found.connector.variables} == {
        "store": "north", "base_url": "https://api.corner.example/v1",
    }  # fmt: skip
    assert found.connector.check == "orders.list_orders"
    assert "endpoints.orders.list_orders: 'List orders' has a script after the answer" in said(found)
    assert found.operations == len(found.connector.endpoints) == 8
    assert "a-secret" not in found.connector.model_dump_json() + str(found.samples) + said(found)


async def asked() -> tuple[Listener, Imported]:
    listener = Listener()
    async with listening(listener) as base:
        found = read(WHOLE)
        keys = [one.key for one in found.connector.endpoints]
        async with session_of(found, {"token": "a-key"}, {"base_url": f"{base}/v1", "store": "south"}) as session:
            listener.reply = lambda request: _pages(request)
            await call(session, found, keys[0], {"since": "2026-01-01"})
            await call(session, found, keys[1], {"id": 9})
            for key in keys[2:]:
                await call(session, found, key, {})
    return listener, found


def _pages(request: Any) -> Any:
    from aiohttp import web

    following = None if "cursor" in request.query else "c2"
    return web.json_response({"data": [{"id": len(request.query)}], "meta": {"next_cursor": following}})


def test_a_session_asks_what_the_collection_says():
    listener, _ = asyncio.run(asked())
    key, store = {"x-api-key": "a-key"}, {"x-store": "south"}
    typed = {**key, "content-type": "application/json"}
    query = [("since", "2026-01-01"), ("status", "open")]
    assert listener.seen == [
        ("GET", "/v1/orders", query, key | store, ""),
        ("GET", "/v1/orders", sorted([*query, ("cursor", "c2")]), key | store, ""),
        ("GET", "/v1/orders/9", [], key, ""),
        ("POST", "/v1/orders", [], typed, {"store": "north", "lines": [{"sku": "a", "count": None}]}),
        ("PUT", "/v1/orders/7", [], typed, {"id": 7}),
        ("POST", "/v1/form", [], key | {"content-type": "application/x-www-form-urlencoded"}, [("a", "b c")]),
        ("POST", "/v1/files", [], key | {"content-type": "multipart/form-data"},
         [("title", None, None, "one"), ("doc", "a.pdf", "application/octet-stream", "")]),
        ("POST", "/v1/graphql", [], typed,
         {"query": "query Shop($id: ID!) { shop(id: $id) { a } }", "variables": {"id": 7}}),
        ("POST", "/v1/raw", [], key | {"content-type": "image/png"}, ""),
    ]  # fmt: skip


def auth(kind: str, **facts: Any) -> dict[str, Any]:
    return {"type": kind, kind: [{"key": key, "value": value, "type": "string"} for key, value in facts.items()]}


OAUTH = {"accessTokenUrl": "https://id.corner.example/token", "clientId": "a-secret", "clientSecret": "a-secret"}


@pytest.mark.parametrize(
    ("given", "kind", "config"),
    [
        (auth("basic", username="u", password="a-secret"), "basic", {}),
        ({"type": "bearer", "bearer": {"token": "a-secret"}}, "bearer", {}),
        (auth("digest", username="u", password="a-secret"), "digest", {}),
        (auth("apikey", key="k", value="a-secret", **{"in": "query"}), "api_key", {"place": {"query": "k"}}),
        (auth("oauth1", consumerKey="a-secret", signatureMethod="HMAC-SHA256", realm="{{store}}"), "oauth1",
         {"signature_method": "HMAC-SHA256", "realm": "{{ store }}"}),
        (auth("awsv4", accessKey="a-secret", region="eu-west-1", service="s3", sessionToken="a-secret"), "sigv4",
         {"region": "eu-west-1", "service": "s3", "session_token": "session_token"}),
        (auth("oauth2", grant_type="client_credentials", scope="a b", client_authentication="body", **OAUTH),
         "oauth2_client",
         {"token_url": OAUTH["accessTokenUrl"], "scopes": ["a", "b"], "client_in": "body"}),
        (auth("oauth2", grant_type="authorization_code_with_pkce", authUrl="{{baseUrl}}/authorize", **OAUTH),
         "oauth2_code",
         {"token_url": OAUTH["accessTokenUrl"], "scopes": [], "authorize_url": "{{ base_address }}/authorize"}),
        (auth("oauth2", grant_type="password_credentials", **OAUTH), "oauth2_password",
         {"token_url": OAUTH["accessTokenUrl"], "scopes": []}),
        (auth("oauth2", accessToken="a-secret"), "bearer", {}),
    ],
)  # fmt: skip
def test_authorisations_become_methods(given, kind, config):
    given_variables = collection([LIST])["variable"]
    given_variables[0] = {"key": "baseUrl", "value": "https://api.corner.example"}
    found = read(collection([{"name": "Orders", "auth": given, "item": [LIST, GET]}]))
    assert errors(found) == []
    assert [(one.kind, one.config) for one in found.connector.auth] == [(kind, config)]
    assert "a-secret" not in found.connector.model_dump_json() + said(found)


def test_what_has_no_equivalent_is_said():
    items = [
        request("GET", "{{baseUrl}}/a", auth=auth("hawk", authId="x")),
        request("PROPFIND", "{{baseUrl}}/b"),
        request("GET", "https://elsewhere.example/c"),
        request("GET", "{{baseUrl}}/d?at={{$timestamp}}&page=1&trace={{apiKey}}", auth={"type": "noauth"}),
        {"name": "plain", "request": "{{baseUrl}}/e?x=1"},
    ]
    script = [{"listen": "prerequest", "script": {"exec": "pm.sendRequest()"}}]
    found = read(collection(items, auth=auth("basic", username="u"), event=script))
    assert errors(found) == []
    assert len(found.connector.endpoints) == 3
    for words in ("'hawk'", "PROPFIND", "https://elsewhere.example", "{{$timestamp}}", "needs no authentication",
                  "the collection has a script before the request", "'page' may tell pages apart"):  # fmt: skip
        assert words in said(found)


def test_variables_in_a_circle_end():
    document = collection([request("GET", "{{baseUrl}}/{{version}}/a", header=[{"key": "X-A", "value": "{{a}}"}])])
    document["variable"] += [{"key": "a", "value": "{{b}}"}, {"key": "b", "value": "{{a}}"}]
    found = read(document)
    assert errors(found) == []
    assert found.connector.endpoints[0].request.path == "/{{ version }}/a"


@pytest.mark.parametrize(
    ("url", "default", "variables"),
    [
        ("{{host}}/a", None, ["base_url"]),
        ("{{scheme}}://{{shop}}.corner.example:{{port}}/a", "{{ scheme }}://{{ shop }}.corner.example:{{ port }}",
         ["scheme", "shop", "port", "base_url"]),
        ("api.corner.example/a", "http://api.corner.example", ["base_url"]),
    ],
)  # fmt: skip
def test_base_urls(url, default, variables):
    found = read(collection([request("GET", url)]))
    assert errors(found) == []
    assert [one.key for one in found.connector.variables] == variables
    assert found.connector.variables[-1].default == default


def test_parts_of_other_forms_are_passed_over():
    odd = [request("POST", "{{baseUrl}}/a", body={"mode": "raw", "raw": "{}", "options": {"raw": one}}, header=one)
           for one in (None, 1, "x", [None], {"x": 1})]  # fmt: skip
    assert len(read(collection([*odd, None, 1, {"name": "empty"}])).connector.endpoints) == 5


def test_format_2_0_and_other_documents():
    document = collection([request("GET", "https://api.corner.example/orders/:orderId")])
    document["info"]["schema"] = SCHEMA.replace("v2.1.0", "v2.0.0")
    found = read(document)
    assert found.connector.endpoints[0].request.path == "/orders/{{ order_id }}"
    with pytest.raises(DocumentError, match="no collection of format 2"):
        import_description(b'{"requests": []}', "old.json", "postman")
