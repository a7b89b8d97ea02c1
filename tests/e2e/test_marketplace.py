"""A connector's life: found, installed, updated, removed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected


def test_a_connector_is_found_installed_updated_and_removed(visit: Visit, name: str) -> None:
    slug, title = name.lower(), f"Shop {name}"
    visit.stage.add_to_catalog(slug, title)
    page = visit.page
    visit.goto("/marketplace")
    page.get_by_placeholder("Application or category").fill("nothing is called so")
    expect(page.get_by_text("No connector fits")).to_be_visible()
    page.get_by_placeholder("Application or category").fill(name)
    page.get_by_role("button", name=title).click()
    drawer = page.get_by_role("dialog", name=title)
    visit.button("Install", within=drawer).click()
    expect(drawer.get_by_text("Installed. Next: add an instance")).to_be_visible()

    visit.stage.add_to_catalog(slug, title, "1.2.0")
    visit.goto(f"/connectors/{slug}")
    visit.button("Update to 1.2.0").click()
    dialog = page.get_by_role("dialog", name=f"Update {title}")
    expect(dialog).to_contain_text("From 1.0.0 to 1.2.0. It has no instance yet.")
    expect(dialog).to_contain_text("shoppers.list")  # added
    expect(dialog).to_contain_text("customers.list")  # removed
    visit.button("Update connector", within=dialog).click()
    expect(page.get_by_text(f"{title} is now 1.2.0.")).to_be_visible()
    expect(page.get_by_text("shoppers.list")).to_be_visible()

    made = visit.stage.api("POST", "/instances", _unchecked(f"Store {name}", slug))
    visit.goto(f"/connectors/{slug}")
    visit.button(f"More for {title}").click()
    page.get_by_role("menuitem", name="Remove connector").click()
    dialog = page.get_by_role("dialog", name=f"Remove {title}")
    expect(dialog).to_contain_text("1 instance of it must be removed first")
    expect(dialog).to_contain_text(f"Store {name}")
    expect(visit.button("Remove", within=dialog)).to_have_count(0)
    visit.button("Close", within=dialog).click()

    visit.stage.api("DELETE", f"/instances/{made['id']}")
    visit.goto(f"/connectors/{slug}")
    visit.button(f"More for {title}").click()
    page.get_by_role("menuitem", name="Remove connector").click()
    remove = visit.button("Remove", within=dialog)
    expect(remove).to_be_disabled()
    visit.fill(f"Type “{title}” to confirm", title)
    remove.click()
    expect(page.get_by_role("heading", name="Connectors", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=title)).to_have_count(0)


def _unchecked(name: str, slug: str) -> dict[str, object]:
    document = {"name": name, "connector": slug, "variables": {"store": "uk", "base_url": "http://127.0.0.1:9"}}
    return {"document": document, "credentials": {"token": "anything"}, "save_unchecked": True}
