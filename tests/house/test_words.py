"""Words that have no place in the tree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.places import ROOT, SRC, short, sources, tracked
from weftline.transports import TRANSPORTS

TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".ts", ".tsx", ".css", ".sh", ".html", ".svg", ".env", ""}
HERE = Path(__file__).resolve()
FILES = [
    path
    for path in tracked()
    if path.suffix in TEXT
    and path != HERE
    and path.name not in ("uv.lock", "package-lock.json")
    and path.stat().st_size < 2_000_000
]
PLACEHOLDERS = re.compile(
    r"\b(?:TODO|FIXME|HACK|TBD)\b|(?i:lorem ipsum|coming soon|not implemented yet|(?:#|//) ?todo\b)"
)
MACHINE = re.compile(r"(?:/work/|/root/|/home/[a-z]|/Users/[a-zA-Z]|[A-Z]:\\Users)")
ENVIRON = re.compile(r"\bos\.(?:environ|getenv|putenv)\b|from os import .*\b(?:environ|getenv)\b")
ENVIRON_ALLOWED = {"src/weftline/settings.py", "src/weftline/app.py"}


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    found = []
    for path in files:
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{short(path)}:{number}: {line.strip()[:100]}")
    return found


def test_nothing_is_left_for_later():
    assert lines_with(PLACEHOLDERS, FILES) == []


def test_no_path_of_somebodys_machine():
    assert lines_with(MACHINE, FILES) == []


def test_no_vendor_is_named_in_the_source():
    names = {path.parent.name for path in tracked() if path.name == "connector.yaml" and "catalog" in path.parts}
    names -= set(TRANSPORTS.kinds())  # a connector of a protocol's name stands for no vendor
    assert names, "the catalog is empty"
    vendors = re.compile("|".join(re.escape(name) for name in sorted(names)), re.IGNORECASE)
    assert lines_with(vendors, [path for path in FILES if SRC in path.parents]) == []


def test_the_environment_is_read_in_one_place():
    assert lines_with(ENVIRON, [p for p in sources() if short(p) not in ENVIRON_ALLOWED]) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (PLACEHOLDERS, "# todo: later"),
        (MACHINE, 'open("/home/x/file")'),
        (ENVIRON, "value = os.environ['A']"),
        (ENVIRON, "from os import environ"),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern, line):
    assert pattern.search(line)


def test_no_large_or_binary_file_is_tracked():
    large = [short(p) for p in tracked() if p.stat().st_size > 1_000_000 and p.name not in ("uv.lock",)]
    binary = [
        short(p)
        for p in tracked()
        if p.suffix not in (".png", ".jpg", ".woff2", ".ico") and b"\0" in p.read_bytes()[:4096]
    ]
    assert large + binary == []
    pictures = [p for p in tracked() if p.suffix in (".png", ".jpg")]
    assert [short(p) for p in pictures if (ROOT / "docs" / "images") not in p.parents] == []
