"""The NetSuite sandbox, called with requests that ``oauthlib`` signs."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from oauthlib.oauth1 import Client

from weftline.testing.sandboxes import RunningSandbox, running

ORDERS = "/services/rest/record/v1/salesOrder"
ORDER = {
    "entity": {"externalId": "CUST-17"},
    "otherRefNum": "#1001",
    "tranDate": "2025-01-06",
    "item": {"items": [{"item": {"externalId": "WAL-TEAP-000-GRE"}, "quantity": 3, "rate": 12.30}]},
}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        return str(self.body["o:errorDetails"][0]["o:errorCode"])

    @property
    def path(self) -> str | None:
        found: str | None = self.body["o:errorDetails"][0].get("o:errorPath")
        return found


@pytest.fixture(scope="module")
def running_account() -> Iterator[RunningSandbox]:
    with running("netsuite", {"account": "DEMO_1"}) as sandbox:
        yield sandbox


@pytest.fixture
def account(running_account: RunningSandbox) -> RunningSandbox:
    running_account.reset()
    return running_account


def sign(sandbox: RunningSandbox, method: str, path: str, **changes: Any) -> dict[str, str]:
    settings = {
        "client_key": "demo-consumer-key",
        "client_secret": "demo-consumer-secret",
        "resource_owner_key": "demo-token-id",
        "resource_owner_secret": "demo-token-secret",
        "signature_method": "HMAC-SHA256",
        "realm": "DEMO_1",
    }
    _, headers, _ = Client(**(settings | changes)).sign(sandbox.base_url + path, http_method=method)
    return {str(name): str(value) for name, value in headers.items()}


def send(sandbox: RunningSandbox, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    try:
        connection.request(method, path, body=body, headers=headers | {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read()
        decoded = json.loads(content, parse_float=Decimal) if content else None
        return Answer(response.status, dict(response.headers), decoded)
    finally:
        connection.close()


def call(sandbox: RunningSandbox, method: str, path: str, content: Any = None, **changes: Any) -> Answer:
    body = content if isinstance(content, bytes) or content is None else json.dumps(content).encode()
    return send(sandbox, method, path, body, sign(sandbox, method, path, **changes))


def test_upsert_creates_then_updates_and_repeats_are_counted(account: RunningSandbox) -> None:
    first = call(account, "PUT", f"{ORDERS}/eid:uk-1001?replace=item", ORDER)
    again = call(account, "PUT", f"{ORDERS}/eid:uk-1001?replace=item", ORDER | {"memo": "changed"})
    call(account, "PUT", f"{ORDERS}/eid:eu-1", ORDER)
    assert (first.status, again.status) == (204, 204)
    assert first.headers["Location"] == again.headers["Location"]
    assert first.headers["Location"].startswith(f"{account.base_url}{ORDERS}/")
    stats = account.stats()
    assert (stats["orders"], stats["requests"], stats["repeated"]) == (2, 3, 1)
    assert stats["by_prefix"] == {"uk": 1, "eu": 1}
    assert stats["requests_by_prefix"] == {"uk": 2, "eu": 1}
    listed = account.control("GET", "orders?offset=0&limit=1")
    assert listed == {"orders": [{"external_id": "uk-1001", "writes": 2}], "total": 2, "has_more": True}
    record = call(account, "GET", f"{ORDERS}/eid:uk-1001?expandSubResources=true").body
    assert record["memo"] == "changed"
    assert len(record["item"]["items"]) == 1


def test_lines_are_added_when_an_update_does_not_replace_them(account: RunningSandbox) -> None:
    for _ in range(2):
        call(account, "PUT", f"{ORDERS}/eid:uk-7", ORDER)
    record = call(account, "GET", f"{ORDERS}/eid:uk-7?expandSubResources=true").body
    assert len(record["item"]["items"]) == 2
    assert record["total"] == Decimal("73.80")


def test_money_stays_as_it_was_written(account: RunningSandbox) -> None:
    line = b'{"item":{"id":"5"},"quantity":2,"rate":9007199254740993.07}'
    call(account, "PUT", f"{ORDERS}/eid:big", b'{"entity":{"id":"1"},"item":{"items":[' + line + b"]}}")
    record = call(account, "GET", f"{ORDERS}/eid:big?expandSubResources=true").body
    assert record["item"]["items"][0]["rate"] == Decimal("9007199254740993.07")
    assert record["total"] == Decimal("18014398509481986.14")


def test_post_get_patch_delete(account: RunningSandbox) -> None:
    made = call(account, "POST", ORDERS, ORDER | {"externalId": "us-1"})
    path = made.headers["Location"].removeprefix(account.base_url)
    assert made.status == 204
    assert call(account, "POST", ORDERS, ORDER | {"externalId": "us-1"}).path == "externalId"
    assert call(account, "POST", ORDERS, ORDER).status == 204
    assert account.stats()["without_external_id"] == 1
    assert call(account, "PATCH", path, {"memo": "late"}).status == 204
    record = call(account, "GET", path)
    assert record.body["externalId"] == "us-1"
    assert record.body["memo"] == "late"
    assert record.body["item"]["links"]
    assert call(account, "DELETE", path).status == 204
    gone = call(account, "GET", f"{ORDERS}/eid:us-1")
    assert (gone.status, gone.code) == (404, "NONEXISTENT_ID")


def test_external_ids_with_marks_are_signed_and_kept(account: RunningSandbox) -> None:
    assert call(account, "PUT", f"{ORDERS}/eid:uk%231001%20a%2Fb?replace=item", ORDER).status == 204
    assert call(account, "PUT", f"{ORDERS}/eid%3Auk-2", ORDER).status == 204
    assert set(account.stats()["by_prefix"]) == {"uk"}
    assert account.control("GET", "orders")["orders"][0]["external_id"] == "uk#1001 a/b"


def test_list_in_pages(account: RunningSandbox) -> None:
    for number in range(5):
        call(account, "PUT", f"{ORDERS}/eid:uk-{number}", ORDER)
    first = call(account, "GET", f"{ORDERS}?limit=2&offset=0").body
    last = call(account, "GET", f"{ORDERS}?limit=2&offset=4").body
    assert (first["count"], first["hasMore"], first["totalResults"], first["offset"]) == (2, True, 5, 0)
    assert (last["count"], last["hasMore"]) == (1, False)
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    second = call(account, "GET", following.removeprefix(account.base_url)).body
    ids = [item["id"] for page in (first, second, last) for item in page["items"]]
    assert len(set(ids)) == 5
    assert call(account, "GET", f"{ORDERS}?limit=2&offset=3").code == "INVALID_PARAMETER"
    assert call(account, "GET", f"{ORDERS}?limit=1001").status == 400


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"client_secret": "wrong"}, "signature_invalid"),
        ({"resource_owner_secret": "wrong"}, "signature_invalid"),
        ({"client_key": "wrong"}, "consumer_key_unknown"),
        ({"resource_owner_key": "wrong"}, "token_rejected"),
        ({"realm": "OTHER"}, "permission_denied"),
        ({"signature_method": "HMAC-SHA1"}, "signature_method_rejected"),
        ({"timestamp": "1000000000"}, "timestamp_refused"),
        ({"nonce": "abc"}, "nonce_rejected"),
    ],
)
def test_a_wrong_signature_is_refused(account: RunningSandbox, changes: dict[str, str], problem: str) -> None:
    answer = call(account, "PUT", f"{ORDERS}/eid:uk-1", ORDER, **changes)
    assert (answer.status, answer.code, answer.body["title"]) == (401, "INVALID_LOGIN", "Unauthorized")
    assert f'realm="DEMO_1", error="{problem}"' in answer.headers["WWW-Authenticate"]
    assert account.stats()["orders"] == 0


def test_the_signature_covers_method_path_and_query(account: RunningSandbox) -> None:
    path = f"{ORDERS}/eid:uk-1"
    for signed_method, signed_path in (("POST", path), ("PUT", f"{path}2"), ("PUT", f"{path}?replace=item")):
        headers = sign(account, signed_method, signed_path)
        assert send(account, "PUT", path, json.dumps(ORDER).encode(), headers).status == 401
    assert send(account, "GET", ORDERS, None, {}).status == 401


def test_parameters_of_every_kind_are_signed_rightly(account: RunningSandbox) -> None:
    path = f"{ORDERS}?limit=10&a=x%20y&z=%C3%A9%2B1&a=%25&empty="
    assert call(account, "GET", path).status == 200
    assert call(account, "GET", path, nonce="a b%c/ü+=&~").status == 200


def test_a_replayed_nonce_is_refused(account: RunningSandbox) -> None:
    path = f"{ORDERS}/eid:uk-1"
    now = str(int(time.time()))
    headers = sign(account, "PUT", path, nonce="only-once-please", timestamp=now)
    body = json.dumps(ORDER).encode()
    assert send(account, "PUT", path, body, headers).status == 204
    replayed = send(account, "PUT", path, body, headers)
    assert replayed.status == 401
    assert 'error="nonce_used"' in replayed.headers["WWW-Authenticate"]
    later = sign(account, "PUT", path, nonce="only-once-please", timestamp=str(int(now) - 1))
    assert send(account, "PUT", path, body, later).status == 204
    assert account.stats()["requests"] == 2


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({k: v for k, v in ORDER.items() if k != "entity"}, "entity"),
        (ORDER | {"entity": {}}, "entity"),
        ({k: v for k, v in ORDER.items() if k != "item"}, "item.items"),
        (ORDER | {"item": {"items": []}}, "item.items"),
        (ORDER | {"colour": "green"}, "colour"),
        (ORDER | {"tranDate": "yesterday"}, "tranDate"),
        (ORDER | {"shippingAddress": {"street": "x"}}, "shippingAddress"),
        (ORDER | {"item": {"items": [{"item": {"id": "1"}}, {"quantity": 1}]}}, "item.items[1].item"),
        (ORDER | {"item": {"items": [{"item": {"id": "1"}, "rate": "much"}]}}, "item.items[0].rate"),
        (ORDER | {"item": {"items": [{"item": {"id": "1"}, "weight": 1}]}}, "item.items[0].weight"),
        (b'{"entity": ', None),
        (b"[]", None),
        (b"", None),
    ],
)
def test_a_bad_order_is_refused_by_the_envelope(account: RunningSandbox, content: Any, path: str | None) -> None:
    answer = call(account, "PUT", f"{ORDERS}/eid:uk-1", content)
    assert answer.status == 400
    assert answer.body["status"] == 400
    assert answer.body["type"].startswith("https://")
    assert answer.body["o:errorDetails"][0]["detail"]
    assert answer.path == path
    stats = account.stats()
    assert (stats["orders"], stats["requests"], stats["refused"]) == (0, 0, 1)


def test_custom_fields_pass_and_unknown_ones_when_asked(account: RunningSandbox) -> None:
    line = {"item": "5", "quantity": 1, "custcol_gift": True}
    custom = ORDER | {"custbody_store": "uk", "item": {"items": [line]}}
    assert call(account, "PUT", f"{ORDERS}/eid:uk-1", custom).status == 204
    path = f"{ORDERS}/eid:uk-2"
    headers = sign(account, "PUT", path) | {"X-NetSuite-PropertyNameValidation": "Ignore"}
    assert send(account, "PUT", path, json.dumps(ORDER | {"colour": 1}).encode(), headers).status == 204


def test_unknown_records_methods_and_keys(account: RunningSandbox) -> None:
    assert call(account, "GET", "/services/rest/record/v1/unicorn").status == 404
    assert call(account, "DELETE", ORDERS).status == 405
    assert call(account, "PUT", f"{ORDERS}/17", ORDER).status == 400
    assert call(account, "GET", f"{ORDERS}/17").status == 404


async def test_more_in_flight_than_allowed_is_refused() -> None:
    async with running("netsuite", {"concurrency_limit": 3, "latency_ms": 300}) as sandbox:
        requests = [
            asyncio.to_thread(call, sandbox, "PUT", f"{ORDERS}/eid:uk-{number}", ORDER) for number in range(8)
        ]
        answers = await asyncio.gather(*requests)
        refused = [answer for answer in answers if answer.status == 429]
        assert 3 <= len(answers) - len(refused) < 8
        assert refused[0].code == "CONCURRENCY_LIMIT_EXCEEDED"
        assert sandbox.stats()["orders"] == len(answers) - len(refused)
