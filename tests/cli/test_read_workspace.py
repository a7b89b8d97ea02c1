"""Workspace files: read, merged, and every fault named with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.places import ROOT
from weftline.cli.read_workspace import read_env_file, read_workspace
from weftline.errors import DocumentError

STEPS = "flows:\n  - name: F\n    steps:\n"
EXAMPLE = ROOT / "examples" / "orders-to-netsuite"


def write(folder: Path, text: str, name: str = "w.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_the_example_is_read_whole():
    document = read_workspace(EXAMPLE / "workspace.yaml", read_env_file(EXAMPLE / "demo.env"))
    assert [entry["name"] for entry in document["instances"]] == [
        "Shopify UK",
        "Shopify EU",
        "Shopify US",
        "NetSuite",
    ]
    assert document["instances"][0]["credentials"] == {"token": "demo-uk-token"}
    assert document["lookups"][0] == {
        "name": "Store codes", "rows": [["Shopify UK", "uk"], ["Shopify EU", "eu"], ["Shopify US", "us"]],
    }  # fmt: skip


def test_a_folder_is_one_workspace(tmp_path):
    write(tmp_path, "flows: []\nconnectors: [{slug: b}]\n", "2.yaml")
    write(tmp_path, "connectors: [{slug: a}]\n", "1.yaml")
    write(tmp_path, "", "3.yaml")
    assert read_workspace(tmp_path, {}) == {"connectors": [{"slug": "a"}, {"slug": "b"}]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("connectors:\n  - {slug: a}\n  - {slug: a}\n", ["w.yaml:3", "connector 'a'", "w.yaml:2"]),
        ("conectors: []\n", ["w.yaml:1", "unknown key 'conectors'", "did you mean 'connectors'"]),
        ("instances:\n  - name: A\n    conector: x\n", ["w.yaml:3", "unknown key", "conector"]),
        ("instances:\n  - name: A\n", ["w.yaml:2", "connector", "missing"]),
        ("a: [\n", ["w.yaml:"]),
        ("- a\n", ["w.yaml", "keys and values"]),
        (
            "instances:\n  - name: A\n    connector: x\n    credentials:\n      token: ${env:NO_SUCH}\n",
            ["w.yaml:5", "NO_SUCH", "token"],
        ),
        ("lookups:\n  - name: L\n    file: none.csv\n", ["w.yaml:3", "none.csv"]),
        ("lookups:\n  - {name: L, file: three.csv}\n", ["three.csv:2", "3 columns"]),
        ("lookups:\n  - {name: L, file: good.csv, rows: [[a, b]]}\n", ["w.yaml:2", "both"]),
        (STEPS + "      - {id: a, shape: filtr}\n", ["w.yaml:4", "filtr", "did you mean 'filter'"]),
        (
            STEPS + "      - id: a\n        shape: connector\n        instanc: X\n        endpoint: e\n",
            ["w.yaml:6", "instanc", "did you mean 'instance'"],
        ),
        (
            "flows:\n  - name: F\n    triggers:\n      - {kind: schedule, evry: 5 minutes}\n",
            ["w.yaml:4", "evry"],
        ),
        (STEPS + "      - {id: a, shape: map, rules: []}\n" * 2, ["two steps"]),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(tmp_path, text, said):
    write(tmp_path, "a,b\na,b,c\n", "three.csv")
    write(tmp_path, "a,b\n", "good.csv")
    with pytest.raises(DocumentError) as caught:
        read_workspace(write(tmp_path, text), {})
    for words in said:
        assert words in str(caught.value)


def test_the_same_name_in_two_files_is_a_fault(tmp_path):
    write(tmp_path, "connectors: [{slug: a}]\n", "1.yaml")
    write(tmp_path, "connectors: [{slug: a}]\n", "2.yaml")
    with pytest.raises(DocumentError, match=r"2\.yaml:1: .*1\.yaml:1"):
        read_workspace(tmp_path, {})


def test_missing_files_are_named(tmp_path):
    with pytest.raises(DocumentError, match="no file or folder"):
        read_workspace(tmp_path / "none", {})
    (tmp_path / "empty").mkdir()
    with pytest.raises(DocumentError, match=r"no \*\.yaml"):
        read_workspace(tmp_path / "empty", {})


def test_lookups_read_csv_as_spreadsheets_write_it(tmp_path):
    (tmp_path / "l.csv").write_bytes('\ufeffLeft,Right\r\n"a, b",1\r\n\r\nc,""\r\n'.encode())
    document = read_workspace(write(tmp_path, "lookups:\n  - {name: L, file: l.csv}\n"), {})
    assert document["lookups"][0]["rows"] == [["a, b", "1"], ["c", ""]]


def test_an_env_file(tmp_path):
    file = write(tmp_path, "# note\n\nexport A=1\nB='two words'\nC=x=y\n", "e.env")
    assert read_env_file(file) == {"A": "1", "B": "two words", "C": "x=y"}
    with pytest.raises(DocumentError, match=r"e\.env:1"):
        read_env_file(write(tmp_path, "no value\n", "e.env"))
    with pytest.raises(DocumentError, match=r"none\.env"):
        read_env_file(tmp_path / "none.env")
