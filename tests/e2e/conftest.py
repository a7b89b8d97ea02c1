"""One server for all journeys; a browser for each file of them, since the driver's loop and pytest's do not mix."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests import summary
from tests.e2e.stage import Stage, open_stage
from tests.e2e.visit import TIMEOUT_MS, Visit, visiting

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server with its UI, a store of 30 orders and an ERP."""
    with open_stage(tmp_path_factory.mktemp("stage")) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        summary.note("Chromium", f"Chromium {launched.version}")
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The session cookie of somebody who has signed in."""
    password = stage.one_time_password()
    context = browser.new_context()
    headers = {"X-Weftline": "1"}
    for path, body in (
        ("sign-in", {"name": "admin", "password": password}),
        ("me/password", {"current": password, "new": stage.password}),
    ):
        answer = context.request.post(f"{stage.url}/api/{path}", data=body, headers=headers)
        assert answer.ok, answer.text()
    path = tmp_path_factory.mktemp("session") / "state.json"
    context.storage_state(path=path)
    context.close()
    return path


@pytest.fixture
def visit(browser: Browser, stage: Stage, signed_in: Path, tmp_path: Path) -> Iterator[Visit]:
    """Somebody who is signed in."""
    with visiting(browser, stage, signed_in, tmp_path) as opened:
        yield opened


@pytest.fixture
def name() -> str:
    """A name that no other journey uses."""
    return f"J{uuid4().hex[:8]}"
