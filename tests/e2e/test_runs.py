"""Runs that are stopped, and runs that fail and are put right."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.stage import ORDERS
from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected


def test_a_run_under_way_is_stopped(visit: Visit, name: str) -> None:
    visit.stage.new_instance("shopify", f"Store {name}")
    visit.stage.new_instance("netsuite", f"ERP {name}")
    flow = visit.stage.new_flow(f"Orders {name}", f"Store {name}", f"ERP {name}")
    page = visit.page
    visit.stage.erp.set_faults([{"match": f"PUT *{name}*", "delay_s": 2.0}])
    try:
        visit.goto(f"/flows/{flow['id']}")
        visit.button("Run").click()
        visit.button("Run now").click()
        expect(page.locator("header .status")).to_have_text("Running")
        visit.button("Stop").click()
        expect(page.get_by_text("The run stops at the next safe place.")).to_be_visible()
        expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
    finally:
        visit.stage.erp.set_faults([])
    visit.button("Retry").click()
    expect(page.get_by_role("link", name="retry of an earlier run")).to_be_visible()
    expect(page.get_by_text("Success", exact=True)).to_be_visible()
    written = visit.stage.erp.control("GET", "orders?limit=1000")["orders"]
    assert sum(name in order["external_id"] for order in written) == ORDERS


def test_a_failed_run_is_retried_once_its_cause_is_put_right(visit: Visit, name: str) -> None:
    store, erp = f"Store {name}", f"ERP {name}"
    visit.stage.new_instance("shopify", store, token="a-token-that-expired")
    visit.stage.new_instance("netsuite", erp)
    flow = visit.stage.new_flow(f"Orders {name}", store, erp)
    page = visit.page
    visit.goto(f"/flows/{flow['id']}")
    visit.button("Run").click()
    visit.button("Run now").click()
    expect(page.locator("header .status")).to_have_text("Failed")
    failed = page.url
    page.get_by_role("link", name=f"Give {store} new credentials").click()
    expect(page.locator("header .status")).to_have_text("Needs authorisation")
    visit.button("Give new credentials", within=page.get_by_role("alert")).click()
    wizard = page.get_by_role("dialog", name=f"Edit {store}")
    visit.fill("Admin API access token", visit.stage.secrets["token"])
    visit.button("Check and save", within=wizard).click()
    visit.button("Done", within=wizard).click()
    expect(page.locator("header .status")).to_have_text("Healthy")
    page.goto(failed)
    visit.button("Retry").click()
    expect(page.get_by_role("heading", name=f"{ORDERS} of {ORDERS} orders reached {erp}.")).to_be_visible()
    expect(page.get_by_text("Success", exact=True)).to_be_visible()
