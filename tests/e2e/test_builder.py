"""A connector made in the browser: begun from an address, learnt from answers, saved, edited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.small_api import TOKEN, small_api
from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected
NO_ICON = r"GET /api/marketplace/.*/icon 404"  # a connector of one's own has none


SEND = """  - key: items.create
    title: Create an item
    entity: item
    direction: send
    request: {method: POST, path: /items, body: "{{ payload }}"}
    idempotency: {kind: none, record_key: "{{ payload.name }}"}
    result_path: "{{ body.id }}"
    sample: samples/new.json
samples:
  samples/new.json: {name: bolt}
"""


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with small_api() as address:
        yield address


def test_a_connector_is_made_from_nothing(visit: Visit, name: str, api: str) -> None:
    page, title = visit.page, f"Tiny {name}"
    visit.expected = [NO_ICON, "POST /api/builder/try 422"]
    visit.goto("/connectors/new")
    visit.fill("Title", title)
    visit.fill("Base URL", api)
    visit.fill("Path of a list", "/items")
    visit.button("Begin").click()
    console = page.locator(".buildconsole")
    visit.button("Try", within=console).click()
    expect(console.get_by_role("alert")).to_contain_text("token")
    console.get_by_label("Token").fill(TOKEN)
    visit.button("Try", within=console).click()
    suggestions = console.get_by_role("list", name="Suggestions")
    expect(suggestions).to_contain_text("'items' is a list of 3 objects")
    visit.button("Apply Items path", within=console).click()
    visit.button("Apply Pagination", within=console).click()
    expect(suggestions.get_by_text("Applied")).to_have_count(2)
    expect(page.get_by_role("region", name="Answer").get_by_label("Items path")).to_have_value("items")
    expect(page.get_by_role("combobox", name="Pagination")).to_have_value("Page number")

    visit.button("Try", within=console).click()
    expect(console).to_contain_text("6 records on 2 pages.")
    expect(console.get_by_role("list", name="Pages")).to_contain_text("Goes on with page=2.")
    expect(console.get_by_role("cell", name="1-0", exact=True)).to_be_visible()
    console.get_by_text("Schema", exact=True).click()
    expect(console.locator(".schematree")).to_contain_text("tags list of string")
    visit.button("Request and answer", within=console).first.click()
    expect(console.locator(".tried").first).to_contain_text("total_pages")
    visit.button("Keep as sample", within=console).click()

    page.get_by_text("YAML", exact=True).click()
    file = page.get_by_label("Connector file")
    assert "items_path: items" in file.input_value()
    assert "# Where the records stand" in file.input_value()
    assert "price: 9.90\n" in file.input_value()
    assert "samples/item.json:" in file.input_value()
    assert TOKEN not in page.locator("body").inner_text()
    visit.button("Save connector").click()
    expect(page.get_by_text(f"{title} is saved. Next: an instance.")).to_be_visible()
    expect(page.get_by_text("your own", exact=True)).to_be_visible()

    assert TOKEN not in page.content()
    visit.button("Add instance").click()
    wizard = page.get_by_role("dialog", name=f"New {title} instance")
    visit.fill("Name", f"Account {name}")
    visit.button("Next", within=wizard).click()
    visit.button("Next", within=wizard).click()
    visit.fill("Token", TOKEN)
    visit.button("Check and save", within=wizard).click()
    expect(wizard).to_contain_text(f"Account {name} answered and accepted the credentials.")


def test_a_record_is_sent_from_the_console(visit: Visit, api: str) -> None:
    page = visit.page
    visit.goto("/connectors/new")
    visit.fill("Title", "Sender")
    visit.fill("Base URL", api)
    visit.fill("Path of a list", "/items")
    visit.button("Begin").click()
    page.get_by_text("YAML", exact=True).click()
    file = page.get_by_label("Connector file")
    file.fill(file.input_value() + SEND)
    visit.choose("Endpoint to test", "items.create")
    console = page.locator(".buildconsole")
    record = console.get_by_label("Record")
    expect(record).to_have_value('{\n  "name": "bolt"\n}')
    record.fill('{"name": "nut"}')
    console.get_by_label("Token").fill(TOKEN)
    visit.button("Send it", within=console).click()
    expect(console).to_contain_text("The application took the record.")
    expect(console).to_contain_text("The application calls it made-nut; its key in the ledger is nut.")


def test_an_edit_shows_what_it_changes_and_is_undone(visit: Visit, name: str) -> None:
    page, slug, title = visit.page, name.lower(), f"Shop {name}"
    visit.stage.add_to_catalog(slug, title)
    visit.stage.api("POST", "/connectors", {"slug": slug})
    visit.goto(f"/connectors/{slug}/edit")
    save = visit.button("Save")
    expect(save).to_be_disabled()
    summary = page.get_by_label("Summary")
    summary.fill("Our own words")
    expect(page.get_by_text("Changes are not saved")).to_be_visible()
    visit.button("Undo").click()
    expect(page.get_by_text("Everything is saved")).to_be_visible()
    visit.button("Redo").click()
    expect(summary).to_have_value("Our own words")

    page.get_by_role("navigation", name="Parts of the connector").get_by_text("customers.list").click()
    visit.button("Remove customers.list").click()
    page.get_by_role("link", name="Connectors").first.click()
    leave = page.get_by_role("dialog", name="Leave without saving?")
    visit.button("Stay here", within=leave).click()
    save.click()
    dialog = page.get_by_role("dialog", name=f"Save {title}")
    expect(dialog.get_by_role("alert")).to_contain_text("endpoint customers.list is removed")
    visit.button("Save", within=dialog).click()
    expect(page.get_by_text(f"{title} is saved.")).to_be_visible()
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_text("edited", exact=True)).to_be_visible()
    expect(page.get_by_text("customers.list")).to_have_count(0)


def test_what_is_wrong_is_shown_at_its_line(visit: Visit) -> None:
    page = visit.page
    visit.goto("/connectors/new")
    visit.button("Paste a file instead").click()
    file = page.get_by_label("Connector file")
    text = file.input_value()
    file.fill(text.replace("    pagination: {kind: none}", "    pagination: {kind: pages}\n    colour: red"))
    problem = page.get_by_role("list", name="Problems").get_by_role("button").first
    expect(problem).to_contain_text("Unknown key 'colour'")
    expect(visit.button("Save connector")).to_be_disabled()
    problem.click()
    assert page.evaluate("getSelection().toString()") == "    colour: red"
    file.fill(text.replace("auth:", "auth: ["))
    expect(page.get_by_role("alert").first).to_contain_text("Line ")
    file.fill(text)
    expect(page.get_by_role("alert")).to_have_count(0)
