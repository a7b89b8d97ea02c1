"""From an empty canvas to orders that have arrived."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.stage import ORDERS
from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected


def test_a_flow_is_drawn_deployed_run_and_looked_into(visit: Visit, name: str) -> None:
    store, erp, flow = f"Store {name}", f"ERP {name}", f"Orders {name}"
    visit.stage.new_instance("shopify", store)
    page = visit.page
    visit.goto("/flows?new")
    dialog = page.get_by_role("dialog", name="New flow")
    visit.fill("Name", flow)
    dialog.get_by_text("An empty canvas").click()
    visit.button("Create flow", within=dialog).click()
    shapes = page.get_by_role("complementary", name="Shapes")
    panel = page.locator(".sidepanel")

    visit.button("Connector", within=shapes).click()
    visit.choose("Instances", store)
    visit.choose("Endpoint", "List orders · receive")
    visit.button("Map", within=shapes).click()
    _rule(visit, 0, "externalId", f"{name}-{{{{ payload.id }}}}")
    _rule(visit, 1, "entity.externalId", "payload.email")
    _rule(visit, 2, "item.items[*].item.externalId", "payload.line_items[*].sku")
    visit.button("Connector", within=shapes).click()
    visit.button("Save draft").click()
    expect(page.get_by_text(re.compile("problems? to solve before it can be deployed")).first).to_be_visible()
    page.locator(".problems button").first.click()
    page.locator(".problems .item").first.click()
    expect(panel.get_by_role("alert").first).to_contain_text("is missing")

    visit.stage.new_instance("netsuite", erp)
    page.reload()
    page.locator(".react-flow__node").last.click()
    visit.choose("Instances", erp)
    visit.choose("Endpoint", "Create or update a sales order · send")
    visit.button("Deploy").click()
    expect(page.get_by_text("Version 1 is deployed.")).to_be_visible()
    visit.button("Run").click()
    visit.button("Run now").click()

    expect(page.get_by_role("heading", name=f"{ORDERS} of {ORDERS} orders reached {erp}.")).to_be_visible()
    expect(page.get_by_text("Success", exact=True)).to_be_visible()
    cards = page.locator(".react-flow__node .counts")
    expect(cards).to_have_text([f"{ORDERS} in 1 requests", f"{ORDERS} records", f"{ORDERS} of {ORDERS} confirmed"])
    visit.assert_no_secret_in_sight()

    page.get_by_role("tab", name="Deliveries").click()
    expect(page.locator("tbody tr").filter(has_text="Confirmed")).to_have_count(ORDERS)
    page.get_by_role("tab", name="Requests").click()
    page.locator(".exchange").filter(has_text="orders.json").first.click()
    expect(page.get_by_text(re.compile(r"Answer 200 after"))).to_be_visible()
    page.locator(".exchange").filter(has_text=f"{name}-").first.click()
    expect(page.get_by_text(re.compile(r"Answer 204 after"))).to_be_visible()
    visit.assert_no_secret_in_sight()
    page.get_by_role("tab", name="Payloads").click()
    expect(page.get_by_text(f"1 of {ORDERS}", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(rf"{name}-\d+")).first).to_be_visible()
    visit.button("Next record").click()
    expect(page.get_by_text(f"2 of {ORDERS}", exact=True)).to_be_visible()
    page.get_by_text("What it saw").click()
    expect(page.get_by_text("line_items").first).to_be_visible()


def _rule(visit: Visit, index: int, target: str, source: str) -> None:
    visit.button("Add rule").click()
    visit.page.get_by_label("Target", exact=True).nth(index).fill(target)
    visit.page.get_by_label("Source", exact=True).nth(index).fill(source)


def test_changes_are_undone_and_an_earlier_version_comes_back(visit: Visit, name: str) -> None:
    visit.stage.new_instance("shopify", f"Store {name}")
    visit.stage.new_instance("netsuite", f"ERP {name}")
    flow = visit.stage.new_flow(f"Orders {name}", f"Store {name}", f"ERP {name}")
    page = visit.page
    visit.goto(f"/flows/{flow['id']}")
    nodes = page.locator(".react-flow__node")
    expect(nodes).to_have_count(4)  # three steps and the start
    page.get_by_text("Map the fields").click()
    visit.button("Remove", within=page.locator(".sidepanel")).first.click()
    expect(nodes).to_have_count(3)
    visit.button("Undo").click()
    expect(nodes).to_have_count(4)
    visit.button("Redo").click()
    expect(nodes).to_have_count(3)
    visit.button("Undo").click()

    page.get_by_text("Map the fields").click()
    visit.fill("Title", "Another map")
    visit.button("Deploy").click()
    expect(page.get_by_text("Version 2 is deployed.")).to_be_visible()
    visit.button("Close", within=page.locator(".sidepanel")).click()
    visit.button("Versions").click()
    first = page.locator(".sidepanel section").filter(has_text="Version 1")
    visit.button("Make it the draft", within=first).click()
    expect(page.get_by_text("Version 3 is now the draft.")).to_be_visible()
    expect(nodes.filter(has_text="Map the fields")).to_be_visible()
    visit.button("Deploy again", within=first).click()
    expect(page.get_by_text("Version 1 is deployed.")).to_be_visible()
