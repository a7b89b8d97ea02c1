"""Make the README's pictures from the demo: `make demo` in one terminal, then `python scripts/pictures.py PASSWORD`.

PASSWORD is the administrator's; a one-time password is changed to one that nobody needs to know.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

URL = "http://127.0.0.1:8400"
IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def sign_in(page: Page, password: str) -> None:
    page.goto(URL)
    page.fill("input[type=password]", password)
    page.click("button[type=submit]")
    page.wait_for_timeout(1500)
    if page.get_by_text("Choose a password").count():
        fields = page.locator("input[type=password]")
        fields.nth(0).fill(password)
        fields.nth(1).fill(secrets.token_urlsafe(18))
        page.click("button[type=submit]")
        page.wait_for_timeout(1500)


def shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(1500)
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=IMAGES / f"{name}.png")


def main(password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
        sign_in(page, password)
        shoot(page, "home")
        page.goto(f"{URL}/connectors")
        shoot(page, "connectors")
        page.goto(f"{URL}/flows")
        page.click("tr.go")
        page.wait_for_timeout(1500)
        page.locator(".react-flow__node").nth(2).click()
        shoot(page, "flow")
        page.goto(f"{URL}/runs")
        page.click("tr.go")
        shoot(page, "run")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
