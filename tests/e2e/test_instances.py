"""An instance's life: credentials are checked before they are saved, and what is in use stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected


def test_an_instance_is_added_edited_checked_and_removed(visit: Visit, name: str) -> None:
    page, store = visit.page, f"Store {name}"
    visit.expected = [r"POST /api/instances 4\d\d"]
    visit.goto("/connectors/shopify")
    visit.button("Add instance").click()
    wizard = page.get_by_role("dialog", name="New Shopify instance")
    visit.fill("Name", store)
    visit.button("Next", within=wizard).click()
    visit.fill("Store name", "uk")
    visit.button("Addresses, time zone and pace", within=wizard).click()
    visit.fill("Base URL", visit.stage.store.base_url)
    visit.fill("Rate limit", "500")
    visit.button("Next", within=wizard).click()
    visit.fill("Admin API access token", "not-the-token")
    visit.button("Check and save", within=wizard).click()
    expect(wizard.get_by_role("alert")).to_contain_text("401")
    visit.fill("Admin API access token", visit.stage.secrets["token"])
    visit.button("Check and save", within=wizard).click()
    expect(wizard).to_contain_text(f"{store} answered and accepted the credentials.")
    visit.button("Done", within=wizard).click()
    line = page.get_by_role("row", name=store)
    expect(line).to_contain_text("Healthy")

    page.get_by_role("link", name=store, exact=True).click()
    expect(page.locator(".facts").first).to_contain_text("Set and sealed")
    expect(page.locator(".facts").last).to_contain_text("500 calls a second")
    visit.button("Edit").click()
    wizard = page.get_by_role("dialog", name=f"Edit {store}")
    visit.fill("Name", f"{store} renamed")
    visit.button("Next", within=wizard).click()
    visit.button("Next", within=wizard).click()
    expect(wizard.get_by_placeholder("Kept as it is; type to replace")).to_be_visible()
    visit.button("Check and save", within=wizard).click()
    visit.button("Done", within=wizard).click()
    store = f"{store} renamed"
    visit.button("Check now").click()
    expect(page.get_by_text(f"{store}: healthy.")).to_be_visible()

    visit.stage.new_instance("netsuite", f"ERP {name}")
    flow = visit.stage.new_flow(f"Orders {name}", store, f"ERP {name}")
    visit.goto("/connectors/shopify")
    visit.button(f"More for {store}").click()
    page.get_by_role("menuitem", name="Remove").click()
    dialog = page.get_by_role("dialog", name=f"Remove {store}")
    expect(dialog).to_contain_text("1 flow version uses it")
    expect(dialog.get_by_role("link", name=f"Orders {name}")).to_be_visible()
    visit.button("Close", within=dialog).click()
    visit.stage.api("DELETE", f"/flows/{flow['id']}")
    visit.goto("/connectors/shopify")
    visit.button(f"More for {store}").click()
    page.get_by_role("menuitem", name="Remove").click()
    visit.fill(f"Type “{store}” to confirm", store)
    visit.button("Remove", within=dialog).click()
    expect(page.get_by_text(f"{store} is removed.")).to_be_visible()
    expect(line).to_have_count(0)


def test_a_copy_shares_the_quota_of_its_account(visit: Visit, name: str) -> None:
    made = visit.stage.new_instance("shopify", f"Store {name}")
    page, group = visit.page, f"acme-{name.lower()}"
    settings = page.locator(".facts").last
    visit.goto(f"/instances/{made['id']}")
    visit.button("Change").click()
    wizard = page.get_by_role("dialog", name=f"Edit Store {name}")
    quota = wizard.get_by_role("combobox", name="Quota group")
    quota.fill(f"Acme {name}")
    expect(quota).to_have_value(group)
    expect(wizard).to_contain_text("No other instance is in this group yet.")
    visit.button("Next", within=wizard).click()
    visit.button("Check and save", within=wizard).click()
    visit.button("Done", within=wizard).click()
    expect(settings).to_contain_text(f"{group}, with no other instance yet")

    visit.button(f"More for Store {name}").click()
    page.get_by_role("menuitem", name="Duplicate").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"Both are in the quota group {group}")
    visit.fill("Name of the copy", f"Second {name}")
    visit.button("Duplicate").click()
    expect(page.get_by_text(f"Second {name} is added.")).to_be_visible()
    expect(page.get_by_role("heading", name=f"Second {name}")).to_be_visible()
    expect(settings).to_contain_text(f"{group}, one rate limit with Store {name}")
    visit.button("Check now").click()
    expect(page.locator("header .status")).to_have_text("Healthy")
    expect(page.get_by_text("No flow uses it yet")).to_be_visible()

    visit.goto("/connectors/shopify")
    visit.button("Add instance").click()
    wizard = page.get_by_role("dialog", name="New Shopify instance")
    visit.fill("Name", f"Third {name}")
    visit.button("Next", within=wizard).click()
    visit.button("Addresses, time zone and pace", within=wizard).click()
    wizard.get_by_role("combobox", name="Quota group").click()
    page.get_by_role("option", name=group, exact=True).click()
    shared = wizard.get_by_text("Shares one rate limit with")
    expect(shared).to_contain_text(f"Second {name}, Store {name}")
