"""Coming in for the first time, and going out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.stage import Stage
from tests.e2e.visit import visiting

pytestmark = pytest.mark.connected


def test_the_one_time_password_opens_once_and_must_be_changed(browser: Browser, stage: Stage, tmp_path: Path) -> None:
    once = stage.one_time_password()
    chosen = "a password of my own"
    with visiting(browser, stage, None, tmp_path) as visit:
        visit.expected = [r"GET /api/me 401", r"POST /api/sign-in 401", r"GET /api/.* 401"]
        page = visit.page
        visit.goto("/")
        visit.fill("Password", "not the password")
        visit.button("Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("name or the password is wrong")

        visit.fill("Password", once)
        visit.button("Sign in").click()
        expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
        visit.goto("/flows")  # there is no way around it
        expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
        visit.fill("One-time password", once)
        visit.fill("New password", chosen)
        visit.button("Change password").click()
        expect(page.get_by_role("navigation", name="Pages")).to_be_visible()

        visit.button("admin").click()
        page.get_by_role("menuitem", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        visit.goto("/connectors")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        visit.fill("Password", once)
        visit.button("Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        visit.fill("Password", chosen)
        visit.button("Sign in").click()
        expect(page.get_by_role("heading", name="Connectors")).to_be_visible()
