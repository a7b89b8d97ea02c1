"""What the docs say can be done is done here: marked commands run, files are read, links lead somewhere.

Fenced blocks marked ``bash run`` are run, in the order of the page and in one folder; ``yaml file=NAME`` is written
to that folder first, ``yaml connector=NAME`` when its place in the page is reached; ``yaml workspace`` is read as a
workspace file. Ports of the example's sandboxes are replaced by
free ones.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.house.places import ROOT, short, tracked
from weftline.cli.read_workspace import read_workspace
from weftline.connectors.lint import lint
from weftline.model import Connector
from weftline.testing.sandboxes import running

PAGES = [path for path in tracked() if path.suffix == ".md" and "reference" not in path.relative_to(ROOT).parts[:2]]
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
SANDBOXES = yaml.safe_load((ROOT / "examples" / "orders-to-netsuite" / "sandboxes.yaml").read_text())["sandboxes"]


def blocks(path: Path) -> list[tuple[str, str, str]]:
    return [(found[1], found[2].strip(), found[3]) for found in BLOCK.finditer(path.read_text("utf-8"))]


RUN = [path for path in PAGES if any(mark == "run" for _, mark, _ in blocks(path))]


@pytest.fixture
def ports() -> Iterator[dict[str, str]]:
    """The example's sandboxes on free ports; 9911 and so on to the port taken."""
    places = [place for place in SANDBOXES if place.get("name") in (None, "uk")]
    opened = [running(place["slug"], place["options"], catalog=ROOT / "catalog").start() for place in places]
    try:
        yield {str(place["port"]): str(sandbox.port) for place, sandbox in zip(places, opened, strict=True)}
    finally:
        for sandbox in opened:
            sandbox.stop()


@pytest.mark.parametrize("page", RUN, ids=short)
def test_marked_commands_of_a_page_run(page: Path, tmp_path: Path, ports: dict[str, str]):
    def placed(text: str) -> str:
        for wanted, free in ports.items():
            text = text.replace(wanted, free)
        return text

    own = {name: value for name, value in os.environ.items() if not name.startswith("WEFTLINE_")}
    # The port is free for sure, so that a server of whoever runs the tests is in nobody's way.
    own |= {"WEFTLINE_DATA_DIR": str(tmp_path / "data"), "WEFTLINE_PORT": "0"}
    own["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    script = "set -euo pipefail\n"
    for language, mark, text in blocks(page):
        if mark.startswith("file="):
            (tmp_path / mark.removeprefix("file=")).write_text(placed(text))
        elif mark.startswith("connector="):
            script += f"cat > {mark.removeprefix('connector=')} <<'THE_FILE'\n{placed(text)}THE_FILE\n"
        elif language == "bash" and mark == "run":
            script += placed(text)
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=own, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_files_shown_on_a_page_can_be_read(page: Path, tmp_path: Path):
    for number, (language, mark, text) in enumerate(blocks(page)):
        if language in ("yaml", "yml"):
            assert yaml.safe_load(text) is not None
            if mark.startswith("connector="):
                wrong = [one.message for one in lint(Connector.model_validate(yaml.safe_load(text)))]
                assert wrong == []
            if mark == "workspace" or mark.startswith("file="):
                file = tmp_path / f"{number}.yaml"
                file.write_text(text)
                names = dict.fromkeys(re.findall(r"\$\{env:(\w+)\}", text), "x")
                assert read_workspace(file, names)
        elif language == "python":
            compile(text, short(page), "exec")
        elif language == "bash":
            done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_links_lead_somewhere(page: Path):
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{short(page)} points at {target}"


def test_some_pages_are_run():
    assert {path.stem for path in RUN} >= {"first-flow", "install"}
