"""Imports only go down, and drivers stay in their file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.house.places import ROOT, rooms

COMMAND = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]


def test_every_import_contract_is_kept():
    done = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_room_stands_on_a_floor():
    contract = (ROOT / ".importlinter").read_text()
    words = {word.strip("()") for word in contract.split()}
    assert [room.name for room in rooms() if room.name not in words] == []


def test_a_wrong_import_is_noticed(tmp_path):
    """The contract itself can fail: the lowest floor made to import the highest."""
    package = tmp_path / "weftline"
    for name in ("", "cli", "errors"):
        (package / name).mkdir(parents=True, exist_ok=True)
        (package / name / "__init__.py").write_text("")
    (package / "errors" / "__init__.py").write_text("import weftline.cli\n")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = weftline\n[importlinter:contract:floors]\nname = floors\ntype = layers\n"
        "containers = weftline\nlayers =\n    cli\n    errors\n"
    )
    done = subprocess.run(
        COMMAND, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout
    assert "weftline.errors is not allowed to import weftline.cli" in done.stdout
