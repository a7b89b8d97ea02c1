"""Where things stand."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "weftline"


@cache
def tracked() -> list[Path]:
    """Every file that is, or is about to be, in the repository (ignored files are not)."""
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if out.returncode:  # an exported tree without Git
        skipped = {".venv", ".tools", "node_modules", ".git", "data", "dist", "static"}
        return [p for p in sorted(ROOT.rglob("*")) if p.is_file() and not skipped & set(p.relative_to(ROOT).parts)]
    return [path for name in out.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def sources(suffix: str = ".py") -> list[Path]:
    """Our own package's files."""
    return [path for path in tracked() if SRC in path.parents and path.suffix == suffix]


def rooms() -> list[Path]:
    """The package's top folders."""
    return sorted(
        {SRC / path.relative_to(SRC).parts[0] for path in sources() if len(path.relative_to(SRC).parts) > 1}
    )


def short(path: Path) -> str:
    """A path as people say it."""
    return str(path.relative_to(ROOT))
