"""The demonstration's own judgement, and the fingerprint that tells whether the web UI must be built."""

from __future__ import annotations

import importlib
import socket
import sys
from types import ModuleType

import pytest

from tests.house.places import ROOT


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch):
    """Imports a script by its name."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))

    def load(name: str) -> ModuleType:
        sys.modules.pop(name, None)
        return importlib.import_module(name)

    return load


def test_the_demo_counts_what_arrived_once_again_and_never(script):
    demo = script("demo")
    assert demo.count({"a", "b", "c", "d"}, {"a": 1, "b": 2, "c": 1, "other": 1}) == (2, 1, 1)
    assert demo.count(set(), {}) == (0, 0, 0)


def test_the_demo_names_a_port_that_is_taken(script):
    demo = script("demo")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(demo.DemoError, match=f"port {port} of 127.0.0.1, which Weftline needs, is taken"):
            demo.refuse_taken("Weftline", port)
    demo.refuse_taken("Weftline", port)


def test_the_web_ui_is_built_again_only_when_its_source_has_changed(script, monkeypatch, tmp_path):
    build = script("build_web")
    monkeypatch.setattr(build, "WEB", tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "node_modules").mkdir()
    source = tmp_path / "src" / "a.ts"
    source.write_text("1")
    first = build.fingerprint()
    (tmp_path / "node_modules" / "b.js").write_text("x")
    assert build.fingerprint() == first
    source.write_text("2")
    assert build.fingerprint() != first
