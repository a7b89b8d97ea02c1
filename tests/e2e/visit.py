"""A person's visit: a page of the browser that is watched for errors and for secrets."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Request

from tests.e2e.stage import Stage

TIMEOUT_MS = 15_000


@dataclass
class Visit:
    """One page, and what it said and received."""

    page: Page
    stage: Stage
    faults: list[str] = field(default_factory=list)
    """Errors on the console, exceptions, requests that failed."""
    refused: list[str] = field(default_factory=list)
    """Answers from 400 to 499, as ``POST /api/sign-in 401``: a journey says which it expects."""
    expected: list[str] = field(default_factory=list)
    answers: int = 0
    """Answers of the API that were searched for secrets."""

    def goto(self, path: str) -> None:
        """Open a page of the UI."""
        self.page.goto(self.stage.url + path)

    def button(self, name: str, *, within: Locator | None = None) -> Locator:
        """The button of exactly that name."""
        return (within or self.page).get_by_role("button", name=name, exact=True)

    def fill(self, label: str, value: str) -> None:
        """Type into the field of that label; a star for a required field is no part of its name."""
        self.page.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?$")).first.fill(value)

    def choose(self, label: str, option: str) -> None:
        """Pick from a drop-down list."""
        self.page.get_by_label(label, exact=True).first.click()
        self.page.get_by_role("option", name=option, exact=True).click()
        self.page.keyboard.press("Tab")  # a list of several choices stays open

    def assert_no_secret_in_sight(self) -> None:
        """No credential stands in the page."""
        content = self.page.content()
        assert not [name for name, value in self.stage.secrets.items() if value in content]

    def watch(self) -> None:
        """Note everything that should not be."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        self.page.on("requestfinished", self._finished)
        self.page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        # The browser itself reports each answer of 400 and above; those are looked at in _finished.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _finished(self, request: Request) -> None:
        with contextlib.suppress(Error):  # gone with the page that asked
            answer = request.response()
            if answer is None:
                return
            place = f"{request.method} {request.url.removeprefix(self.stage.url)}"
            if answer.status >= 500:
                self.faults.append(f"{place} {answer.status}")
            elif answer.status >= 400:
                self.refused.append(f"{place} {answer.status}")
            if "/api/" in request.url:
                body = answer.text()
                self.answers += 1
                self.faults += [f"{place} tells the {n}" for n, v in self.stage.secrets.items() if v in body]

    def _failed(self, request: Request) -> None:
        # Leaving a page ends what it still waits for.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"{request.method} {request.url}: {request.failure}")

    def check(self) -> None:
        """At the end of a journey: nothing was wrong that the journey did not expect."""
        unexpected = [one for one in self.refused if not any(re.fullmatch(pattern, one) for pattern in self.expected)]
        wrong = self.faults + unexpected
        assert not wrong, wrong
        assert self.answers
        self.assert_no_secret_in_sight()


@contextlib.contextmanager
def visiting(browser: Browser, stage: Stage, state: Path | None, pictures: Path) -> Iterator[Visit]:
    """A fresh browser profile, signed in if ``state`` is given; the last sight is kept as a picture."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, storage_state=state, reduced_motion="reduce", locale="en-GB"
    )
    context.set_default_timeout(TIMEOUT_MS)
    visit = Visit(context.new_page(), stage)
    visit.watch()
    try:
        yield visit
        visit.check()
    finally:
        with contextlib.suppress(Error):
            visit.page.screenshot(path=pictures / "last.png")
        context.close()
