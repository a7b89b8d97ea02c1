"""``weftline connector``: own files, one-file exports, differences, the way back, copies, on a running server."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from weftline.model import Connector
from weftline.model.yaml import read_document

OWN = {
    "slug": "parcel", "version": "0.1.0", "title": "Parcel", "category": "shipping",
    "variables": [{"key": "base_url", "title": "Base URL", "required": True}],
    "auth": [{"key": "none", "kind": "none", "title": "No authentication"}],
    "transport": {"kind": "http", "base_url": "{{ base_url }}"},
    "check": "labels.list",
    "endpoints": [{
        "key": "labels.list", "title": "List labels", "entity": "label", "direction": "receive",
        "request": {"path": "/labels"}, "items_path": "labels", "sample": "samples/label.json",
    }],
}  # fmt: skip


def write(folder: Path, **changes: object) -> Path:
    (folder / "samples").mkdir(parents=True, exist_ok=True)
    (folder / "samples" / "label.json").write_text('{"id": 7, "price": 1.50}')
    (folder / "connector.yaml").write_text(yaml.safe_dump(OWN | changes))
    return folder


def test_an_own_connector_from_file_to_file(on_server, tmp_path):
    folder = write(tmp_path / "parcel")
    saved = on_server("connector", "save", folder, "--yes")
    assert (saved.code, saved.err) == (0, "")
    out = tmp_path / "one.yaml"
    assert on_server("connector", "export", "parcel", "--out", out).code == 0
    exported = read_document(out, Connector)
    assert str(exported.samples["samples/label.json"]["price"]) == "1.50"

    newer = write(tmp_path / "newer", version="0.2.0", endpoints=[OWN["endpoints"][0] | {"key": "labels.all"}],
                  check="labels.all")  # fmt: skip
    told = json.loads(on_server("connector", "diff", "parcel", newer, "--json").out)
    assert (told["added"], told["breaking"]) == (["endpoint labels.all"], ["endpoint labels.list is removed"])
    between_files = on_server("connector", "diff", folder, newer).out
    assert "breaking: endpoint labels.list is removed" in between_files

    assert "- endpoint labels.list" in on_server("connector", "save", newer, "--yes").out
    assert "0.1.0" in on_server("connector", "history", "parcel").out
    assert "0.2.0 -> 0.1.0" in on_server("connector", "rollback", "parcel").out
    assert on_server("connector", "duplicate", "parcel", "parcel-two").code == 0
    assert "parcel-two" in on_server("connector", "export", "parcel-two").out
    for slug in ("parcel", "parcel-two"):
        assert on_server("connector", "remove", slug).code == 0


def test_a_file_that_is_not_right_is_not_saved(on_server, tmp_path):
    folder = write(tmp_path / "parcel", check=None, auth=[{"key": "x", "kind": "guess", "title": "X"}])
    refused = on_server("connector", "save", folder, "--yes")
    assert refused.code == 1
    assert "guess" in refused.err
    assert on_server("connector", "export", "parcel").code == 1
