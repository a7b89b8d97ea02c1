"""What no page does: be wider than a phone, or hide that a connector cannot be used."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected

TOO_WIDE = """() => [document.documentElement, document.querySelector('.main')]
    .map(one => one.scrollWidth - one.clientWidth)"""


def test_no_page_is_wider_than_a_phone(visit: Visit, name: str) -> None:
    store = f"A store with quite a long name {name}"
    visit.stage.new_instance("shopify", store)
    visit.stage.new_instance("netsuite", f"ERP {name}")
    flow = visit.stage.new_flow(f"Orders {name}", store, f"ERP {name}")
    run = visit.stage.api("POST", f"/flows/{flow['id']}/run", {})
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    run_page = f"/runs/{run['id']}?tab="
    tabs = [run_page + tab for tab in ("log", "deliveries", "requests", "payloads")]
    single = [f"/flows/{flow['id']}", f"/instances/{quote(store)}", "/connectors/shopify", "/marketplace/shopify"]
    for path in ["/", "/flows", "/runs", "/connectors", "/marketplace", "/lookups", "/settings", *single, *tabs]:
        visit.goto(path)
        expect(page.locator(".main h1").first).to_be_visible()
        expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)
        assert page.evaluate(TOO_WIDE) == [0, 0], path
    visit.button("Menu").click()
    page.get_by_role("link", name="Lookups").click()
    expect(page.get_by_role("heading", name="Lookups")).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()


def test_connectors_whose_file_is_wrong_are_named(visit: Visit, name: str) -> None:
    folder = visit.stage.catalog / name.lower()
    folder.mkdir()
    (folder / "connector.yaml").write_text(f"slug: {name.lower()}\nversion: 1.0.0\ntitel: Wrong\n")
    try:
        visit.goto("/marketplace")
        note = visit.page.locator(".note.amber")
        expect(note).to_contain_text("1 connector cannot be used: its file is not right")
        expect(note).to_contain_text(f"{name.lower()} Line 1: 'title' is missing")
        expect(note).not_to_contain_text(str(visit.stage.folder))
    finally:
        (folder / "connector.yaml").unlink()
        folder.rmdir()
