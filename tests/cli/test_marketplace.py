"""``weftline marketplace``: a built and signed folder verifies, and any change to it is refused by name."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile

import pytest

from tests.house.places import ROOT
from weftline.cli import codes
from weftline.cli.main import main
from weftline.errors import DefinitionError
from weftline.marketplace import index, packages, signing


@pytest.fixture
def signed(tmp_path, capsys):
    shutil.copytree(ROOT / "catalog" / "ftp", tmp_path / "catalog" / "ftp")
    out, key = tmp_path / "out", tmp_path / "key.pem"
    assert main(["marketplace", "keygen", str(key)]) == 0
    public = capsys.readouterr().out.strip()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert main(["marketplace", "build", str(tmp_path / "catalog"), "--out", str(out)]) == 0
    assert main(["marketplace", "sign", str(out), "--key", str(key)]) == 0
    capsys.readouterr()
    return out, public


def test_what_was_signed_verifies(signed, capsys):
    out, public = signed
    assert main(["marketplace", "verify", str(out), "--public-key", public]) == 0
    assert "1 packages are as signed" in capsys.readouterr().out
    package = index.verify(out, public).packages[0]
    files = index.open_package(package, (out / package.path).read_bytes())
    source = ROOT / "catalog" / "ftp"
    assert files["connector.yaml"] == (source / "connector.yaml").read_bytes()
    assert files["samples/file.json"] == (source / "samples" / "file.json").read_bytes()


def test_a_package_that_was_changed_is_refused_by_name(signed, capsys):
    out, public = signed
    file = out / index.verify(out, public).packages[0].path
    whole = file.read_bytes()
    for place in range(0, len(whole), 97):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DefinitionError, match="package 'ftp' was changed"):
            index.verify(out, public)
    assert main(["marketplace", "verify", str(out), "--public-key", public]) == codes.FAILED
    assert "'ftp'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["index.json", "index.sig"])
def test_no_byte_of_the_index_or_its_signature_can_be_changed(signed, name):
    out, public = signed
    whole = (out / name).read_bytes()
    for place in range(len(whole)):
        (out / name).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DefinitionError):
            index.verify(out, public)


def test_another_key_is_not_known(signed):
    out, _ = signed
    with pytest.raises(DefinitionError, match="not known"):
        index.verify(out, signing.public_key_of(signing.generate()))


def test_a_build_is_the_same_bytes_and_a_change_is_a_new_revision_without_signature(signed, tmp_path):
    out, _ = signed
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    index.build(tmp_path / "catalog", out)
    assert before == {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    (tmp_path / "catalog" / "ftp" / "README.md").write_text("# Changed\n")
    assert index.build(tmp_path / "catalog", out).revision == 2
    assert not (out / "index.sig").exists()
    assert json.loads((out / "index.json").read_bytes())["revision"] == 2


def test_a_connector_with_an_error_is_not_built(tmp_path):
    (tmp_path / "c" / "bad").mkdir(parents=True)
    (tmp_path / "c" / "bad" / "connector.yaml").write_text("slug: bad\nnonsense: 1\n")
    with pytest.raises(DefinitionError, match="'bad'"):
        index.build(tmp_path / "c", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_key_file_is_never_replaced(tmp_path):
    (tmp_path / "key").write_text("precious")
    assert main(["marketplace", "keygen", str(tmp_path / "key")]) == codes.FAILED
    assert (tmp_path / "key").read_text() == "precious"


def zipped(name: str, content: bytes = b"x", mode: int = stat.S_IFREG) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (mode | 0o644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        package.writestr(entry, content)
    return held.getvalue()


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "samples/../../x", "samples\\..\\x", "C:x", "run.py", "samples//x"]
)
def test_paths_outside_are_refused(name):
    with pytest.raises(DefinitionError, match="'p' holds a path"):
        packages.unpack("p", zipped(name))


def test_links_bombs_and_rubbish_are_refused():
    with pytest.raises(DefinitionError, match="holds a path"):
        packages.unpack("p", zipped("README.md", b"/etc/passwd", stat.S_IFLNK))
    with pytest.raises(DefinitionError, match="too large"):
        packages.unpack("p", zipped("README.md", bytes(packages.MOST_BYTES + 1)))
    with pytest.raises(DefinitionError, match="cannot be opened"):
        packages.unpack("p", b"rubbish")
