"""Runs that wait: for a limit, and for a person who lets an instance in. Both go on by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.consent_server import CONNECTOR, Bank, open_bank
from tests.e2e.stage import ORDERS
from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected

WAIT_S = 4


@pytest.fixture
def bank() -> Iterator[Bank]:
    with open_bank() as bank:
        yield bank


def test_a_run_says_until_when_it_waits_and_why(visit: Visit, name: str) -> None:
    store, erp = f"Store {name}", f"ERP {name}"
    visit.stage.new_instance("shopify", store)
    visit.stage.new_instance("netsuite", erp)
    flow = visit.stage.new_flow(f"Orders {name}", store, erp)
    page = visit.page
    limit = {"match": "GET *orders.json*", "status": 429, "retry_after": WAIT_S, "times": 1}
    visit.stage.store.set_faults([limit])
    try:
        visit.goto(f"/flows/{flow['id']}")
        visit.button("Run").click()
        visit.button("Run now").click()
        badge = page.locator("header .waiting")
        expect(badge).to_contain_text("Waiting until ")
        expect(badge).to_contain_text("429")
        expect(page.locator(".step").filter(has_text="List orders")).to_contain_text("until ")
        expect(page.get_by_role("heading", name=f"{ORDERS} of {ORDERS} orders reached {erp}.")).to_be_visible()
        expect(badge).to_have_count(0)
    finally:
        visit.stage.store.set_faults([])


def test_a_parked_run_leads_to_its_instance_and_goes_on_after_consent(visit: Visit, name: str, bank: Bank) -> None:
    slug, account, page, stage = name.lower(), f"Account {name}", visit.page, visit.stage
    stage.install(slug, CONNECTOR.format(slug=slug, title=f"Bank {name}"))
    document = {"name": account, "connector": slug, "auth": "consent", "variables": {"base_url": bank.base_url}}
    credentials = {"client_id": "weftline", "client_secret": "a client's secret"}
    body = {"document": document, "credentials": credentials, "save_unchecked": True}
    stage.api("POST", "/instances", body)
    step = {"id": "me", "shape": "connector", "instance": account, "endpoint": "me.get"}
    flow = stage.api("POST", "/flows", {"document": {"name": f"Accounts {name}", "steps": [step], "links": []}})
    stage.api("POST", f"/flows/{flow['id']}/deploy", {})
    run = stage.api("POST", f"/flows/{flow['id']}/run", {})

    visit.goto(f"/runs/{run['id']}")
    expect(page.locator("header .status")).to_have_text("Parked")
    visit.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("parked")
    expect(page.get_by_role("link", name=f"{account}: nobody has authorised the instance")).to_be_visible()
    visit.goto(f"/runs/{run['id']}")
    expect(page.get_by_text(f"{account} needs somebody's authorisation")).to_be_visible()
    expect(visit.button("Retry")).to_have_count(0)
    page.get_by_role("link", name=f"Authorise {account}").click()
    with page.expect_popup() as opened:
        visit.button(f"Authorise at Bank {name}").click()
    opened.value.get_by_role("link", name="Allow").click()
    expect(page.locator("header .status")).to_have_text("Healthy")

    visit.goto(f"/runs/{run['id']}")
    expect(page.get_by_text("It was authorised, and the run went on.")).to_be_visible()
    page.get_by_role("link", name="Open the run that went on").click()
    expect(page.locator("header .status")).to_have_text("Success")
    earlier = page.get_by_role("link", name="goes on with a parked run")
    expect(earlier).to_have_attribute("href", f"/runs/{run['id']}")
