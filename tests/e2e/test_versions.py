"""A connector's versions: an update that meets the workspace's edits, and the way back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected
LIMIT = "endpoints[orders.list].request.query.limit"


def test_an_update_meets_an_edit_and_is_rolled_back(visit: Visit, name: str) -> None:
    slug, title, page = name.lower(), f"Shop {name}", visit.page
    visit.stage.add_to_catalog(slug, title)
    document = visit.stage.api("POST", "/connectors", {"slug": slug})["document"]
    orders = next(one for one in document["endpoints"] if one["key"] == "orders.list")
    orders["request"]["query"]["limit"] = 10
    document["summary"] = "Our own words"
    visit.stage.api("PUT", f"/connectors/{slug}", {"document": document})
    visit.stage.add_to_catalog(slug, title, "2.0.0")
    file = visit.stage.catalog / slug / "connector.yaml"
    file.write_text(file.read_text().replace("query: {limit: 250", "query: {limit: 50"))

    visit.goto(f"/connectors/{slug}")
    expect(page.get_by_text("edited", exact=True)).to_be_visible()
    visit.button("Update to 2.0.0").click()
    dialog = page.get_by_role("dialog", name=f"Update {title}")
    expect(dialog.get_by_role("alert")).to_contain_text("endpoint customers.list is removed")
    expect(dialog).to_contain_text("Your edits are kept")
    expect(dialog.get_by_text("summary", exact=True)).to_be_visible()
    update = visit.button("Update connector", within=dialog)
    expect(update).to_be_disabled()
    conflict = dialog.get_by_role("region", name=LIMIT)
    expect(conflict).to_contain_text("Both began with 250")
    conflict.get_by_text("Keep mine", exact=True).click()
    expect(dialog).to_contain_text("Every place that both have changed is decided")
    update.click()
    expect(page.get_by_text(f"{title} is now 2.0.0.")).to_be_visible()

    page.get_by_role("tab", name="File").click()
    expect(page.locator(".yamlfile")).to_contain_text("limit: 10")
    expect(page.locator(".yamlfile")).to_contain_text("Our own words")
    page.get_by_role("tab", name="Versions").click()
    visit.button("Roll back to 1.0.0").click()
    dialog = page.get_by_role("dialog", name=f"Roll {title} back")
    expect(dialog).to_contain_text("From 2.0.0 to 1.0.0")
    expect(dialog).to_contain_text("shoppers.list")
    visit.button("Roll back", within=dialog).click()
    expect(page.get_by_text(f"{title} is 1.0.0 again.")).to_be_visible()
    expect(visit.button("Roll back to 2.0.0")).to_be_visible()


def test_a_copy_is_ones_own(visit: Visit, name: str) -> None:
    page = visit.page
    visit.expected = [r"GET /api/marketplace/copy-.*/icon 404"]  # a connector of one's own has none
    visit.goto("/connectors/shopify")
    visit.button("More for Shopify").click()
    page.get_by_role("menuitem", name="Duplicate").click()
    visit.fill("Title", f"Copy {name}")
    visit.button("Duplicate").click()
    expect(page.get_by_role("heading", name=f"Copy {name}")).to_be_visible()
    expect(page.get_by_text("your own", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Authentication").click()
    expect(page.get_by_role("cell", name="Admin API access token").first).to_be_visible()
    page.get_by_role("tab", name="File").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert f"title: Copy {name}" in download.value.path().read_text()
