"""A lookup's life: made, filled by hand and from a file, searched, removed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected


def test_a_lookup_is_made_filled_and_removed(visit: Visit, name: str, tmp_path: Path) -> None:
    page, lookup = visit.page, f"Codes {name}"
    visit.expected = [r"GET /api/lookups/.* 404"]
    visit.goto("/lookups")
    visit.button("New lookup").click()
    visit.fill("Name", lookup)
    visit.button("Make it").click()
    expect(page.get_by_text("No rows yet")).to_be_visible()
    visit.button("Add the first row").click()
    page.get_by_label("Left value", exact=True).fill("uk")
    page.get_by_label("Right value", exact=True).fill("101")
    visit.button("Add a row").click()
    page.get_by_label("Left value", exact=True).first.fill("uk")
    expect(page.get_by_text("Stands twice")).to_have_count(2)
    expect(visit.button("Save")).to_be_disabled()
    page.get_by_label("Left value", exact=True).first.fill("de")
    page.get_by_label("Right value", exact=True).first.fill("102")
    visit.button("Save").click()
    expect(page.get_by_text(f"{lookup} is saved with 2 rows.")).to_be_visible()
    stored = f"/lookups/{quote(lookup)}"
    assert visit.stage.api("GET", stored)["rows"] == [["de", "102"], ["uk", "101"]]

    (tmp_path / "codes.csv").write_text('left,right\nfr,103\n"it, south","1""04"\n')
    with page.expect_file_chooser() as chooser:
        visit.button("Read a CSV file").click()
    chooser.value.set_files(tmp_path / "codes.csv")
    visit.button("Save").click()
    expect(page.get_by_text(f"{lookup} is saved with 2 rows.").last).to_be_visible()
    expect(visit.button("Discard")).to_have_count(0)
    assert visit.stage.api("GET", stored)["rows"] == [["fr", "103"], ["it, south", '1"04']]
    page.get_by_placeholder("Left or right value").fill("south")
    expect(page.get_by_label("Left value", exact=True)).to_have_value("it, south")

    visit.button(f"More for {lookup}").click()
    page.get_by_role("menuitem", name="Remove").click()
    visit.fill(f"Type “{lookup}” to confirm", lookup)
    visit.button("Remove", within=page.get_by_role("dialog")).click()
    expect(page.get_by_text(f"{lookup} is removed.")).to_be_visible()
    expect(page.get_by_role("link", name=lookup)).to_have_count(0)
