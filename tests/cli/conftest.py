"""One server and two sandboxes for the tests of commands; each test has a name space of its own in them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.places import ROOT
from weftline.cli.connection import is_up
from weftline.cli.main import main
from weftline.cli.server_file import read_server_file
from weftline.settings import Settings
from weftline.testing.sandboxes import RunningSandbox, running

COMMAND = [sys.executable, "-m", "weftline.cli.main"]
CREDENTIALS = {
    "STORE_TOKEN": "demo-token",
    "ERP_CONSUMER_KEY": "demo-consumer-key",
    "ERP_CONSUMER_SECRET": "demo-consumer-secret",
    "ERP_TOKEN_ID": "demo-token-id",
    "ERP_TOKEN_SECRET": "demo-token-secret",
}


@dataclass
class Result:
    """What a command left."""

    code: int
    out: str
    err: str


Weftline = Callable[..., Result]


@pytest.fixture(scope="session")
def store() -> Iterator[RunningSandbox]:
    """A store of 30 orders."""
    with running("shopify", {"store": "uk", "orders": 30}, catalog=ROOT / "catalog") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def erp_server() -> Iterator[RunningSandbox]:
    """An ERP account."""
    with running("netsuite", catalog=ROOT / "catalog") as sandbox:
        yield sandbox


@pytest.fixture
def erp(erp_server: RunningSandbox) -> Iterator[RunningSandbox]:
    """The account, empty and without faults."""
    erp_server.reset()
    yield erp_server
    erp_server.reset()


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A fresh data folder, and no settings of the person who runs the tests."""
    for name in list(os.environ):
        if name.startswith("WEFTLINE_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "data"
    monkeypatch.setenv("WEFTLINE_DATA_DIR", str(folder))
    monkeypatch.setenv("COLUMNS", "160")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def weftline(clean: Path, capsys: pytest.CaptureFixture[str]) -> Weftline:
    """Runs a command in this process."""

    def call(*words: str) -> Result:
        capsys.readouterr()
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a server that runs in a process of its own."""
    folder = tmp_path_factory.mktemp("server") / "data"
    env = {name: value for name, value in os.environ.items() if not name.startswith("WEFTLINE_")}
    env |= {"WEFTLINE_DATA_DIR": str(folder), "WEFTLINE_LOG_LEVEL": "warning"}
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(folder, process)
        yield folder
    finally:
        process.terminate()
        process.wait(30)


def _await(folder: Path, process: subprocess.Popen[bytes]) -> None:
    import asyncio

    until = time.monotonic() + 60
    while True:
        noted = read_server_file(Settings(data_dir=folder))
        if noted is not None and asyncio.run(is_up(noted.url)):
            return
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.1)


@pytest.fixture
def on_server(weftline: Weftline, server_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Weftline:
    """Runs a command against the running server."""
    monkeypatch.setenv("WEFTLINE_DATA_DIR", str(server_folder))
    return weftline


@pytest.fixture
def workspace(tmp_path: Path, store: RunningSandbox, erp: RunningSandbox) -> Callable[..., Path]:
    """Writes a workspace file with one store, one ERP and one flow, all of the given name."""

    def write(name: str, *, token: str = "${env:STORE_TOKEN}") -> Path:
        file = tmp_path / "workspace.yaml"
        file.write_text(f"""\
connectors:
  - {{slug: shopify}}
  - {{slug: netsuite}}
instances:
  - name: Store {name}
    connector: shopify
    credentials: {{token: "{token}"}}
    variables: {{store: uk, base_url: "{store.base_url}"}}
    rate_limit: {{amount: 500, unit: second}}
  - name: ERP {name}
    connector: netsuite
    credentials:
      consumer_key: "${{env:ERP_CONSUMER_KEY}}"
      consumer_secret: "${{env:ERP_CONSUMER_SECRET}}"
      token_id: "${{env:ERP_TOKEN_ID}}"
      token_secret: "${{env:ERP_TOKEN_SECRET}}"
    variables: {{account: DEMO_1, base_url: "{erp.base_url}"}}
flows:
  - name: Orders {name}
    settings: {{variables: [{{key: mark, value: plain}}]}}
    steps:
      - {{id: pull, shape: connector, instance: Store {name}, endpoint: orders.list}}
      - id: order
        shape: map
        rules:
          - {{to: externalId, from: "{name}-{{{{ payload.id }}}}"}}
          - {{to: entity.externalId, from: payload.email}}
          - {{to: memo, from: "{{{{ vars.mark }}}}"}}
          - {{to: "item.items[*].item.externalId", from: "payload.line_items[*].sku"}}
      - {{id: push, shape: connector, instance: ERP {name}, endpoint: sales_orders.upsert}}
    deploy: true
""")
        return file

    return write
