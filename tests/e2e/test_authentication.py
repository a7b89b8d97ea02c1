"""Every method of a connector is a card; those that ask a person lead to the application's own page and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.consent_server import CONNECTOR, Bank, open_bank
from tests.e2e.visit import Visit

pytestmark = pytest.mark.connected

PEM = "-----BEGIN PRIVATE KEY-----\nnot a key\n-----END PRIVATE KEY-----"


@pytest.fixture
def bank() -> Iterator[Bank]:
    with open_bank() as bank:
        yield bank


def _choose_method(visit: Visit, name: str, bank: Bank, method: str) -> Locator:
    """A connector of its own, and the wizard as far as the credentials of ``method``."""
    visit.expected = [r"GET /api/marketplace/.*/icon 404"]
    visit.stage.install(name.lower(), CONNECTOR.format(slug=name.lower(), title=f"Bank {name}"))
    visit.goto(f"/connectors/{name.lower()}")
    visit.button("Add instance").click()
    wizard = visit.page.get_by_role("dialog")
    visit.fill("Name", f"Account {name}")
    visit.button("Next", within=wizard).click()
    visit.fill("Base URL", bank.base_url)
    visit.button("Next", within=wizard).click()
    wizard.get_by_role("radio").filter(has_text=method).click()
    visit.button("Next", within=wizard).click()
    return wizard


def test_a_person_consents_on_the_page_of_the_application(visit: Visit, name: str, bank: Bank) -> None:
    wizard = _choose_method(visit, name, bank, "Sign in at the bank")
    visit.fill("Client id", "weftline")
    visit.fill("Client secret", "a client's secret")
    visit.button("Check and save", within=wizard).click()
    expect(wizard).to_contain_text(f"Account {name} is saved. One step is left: let Weftline in.")
    with visit.page.expect_popup() as opened:
        visit.button(f"Authorise at Bank {name}", within=wizard).click()
    expect(wizard).to_contain_text(f"Waiting until somebody consents at Bank {name}")
    opened.value.get_by_role("link", name="Allow").click()
    expect(wizard).to_contain_text(f"Bank {name} let Weftline in.")
    visit.button("Done", within=wizard).click()
    visit.page.get_by_role("link", name=f"Account {name}").click()
    expect(visit.page.locator("header .status")).to_have_text("Healthy")
    expect(visit.button("Authorise again")).to_be_visible()


def test_a_code_is_typed_at_the_application(visit: Visit, name: str, bank: Bank) -> None:
    wizard = _choose_method(visit, name, bank, "Code for a device")
    visit.fill("Client id", "weftline")
    visit.fill("Client secret", "a client's secret")
    visit.button("Check and save", within=wizard).click()
    visit.button(f"Authorise at Bank {name}", within=wizard).click()
    expect(wizard.locator(".usercode")).to_have_text("WDJB-MJHT")
    bank.granted.set()
    expect(wizard).to_contain_text(f"Bank {name} let Weftline in.")


def test_a_key_is_read_from_a_file_and_masked(visit: Visit, name: str, bank: Bank, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(PEM)
    wizard = _choose_method(visit, name, bank, "Key pair")
    visit.expected += [r"POST /api/instances 4\d\d"]
    expect(wizard.get_by_label("Certificate")).to_be_hidden()
    visit.button("More credentials", within=wizard).click()
    expect(wizard.get_by_label("Certificate")).to_be_visible()
    with visit.page.expect_file_chooser() as chooser:
        visit.button("Read from a file", within=wizard).first.click()
    chooser.value.set_files(tmp_path / "key.pem")
    key = wizard.get_by_label("Private key")
    expect(key).to_have_value(PEM)
    expect(key).to_have_css("-webkit-text-security", "disc")
    visit.button("Show", within=wizard).click()
    expect(key).to_have_css("-webkit-text-security", "none")
    visit.fill("Client id", "weftline")
    visit.button("Check and save", within=wizard).click()
    expect(wizard.get_by_role("alert")).to_contain_text("is no private key")
