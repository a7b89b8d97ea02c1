"""Both connectors of the catalog, as they ship, against the stand-ins of their applications."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.conftest import QUICK, shipped
from weftline import errors
from weftline.connectors import RetryPolicy, Session
from weftline.connectors.pacing import Pacer
from weftline.kernel import json
from weftline.model import Instance
from weftline.testing.sandboxes import RunningSandbox, running
from weftline.transports.http import HttpConnections

TBA = {
    "consumer_key": "demo-consumer-key", "consumer_secret": "demo-consumer-secret",
    "token_id": "demo-token-id", "token_secret": "demo-token-secret",
}  # fmt: skip


@pytest.fixture(scope="module")
def running_shop() -> Iterator[RunningSandbox]:
    with running("shopify", {"store": "uk", "orders": 600, "bucket_size": 0}) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def running_erp() -> Iterator[RunningSandbox]:
    with running("netsuite", {"account": "DEMO_1"}) as sandbox:
        yield sandbox


@pytest.fixture
def shop(running_shop: RunningSandbox) -> RunningSandbox:
    running_shop.reset()
    return running_shop


@pytest.fixture
def erp(running_erp: RunningSandbox) -> RunningSandbox:
    running_erp.reset()
    return running_erp


def shop_session(
    shop: RunningSandbox, connections: HttpConnections, token: str = "demo-token", retry: RetryPolicy = QUICK
) -> Session:
    instance = Instance(
        name="Acme UK", connector="shopify", variables={"store": "uk", "base_url": shop.base_url},
        rate_limit={"amount": 1000, "unit": "second"},
    )  # fmt: skip
    return Session(shipped("shopify"), instance, "shop", {"token": token}, connections, Pacer(), retry)


def erp_session(erp: RunningSandbox, connections: HttpConnections, **credentials: str) -> Session:
    variables = {"account": "demo-1", "base_url": erp.base_url}
    instance = Instance(name="Acme ERP", connector="netsuite", variables=variables)
    return Session(shipped("netsuite"), instance, "erp", TBA | credentials, connections, Pacer(), QUICK)


async def ids(session: Session, endpoint: str = "orders.list", **filters: Any) -> list[Any]:
    return [
        record["id"]
        async for page in session.pages(endpoint, filters, {})
        for record in json.decode(page.raw)
    ]  # fmt: skip


def order(number: int) -> dict[str, Any]:
    line = {"item": {"externalId": "WAL-TEAP"}, "quantity": 2, "rate": json.decode(b"12.30")}
    return {"externalId": f"uk-{number}", "entity": {"externalId": "CUST-17"}, "item": {"items": [line]}}


async def upsert(session: Session, number: int) -> Any:
    endpoint = "sales_orders.upsert"
    return await session.send(endpoint, session.prepare(endpoint, order(number), {}), f"key-{number}")


# --- receiving ---


async def test_three_pages_hold_every_order_once(shop: RunningSandbox, connections: HttpConnections) -> None:
    found = await ids(shop_session(shop, connections))
    assert len(found) == len(set(found)) == 600
    assert shop.stats()["pages"] == 3


async def test_a_pull_goes_on_in_another_session(shop: RunningSandbox, connections: HttpConnections) -> None:
    found: list[Any] = []
    state: dict[str, Any] | None = None
    for _ in range(3):
        async for page in shop_session(shop, connections).pages("orders.list", {}, {}, state):
            found += [record["id"] for record in json.decode(page.raw)]
            state = None if page.next_state is None else json.decode(json.encode(page.next_state))
            break
    assert state is None
    assert found == await ids(shop_session(shop, connections))


async def test_filters_reach_the_shop(shop: RunningSandbox, connections: HttpConnections) -> None:
    session = shop_session(shop, connections)
    every = await ids(session)
    assert await ids(session, ids=every[:3]) == every[:3]
    assert len(await ids(session, status="cancelled")) < 600
    oldest = min(every)
    assert set(await ids(session, since_id=oldest)) == set(every) - {oldest}
    assert await ids(session, updated_since="2099-01-01T00:00:00Z") == []


@pytest.mark.parametrize("endpoint", ["products.list", "customers.list", "shop.get"])
async def test_the_other_endpoints_answer(shop: RunningSandbox, connections: HttpConnections, endpoint: str) -> None:
    assert await ids(shop_session(shop, connections), endpoint)


async def test_one_order_is_read_with_its_money_unchanged(shop: RunningSandbox, connections: HttpConnections) -> None:
    session = shop_session(shop, connections)
    wanted = (await ids(session))[0]
    pages = [page async for page in session.pages("orders.get", {}, {"payload": {"id": wanted}})]
    record = json.decode(pages[0].raw)[0]
    assert record["id"] == wanted
    assert isinstance(record["total_price"], str)


# --- sending ---


async def test_250_orders_arrive_once_with_16_at_once(erp: RunningSandbox, connections: HttpConnections) -> None:
    session = erp_session(erp, connections)
    gate = asyncio.Semaphore(16)

    async def one(number: int) -> Any:
        async with gate:
            return await upsert(session, number)

    answers = await asyncio.gather(*(one(number) for number in range(250)))
    stats = erp.stats()
    assert (stats["orders"], stats["requests"], stats["repeated"]) == (250, 250, 0)
    assert {answer.status for answer in answers} == {204}
    assert len({answer.result_id for answer in answers}) == 250
    assert set(await ids(session, "sales_orders.list")) == {answer.result_id for answer in answers}


async def test_a_repeat_changes_nothing_and_a_look_up_finds_the_order(
    erp: RunningSandbox, connections: HttpConnections
) -> None:
    session = erp_session(erp, connections)
    first, second = await upsert(session, 1), await upsert(session, 1)
    assert first.result_id == second.result_id
    pages = [page async for page in session.pages("sales_orders.get", {}, {"payload": {"id": first.result_id}})]
    (record,) = json.decode(pages[0].raw)
    assert str(record["total"]) == "24.60"
    assert len(record["item"]["items"]) == 1
    for number, there in ((1, True), (2, False)):
        prepared = session.prepare("sales_orders.upsert", order(number), {})
        assert await session.lookup("sales_orders.upsert", prepared) is there


async def test_an_answer_lost_after_the_work_does_no_harm(erp: RunningSandbox, connections: HttpConnections) -> None:
    erp.set_faults([{"match": "PUT *", "cut": "after_work", "times": 1}])
    answer = await upsert(erp_session(erp, connections), 1)
    assert answer.status == 204
    assert (erp.stats()["orders"], erp.stats()["repeated"]) == (1, 1)


async def test_the_applications_reason_is_told(erp: RunningSandbox, connections: HttpConnections) -> None:
    session = erp_session(erp, connections)
    prepared = session.prepare("sales_orders.upsert", {"externalId": "uk-1", "item": {"items": []}}, {})
    with pytest.raises(
        errors.RequestRejectedError, match=r"NetSuite 'sales_orders\.upsert' answered 400: .*Please enter value"
    ):
        await session.send("sales_orders.upsert", prepared, "key")


# --- bad days ---


async def test_the_checks_pass(shop: RunningSandbox, erp: RunningSandbox, connections: HttpConnections) -> None:
    await shop_session(shop, connections).check()
    await erp_session(erp, connections).check()


async def test_a_wrong_token_names_instance_and_method(shop: RunningSandbox, connections: HttpConnections) -> None:
    with pytest.raises(errors.CredentialRejectedError) as caught:
        await shop_session(shop, connections, token="wrong-token").check()
    assert "the instance 'Acme UK' (Admin API access token) was refused (401" in caught.value.message
    assert "see the instance's credentials" in caught.value.hint
    assert "wrong-token" not in f"{caught.value!r}{caught.value.exchange}"
    assert shop.stats()["unauthorized"] == 1


@pytest.mark.parametrize("wrong", ["consumer_secret", "token_secret", "token_id"])
async def test_a_wrong_signature_is_refused(erp: RunningSandbox, connections: HttpConnections, wrong: str) -> None:
    with pytest.raises(errors.CredentialRejectedError, match=r"'Acme ERP' \(Token-based authentication\)"):
        await erp_session(erp, connections, **{wrong: "wrong-value"}).check()


async def test_429_with_retry_after_waits(shop: RunningSandbox, connections: HttpConnections) -> None:
    shop.set_faults([{"match": "GET *orders*", "status": 429, "retry_after": 0.3, "times": 2, "after": 1}])
    started = time.monotonic()
    assert len(await ids(shop_session(shop, connections))) == 600
    assert time.monotonic() - started >= 0.6


async def test_500_then_200_is_tried_again(
    shop: RunningSandbox, erp: RunningSandbox, connections: HttpConnections
) -> None:
    shop.set_faults([{"match": "*", "status": 500, "times": 2}])
    assert len(await ids(shop_session(shop, connections))) == 600
    erp.set_faults([{"match": "PUT *", "status": 503, "times": 1}, {"match": "PUT *", "cut": True, "times": 1}])
    assert (await upsert(erp_session(erp, connections), 1)).attempts == 3
    assert erp.stats()["requests"] == 1


async def test_500_for_ever_is_told_with_the_attempts(erp: RunningSandbox, connections: HttpConnections) -> None:
    erp.set_faults([{"match": "*", "status": 500}])
    with pytest.raises(errors.RemoteFaultError, match="answered 500") as caught:
        await upsert(erp_session(erp, connections), 1)
    assert caught.value.context["attempts"] == QUICK.tries


async def test_a_page_that_is_not_json_is_shown(shop: RunningSandbox, connections: HttpConnections) -> None:
    shop.set_faults([{"match": "GET *orders*", "not_json": True, "after": 1}])
    with pytest.raises(
        errors.UnreadableBodyError, match=r"the answer of Shopify 'orders\.list' is not JSON"
    ) as caught:
        await ids(shop_session(shop, connections))
    assert caught.value.recovery == "abort"


async def test_the_shops_own_limit_is_kept(connections: HttpConnections) -> None:
    """With the shop's true limit, many calls at once are slowed down and none fails."""
    with running("shopify", {"store": "us", "orders": 10, "bucket_size": 5, "leak_per_s": 20}) as shop:
        session = shop_session(shop, connections)
        found = await asyncio.gather(*(ids(session) for _ in range(16)))
        assert [len(one) for one in found] == [10] * 16
        assert shop.stats()["throttled"] <= 2 * 16


async def test_an_application_that_is_not_there(connections: HttpConnections) -> None:
    instance = Instance(name="Gone", connector="shopify", variables={"store": "x", "base_url": "http://127.0.0.1:1"})
    session = Session(shipped("shopify"), instance, "gone", {"token": "demo-token"}, connections, Pacer(), QUICK)
    with pytest.raises(errors.ConnectError, match=r"no connection to http://127\.0\.0\.1:1/admin/api/"):
        await session.check()
