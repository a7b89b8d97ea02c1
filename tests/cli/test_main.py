"""The command as a whole: help, usage, errors, and a server for the time of a command."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, CREDENTIALS
from tests.house.places import ROOT
from weftline import access, app
from weftline.cli import codes, connection, server_file
from weftline.cli.main import app as commands
from weftline.settings import Settings

VERBS = [
    "serve", "apply", "plan", "export", "run", "runs", "run-log", "stop", "retry", "cursors", "sandbox",
    "doctor",
    "connector lint", "connector list", "connector install", "connector update", "connector remove",
    "connector save", "connector export", "connector diff", "connector history", "connector rollback",
    "connector duplicate", "connector new", "connector try", "connector test", "connector import",
    "instance list", "instance check", "instance authorise", "instance duplicate",
    "marketplace build", "marketplace keygen", "marketplace sign", "marketplace verify",
    "keys create", "keys list", "keys remove", "admin reset-password",
]  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_for_itself_and_its_parameters(weftline, verb):
    done = weftline(*verb.split(), "--help")
    assert done.code == 0
    usage, _, rest = done.out.partition("\n\n")
    assert verb in usage
    assert rest.strip()[0].isupper(), "begins with a sentence"


def test_the_list_of_verbs_is_whole():
    found = {command.name or command.callback.__name__.replace("_", "-") for command in commands.registered_commands}
    for group in commands.registered_groups:
        for command in group.typer_instance.registered_commands:
            found.add(f"{group.name} {command.name or command.callback.__name__}")
    assert found == set(VERBS)


@pytest.mark.parametrize(
    "words",
    [
        ["nosuch"],
        ["run"],
        ["run", "x", "--no-such"],
        ["runs", "--limit", "0"],
        ["serve", "--port", "x"],
        ["sandbox", "run"],
    ],
)
def test_a_command_that_is_not_understood_ends_with_64(weftline, words):
    done = weftline(*words)
    assert done.code == codes.USAGE
    assert done.err.startswith("weftline: ")
    assert "--help" in done.err
    assert done.err.count("\n") == 1


def test_the_version(weftline):
    assert weftline("--version").out.startswith("weftline 0.")


def test_codes_tell_how_a_run_ended():
    assert [codes.of_status(s) for s in ("success", "failed", "partial_success", "stopped", "running", "queued")] == [
        0, 1, 2, 3, 3, 3,
    ]  # fmt: skip


def test_names_that_are_written_twice_to_load_quickly():
    assert connection.LOCAL_KEY_FILE == access.LOCAL_KEY_FILE
    assert (server_file.SERVER_FILE, server_file.LOCK_FILE) == (app.SERVER_FILE, app.LOCK_FILE)


def test_help_does_not_load_the_server():
    code = "import sys, weftline.cli.main; print([m for m in ('sqlalchemy', 'dbos', 'fastapi') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_the_local_key_never_leaves_the_machine(tmp_path):
    (tmp_path / "local.key").write_text("wf_secret\n")
    settings = Settings(data_dir=tmp_path)
    assert connection._local_key(settings, "http://127.0.0.1:1") == "wf_secret"
    assert connection._local_key(settings, "https://weftline.example") is None


def test_no_server_at_the_address(weftline, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = weftline("runs", "--url", f"http://127.0.0.1:{port}")
    assert done.code == 1
    assert f":{port}" in done.err
    assert "weftline serve" in done.err
    monkeypatch.setenv("WEFTLINE_URL", "nonsense")
    assert "'nonsense' is not the address" in weftline("runs").err


def test_an_address_that_is_no_weftline_is_said_to_be_none(weftline, store):
    done = weftline("runs", "--url", store.base_url)
    assert done.code == 1
    assert "is it a Weftline server?" in done.err


def test_a_wrong_setting_is_named(weftline, monkeypatch):
    monkeypatch.setenv("WEFTLINE_PORT", "many")
    done = weftline("runs")
    assert done.code == 1
    assert "WEFTLINE_PORT" in done.err


def test_apply_and_run_with_nothing_else(clean: Path, workspace, erp):
    """The two commands one after the other, each with a server of its own, and a run that outlives its command."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("WEFTLINE_")}
    env |= CREDENTIALS | {"WEFTLINE_DATA_DIR": str(clean)}
    run = {"env": env, "capture_output": True, "text": True, "check": False, "timeout": 120}
    applied = subprocess.run([*COMMAND, "apply", str(workspace("alone"))], **run)
    assert applied.returncode == 0, applied.stderr
    assert "password" in applied.stderr, "the first start says how to sign in"
    done = subprocess.run([*COMMAND, "run", "Orders alone", "--wait", "--json"], **run)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sources"][0]["confirmed"] == 30
    assert erp.stats()["by_prefix"] == {"alone": 30}
    assert not (clean / "server.json").exists(), "no note of a server that has ended"

    erp.reset()
    erp.set_faults([{"match": "PUT *", "delay_s": 0.5}])
    left = subprocess.run([*COMMAND, "run", "Orders alone"], **run)
    assert left.returncode == 0, left.stderr
    assert "goes on when a server starts" in left.stdout
    run_id = left.stdout.split()[1]
    impatient = subprocess.run([*COMMAND, "run", "Orders alone", "--wait", "--timeout", "1"], **run)
    assert impatient.returncode == 3
    assert "at the next start" in impatient.stderr
    assert "Traceback" not in impatient.stderr + left.stderr
    assert "WARNING" not in impatient.stderr + left.stderr
    erp.set_faults([])
    for _ in range(20):
        shown = subprocess.run([*COMMAND, "runs", "--json"], **run)
        row = next(row for row in json.loads(shown.stdout) if row["id"] == run_id)
        if row["status"] == "success":
            break
    assert row["status"] == "success"
    assert erp.stats()["by_prefix"] == {"alone": 30}


def test_serve_ends_with_a_signal_and_leaves_no_note(clean: Path):
    env = os.environ | {"WEFTLINE_DATA_DIR": str(clean)}
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline().decode()
        assert line.startswith("Weftline answers at http://127.0.0.1:")
        second = subprocess.run(
            [*COMMAND, "serve", "--port", "0"], env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert second.returncode == 1
        assert "in use" in second.stderr
        assert "Traceback" not in second.stderr
        server.send_signal(signal.SIGINT)
        assert server.wait(30) in (0, 130)
        assert not (clean / "server.json").exists()
    finally:
        if server.poll() is None:
            server.kill()
        server.wait(10)
        server.stdout.close()


def test_a_note_of_a_killed_server_does_not_mislead(weftline, clean: Path):
    clean.mkdir()
    (clean / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:9", "pid": os.getppid()}))
    (clean / "server.lock").write_text("")
    began = time.monotonic()
    assert asyncio.run(connection._running(Settings(data_dir=clean))) is None
    assert time.monotonic() - began < 5


def test_lint_of_the_catalog_and_of_a_broken_file(weftline, tmp_path):
    assert weftline("connector", "lint", "shopify", str(ROOT / "catalog" / "netsuite")).code == 0
    file = tmp_path / "connector.yaml"
    file.write_text((ROOT / "catalog" / "shopify" / "connector.yaml").read_text().replace("pacing:", "paceing:"))
    broken = weftline("connector", "lint", str(file))
    assert broken.code == 1
    assert "unknown key 'paceing'" in broken.out
    assert "did you mean 'pacing'" in broken.out
    assert weftline("connector", "lint", "shopfy").code == 1


def test_the_doctor_finds_what_is_wrong(weftline, monkeypatch, tmp_path):
    def found(*, code: int) -> dict[str, dict[str, str]]:
        done = weftline("doctor", "--json")
        assert done.code == code, done.out
        return {finding["what"]: finding for finding in json.loads(done.out)}

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        free = holder.getsockname()[1]
    monkeypatch.setenv("WEFTLINE_PORT", str(free))
    assert {finding["level"] for finding in found(code=0).values()} <= {"ok", "warning"}
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", free))
        holder.listen()
        assert "WEFTLINE_PORT" in found(code=1)["server"]["hint"]
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WEFTLINE_DATA_DIR", str(tmp_path / "file"))
    assert found(code=1)["data folder"]["level"] == "error"
    monkeypatch.setenv("WEFTLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WEFTLINE_DATABASE_URL", "postgresql://weftline:hidden@127.0.0.1:9/none")
    database = found(code=1)["database"]
    assert database["level"] == "error"
    assert "hidden" not in json.dumps(database)
    monkeypatch.setenv("WEFTLINE_DATABASE_URL", "")
    monkeypatch.setenv("WEFTLINE_CATALOG_DIR", str(tmp_path / "nowhere"))
    assert found(code=1)["catalog"]["level"] == "error"
    monkeypatch.setenv("WEFTLINE_LOG_LEVEL", "loud")
    assert found(code=1)["settings"]["level"] == "error"
