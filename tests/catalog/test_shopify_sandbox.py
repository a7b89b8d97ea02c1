"""The Shopify sandbox, read by the vendor's own Python client."""

from __future__ import annotations

import datetime
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from email.message import Message
from typing import Any

import pytest
from pyactiveresource.connection import ResourceNotFound, UnauthorizedAccess

import shopify
from weftline.errors import SettingsError
from weftline.testing.sandboxes import RunningSandbox, find, running

ORDERS = 137
TOKEN = "demo-uk-token"
OPTIONS = {"store": "uk", "orders": ORDERS, "access_token": TOKEN}


@pytest.fixture(scope="module")
def running_store() -> Iterator[RunningSandbox]:
    with running("shopify", OPTIONS) as sandbox:
        yield sandbox


@pytest.fixture
def store(running_store: RunningSandbox) -> RunningSandbox:
    running_store.reset()
    return running_store


def activate(sandbox: RunningSandbox, token: str = TOKEN) -> None:
    session = shopify.Session("uk", "2025-01", token)
    session.protocol = "http"
    session.url = sandbox.base_url.removeprefix("http://")
    shopify.ShopifyResource.activate_session(session)


@pytest.fixture
def client(store: RunningSandbox) -> Iterator[RunningSandbox]:
    activate(store)
    yield store
    shopify.ShopifyResource.clear_session()


def get(sandbox: RunningSandbox, path: str, token: str = TOKEN) -> tuple[int, Message, Any]:
    request = urllib.request.Request(sandbox.base_url + path, headers={"X-Shopify-Access-Token": token})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers, json.loads(response.read(), parse_float=Decimal)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, json.loads(error.read())


def test_client_pages_through_every_order_once(client: RunningSandbox) -> None:
    page = shopify.Order.find(limit=50, status="any")
    ids = [order.id for order in page]
    sizes = [len(page)]
    while page.has_next_page():
        page = page.next_page(no_cache=True)
        ids += [order.id for order in page]
        sizes.append(len(page))
    assert sizes == [50, 50, 37]
    assert len(set(ids)) == ORDERS
    assert shopify.Order.count(status="any") == ORDERS
    assert client.stats()["pages"] == 3
    assert client.stats()["records"] == ORDERS


def test_client_goes_back_a_page(client: RunningSandbox) -> None:
    first = shopify.Order.find(limit=60, status="any")
    second = first.next_page()
    again = shopify.Order.find(from_=second.previous_page_url)
    assert [order.id for order in again] == [order.id for order in first]
    assert not again.has_previous_page()


def test_client_reads_one_order(client: RunningSandbox) -> None:
    listed = shopify.Order.find(limit=1, status="any")[0]
    order = shopify.Order.find(listed.id)
    assert order.id == listed.id
    assert order.name == f"#{1000 + ORDERS}"
    assert order.line_items[0].sku
    assert order.customer.email.endswith("@uk.example.com")
    assert order.shipping_address.country_code == "GB"
    with pytest.raises(ResourceNotFound):
        shopify.Order.find(1)


def test_client_reads_products_customers_and_shop(client: RunningSandbox) -> None:
    products = shopify.Product.find(limit=30)
    assert len(products) == 30
    assert len(products.next_page(no_cache=True)) == 10
    assert products[0].variants[0].price == shopify.Product.find(products[0].id).variants[0].price
    assert shopify.Customer.count() == 120
    assert shopify.Customer.find(limit=250)[5].addresses[0].city
    assert shopify.Shop.current().currency == "GBP"


def test_client_sees_a_wrong_token(client: RunningSandbox) -> None:
    activate(client, "another")
    with pytest.raises(UnauthorizedAccess):
        shopify.Order.find(limit=1)
    assert client.stats()["unauthorized"] == 1


def test_client_reads_the_call_limit() -> None:
    with running("shopify", OPTIONS | {"bucket_size": 4, "leak_per_s": 0.5}) as sandbox:
        activate(sandbox)
        shopify.Shop.current()
        assert (shopify.Limits.credit_used(), shopify.Limits.credit_limit()) == (1, 4)
        shopify.ShopifyResource.clear_session()
        answers = [get(sandbox, "/admin/api/2025-01/shop.json") for _ in range(6)]
        assert [status for status, _, _ in answers] == [200, 200, 200, 429, 429, 429]
        _, headers, body = answers[-1]
        assert float(headers["Retry-After"]) >= 1
        assert headers["X-Shopify-Shop-Api-Call-Limit"] == "4/4"
        assert body["errors"].startswith("Exceeded 0.5 calls per second")
        assert sandbox.stats()["throttled"] == 3


def test_orders_are_as_large_as_real_ones() -> None:
    with running("shopify", OPTIONS) as sandbox:
        _, _, page = get(sandbox, "/admin/api/2025-01/orders.json?status=any&limit=250")
    sizes = [
        len(json.dumps(o, ensure_ascii=False, separators=(",", ":"), default=str).encode()) for o in page["orders"]
    ]
    assert min(sizes) > 7600 * 0.9
    assert max(sizes) < 7600 * 1.1
    assert len(sizes) == ORDERS


def test_orders_have_what_trips_integrations(store: RunningSandbox) -> None:
    _, _, page = get(store, "/admin/api/2025-01/orders.json?status=any&limit=250")
    orders = page["orders"]
    ids = [order["id"] for order in orders]
    assert min(ids) < 2**53 < max(ids)
    assert len({float(number) for number in ids} & set(ids)) < len(ids), "some ids do not survive a float"
    assert any(not order["shipping_address"]["name"].isascii() for order in orders)
    assert len({order["financial_status"] for order in orders}) >= 4
    for order in orders:
        lines = sum(Decimal(line["price"]) * line["quantity"] for line in order["line_items"])
        shipping = Decimal(order["shipping_lines"][0]["price"])
        total = lines - Decimal(order["total_discounts"]) + Decimal(order["total_tax"]) + shipping
        assert total == Decimal(order["total_price"])


def test_same_options_give_the_same_bytes() -> None:
    def page(**options: object) -> bytes:
        app = find("shopify").build(OPTIONS | options)
        listing = app._listings["orders"]  # type: ignore[attr-defined]
        content: bytes = listing.page((("status", "any"),), 0, 250, "")[0]
        return content

    assert page() == page()
    assert page() != page(seed=2)
    assert not _ids(page()) & _ids(page(store="eu"))


def _ids(page: bytes) -> set[int]:
    return {order["id"] for order in json.loads(page)["orders"]}


def test_compressed_pages_are_the_same_as_plain_ones() -> None:
    app = find("shopify").build({"store": "uk", "orders": 5250, "products": 1, "customers": 1})
    listing = app._listings["orders"]  # type: ignore[attr-defined]
    ready, count = listing.page((("status", "any"),), 250, 250, "")
    made = [listing.record(place) for place in range(4999, 4749, -1)]
    assert count == 250
    assert json.loads(ready)["orders"] == json.loads(json.dumps(made))


@pytest.mark.parametrize(
    ("query", "test"),
    [
        ("", lambda o: o["closed_at"] is None and o["cancelled_at"] is None),
        ("status=closed", lambda o: o["closed_at"] is not None and o["cancelled_at"] is None),
        ("status=cancelled", lambda o: o["cancelled_at"] is not None),
        ("status=any&financial_status=paid", lambda o: o["financial_status"] == "paid"),
        ("status=any&financial_status=unpaid", lambda o: o["financial_status"] in ("authorized", "partially_paid")),
        ("status=any&fulfillment_status=shipped", lambda o: o["fulfillment_status"] == "fulfilled"),
        ("status=any&created_at_min=2025-01-06T12:00:00%2B00:00", lambda o: o["created_at"] >= "2025-01-06T12:00:00"),
        ("status=any&created_at_max=2025-01-06T12:00:00Z", lambda o: o["created_at"] <= "2025-01-06T12:00:00"),
        ("status=any&updated_at_min=2025-01-08T00:00:00Z", lambda o: o["updated_at"] >= "2025-01-08T00:00:00"),
        ("status=any&updated_at_max=2025-01-08T00:00:00Z", lambda o: o["updated_at"] <= "2025-01-08T00:00:00"),
        (f"status=any&since_id={2**53}", lambda o: o["id"] > 2**53),
    ],
)
def test_filters(store: RunningSandbox, query: str, test: Any) -> None:
    _, _, everything = get(store, "/admin/api/2025-01/orders.json?status=any&limit=250")
    status, _, page = get(store, f"/admin/api/2025-01/orders.json?limit=250&{query}")
    wanted = {order["id"] for order in everything["orders"] if test(order)}
    assert status == 200
    assert {order["id"] for order in page["orders"]} == wanted
    assert 0 < len(wanted) < ORDERS
    _, _, count = get(store, f"/admin/api/2025-01/orders/count.json?{query}")
    assert count == {"count": len(wanted)}


def test_a_time_with_an_unencoded_offset_is_read(store: RunningSandbox) -> None:
    path = "/admin/api/2025-01/orders/count.json?status=any&created_at_min=2025-01-06T12:00:00"
    assert get(store, path + "+00:00")[2] == get(store, path + "Z")[2]


def test_order_of_listings(store: RunningSandbox) -> None:
    def ids(query: str) -> list[int]:
        _, _, page = get(store, f"/admin/api/2025-01/orders.json?status=any&limit=250&{query}")
        return [order["id"] for order in page["orders"]]

    newest_first = ids("")
    assert newest_first == sorted(newest_first, reverse=True)
    assert ids("since_id=0") == sorted(newest_first)
    assert ids("order=created_at+asc") == sorted(newest_first)
    two = newest_first[3:5]
    assert ids(f"ids={two[0]},{two[1]}") == two


def test_fields_are_cut_down_and_stay_so_on_the_next_page(store: RunningSandbox) -> None:
    _, headers, page = get(store, "/admin/api/2025-01/orders.json?status=any&limit=10&fields=id,name")
    assert all(set(order) == {"id", "name"} for order in page["orders"])
    following = headers["Link"].split(">")[0].lstrip("<").removeprefix(store.base_url)
    assert 'rel="next"' in headers["Link"]
    _, _, page = get(store, following)
    assert all(set(order) == {"id", "name"} for order in page["orders"])


def test_a_filter_survives_paging_and_no_page_has_a_link_when_it_is_alone(store: RunningSandbox) -> None:
    _, headers, page = get(store, "/admin/api/2025-01/orders.json?status=any&financial_status=paid&limit=20")
    seen = [order["financial_status"] for order in page["orders"]]
    link = headers["Link"]
    while 'rel="next"' in link:
        url = next(part for part in link.split(", ") if 'rel="next"' in part).split(">")[0].lstrip("<")
        _, headers, page = get(store, url.removeprefix(store.base_url))
        seen += [order["financial_status"] for order in page["orders"]]
        link = headers["Link"]
    assert set(seen) == {"paid"}
    assert get(store, "/admin/api/2025-01/orders.json?status=any&limit=250")[1]["Link"] is None


def test_bad_requests_name_the_parameter(store: RunningSandbox) -> None:
    _, headers, _ = get(store, "/admin/api/2025-01/orders.json?status=any&limit=10")
    info = headers["Link"].split("page_info=")[1].split(">")[0]
    path = "/admin/api/2025-01/orders.json"
    status, _, body = get(store, f"{path}?status=any&page_info={info}")
    assert (status, set(body["errors"])) == (400, {"status"})
    changed = ("A" if info[-5] != "A" else "B").join((info[:-5], info[-4:]))
    assert get(store, f"{path}?page_info={changed}")[::2] == (400, {"errors": {"page_info": "Invalid value."}})
    assert get(store, f"/admin/api/2025-01/products.json?page_info={info}")[0] == 400
    assert set(get(store, f"{path}?created_at_min=soon")[2]["errors"]) == {"created_at_min"}
    assert set(get(store, f"{path}?limit=none")[2]["errors"]) == {"limit"}


def test_versions_and_paths(store: RunningSandbox) -> None:
    assert get(store, "/admin/api/2031-04/shop.json")[1]["X-Shopify-API-Version"] == "2031-04"
    for path in ("/admin/api/v1/shop.json", "/admin/api/2025-01/unicorns.json", "/admin/api/2025-01/orders"):
        assert get(store, path)[::2] == (404, {"errors": "Not Found"})


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(SettingsError, match="did you mean 'orders'"):
        find("shopify").build({"order": 3})
    with pytest.raises(SettingsError, match="'orders'"):
        find("shopify").build({"orders": "many"})


def test_the_first_order_can_be_placed_in_time() -> None:
    first = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    with running("shopify", {"store": "uk", "orders": 1, "first_order_at": first.isoformat()}) as sandbox:
        _, _, page = get(sandbox, "/admin/api/2025-01/orders.json?status=any", token="demo-token")
    assert page["orders"][0]["created_at"].startswith("2026-03-01T00:0")
