"""A file that grows too long holds more than one concept."""

from __future__ import annotations

import pytest

from tests.house.places import ROOT, short, tracked

ASK_ABOVE = 400
REFUSE_ABOVE = 700
REASON = "Why this is long:"
KINDS = {".py", ".ts", ".tsx", ".css", ".sh"}
GENERATED = {"web/src/api/schema.d.ts", "web/src/api/schema.ts"}

CODE = [p for p in tracked() if p.suffix in KINDS and short(p) not in GENERATED]


def faults(name: str, text: str) -> list[str]:
    lines = text.count("\n") + 1
    if lines > REFUSE_ABOVE:
        return [f"{name} has {lines} lines; {REFUSE_ABOVE} are the most"]
    head = "\n".join(text.splitlines()[:30])
    if lines > ASK_ABOVE and REASON not in head:
        return [f"{name} has {lines} lines; split it, or write '{REASON} ...' in its head comment"]
    return []


def test_no_file_is_too_long():
    assert [fault for path in CODE for fault in faults(short(path), path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x\n" * 399, 0),
        ("x\n" * 401, 1),
        (f'"""{REASON} one table."""\n' + "x\n" * 401, 0),
        (f"# {REASON} no\n" + "x\n" * 701, 1),
    ],
)
def test_the_law_itself(text, count):
    assert len(faults("file.py", text)) == count


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_a_page_is_a_page(name):
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= 120
