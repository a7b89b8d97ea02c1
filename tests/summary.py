"""The closing words of a test run: what ran against what, and what did not run and why.

``note`` is called by the fixture that opens a server; the hooks stand in ``tests/conftest.py``. Where tests run in
several processes (pytest-xdist), the first of them hears of every test and writes the words; what the others noted
reaches it as each ends.
"""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import Any

import pytest

_words: dict[str, str] = {}
_counts: Counter[str] = Counter()
_skipped: Counter[str] = Counter()
_lost: list[str] = []
NOTED = "noted"
FOLDERS = {"e2e": "Chromium", "catalog": "Sandboxes", "cli": "The command line with a server and sandboxes"}
MARKS = {"crash": "Servers killed and started again"}


def note(name: str, words: str) -> None:
    """``name`` was used in this run, and is called ``words`` in the summary."""
    _words[name] = words


def groups(nodeid: str, keywords: object) -> list[str]:
    """What a test ran against, by its parameters, its folder and its marks."""
    path, _, test = nodeid.partition("::")
    parameters = test.partition("[")[2].rstrip("]").split("-")
    found = [name for key, name in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")) if key in parameters]
    found += [name for folder, name in FOLDERS.items() if folder in PurePosixPath(path).parts]
    return found + [name for mark, name in MARKS.items() if mark in keywords]  # type: ignore[operator]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a test when it has been called, or skipped."""
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped[reason.removeprefix("Skipped: ")] += 1
    elif report.when == "call":
        _counts.update(groups(report.nodeid, report.keywords))
        _counts["all"] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a process of several: hand over what was noted."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[NOTED] = dict(_words)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """In the first process: take what another noted; one that died told nothing, and that is said."""
    noted = getattr(node, "workeroutput", {}).get(NOTED)
    if noted is None:
        _lost.append(f"{node.gateway.id} ended early, and what it ran against is not known: {error}")
    else:
        _words.update(noted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The section "ran against"."""
    terminalreporter.section("ran against")
    for name, count in sorted(_counts.items()):
        if name != "all":
            terminalreporter.write_line(f"{_words.get(name, name)}: {count} test{'s' * (count != 1)}")
    for name, words in _words.items():
        if name not in _counts:
            terminalreporter.write_line(f"{words}: used by fixtures")
    for loss in _lost:
        terminalreporter.write_line(loss, red=True)
    if _skipped:
        for reason, count in _skipped.items():
            terminalreporter.write_line(f"SKIPPED {count}: {reason}", red=True)
    else:
        terminalreporter.write_line(f"{_counts['all']} tests ran, none was skipped")
    seed = terminalreporter.config.getoption("randomly_seed", None)
    if seed is not None:
        terminalreporter.write_line(f"in the order of --randomly-seed={seed}")
