"""What all sandboxes share: faults, log, control endpoints, the server, the runner and its file."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from weftline.errors import DocumentError, NotFoundError, SettingsError, SetupError
from weftline.testing.sandboxes import RunningSandbox, SandboxServer, discover, find, main, read_file, running

REPOSITORY = Path(__file__).resolve().parents[2]
SHOP = "/admin/api/2025-01/shop.json"
TOKEN = {"X-Shopify-Access-Token": "demo-token"}


@pytest.fixture(scope="module")
def running_store() -> Iterator[RunningSandbox]:
    with running("shopify", {"orders": 3}) as sandbox:
        yield sandbox


@pytest.fixture
def store(running_store: RunningSandbox) -> RunningSandbox:
    running_store.reset()
    return running_store


def get(sandbox: RunningSandbox, path: str = SHOP) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    try:
        connection.request("GET", path, headers=TOKEN)
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()


def statuses(sandbox: RunningSandbox, count: int, path: str = SHOP) -> list[int]:
    return [get(sandbox, path)[0] for _ in range(count)]


def test_a_fault_strikes_as_often_as_it_says(store: RunningSandbox) -> None:
    store.set_faults([{"match": "GET */shop.json", "status": 503, "times": 2, "retry_after": 1.5}])
    assert get(store)[1]["Retry-After"] == "1.5"
    assert statuses(store, 3) == [503, 200, 200]
    store.set_faults([{"match": "* *", "status": 500, "every": 3, "after": 1}])
    assert statuses(store, 7) == [200, 200, 200, 500, 200, 200, 500]
    store.set_faults(
        [{"match": "PUT *", "status": 500}, {"match": "GET *products*", "status": 502, "times": "for_ever"}]
    )
    assert statuses(store, 2) == [200, 200]
    assert statuses(store, 3, "/admin/api/2025-01/products.json?limit=1") == [502] * 3
    assert store.control("GET", "faults")["faults"][1]["hits"] == 3
    assert store.control("DELETE", "faults") == {"faults": []}
    assert statuses(store, 1) == [200]


def test_a_fault_shapes_the_answer(store: RunningSandbox) -> None:
    store.set_faults([{"status": 422, "body": {"errors": {"name": ["is odd"]}}}])
    assert json.loads(get(store)[2]) == {"errors": {"name": ["is odd"]}}
    store.set_faults([{"not_json": True}])
    status, headers, body = get(store)
    assert (status, headers["Content-Type"]) == (200, "text/html")
    assert body.startswith(b"<html>")
    store.set_faults([{"delay_s": 0.2}])
    began = time.monotonic()
    assert get(store)[0] == 200
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(("cut", "requests"), [(True, 0), ("after_work", 1)])
def test_a_cut_connection_gives_no_answer(store: RunningSandbox, cut: Any, requests: int) -> None:
    store.set_faults([{"cut": cut, "times": 1}])
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        get(store)
    assert store.stats()["requests"] == requests
    assert get(store)[0] == 200


def test_bad_faults_are_refused(store: RunningSandbox) -> None:
    for content in ([{"mach": "GET *"}], {"status": 500}, [{"every": 0}]):
        with pytest.raises(urllib.error.HTTPError) as caught:
            store.control("POST", "faults", content)
        with caught.value as error:
            assert error.code == 400
    assert get(store)[0] == 200


def test_log_and_reset(store: RunningSandbox) -> None:
    get(store)
    get(store, "/admin/api/2025-01/orders.json?limit=1")
    log = store.log()
    assert [(entry["method"], entry["path"].rsplit("/")[-1], entry["status"]) for entry in log] == [
        ("GET", "shop.json", 200),
        ("GET", "orders.json", 200),
    ]
    assert "demo-token" not in json.dumps(log)
    store.set_faults([{"status": 500}])
    store.reset()
    assert store.log() == []
    assert store.stats()["requests"] == 0
    assert get(store)[0] == 200


def test_a_failing_sandbox_answers_500_and_lives(store: RunningSandbox, caplog: pytest.LogCaptureFixture) -> None:
    # No fault of ours is known: this one is made, in the application of a second store.
    with running("shopify", {"orders": 1}) as other:
        assert other.control("GET", "stats")["failed"] == 0
        app = other._server._app  # type: ignore[union-attr]
        app._route = lambda request: 1 / 0  # type: ignore[attr-defined]
        assert statuses(other, 2) == [500, 500]
        assert other.stats()["failed"] == 2
    assert "sandbox failed on GET" in caplog.text
    assert get(store)[0] == 200


def raw(sandbox: RunningSandbox, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=10) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def test_the_server_keeps_order_when_requests_are_sent_at_once(store: RunningSandbox) -> None:
    store.set_faults([{"match": "GET */shop.json", "delay_s": 0.1, "times": 1}])
    head = b"Host: x\r\nX-Shopify-Access-Token: demo-token\r\n"
    first = b"GET /admin/api/2025-01/shop.json HTTP/1.1\r\n" + head + b"\r\n"
    second = b"GET /admin/api/2025-01/orders/count.json HTTP/1.1\r\n" + head + b"\r\n"
    last = b"GET /nothing HTTP/1.1\r\nConnection: close\r\n" + head + b"\r\n"
    received = raw(store, first + second + last)
    assert [received.find(text) > 0 for text in (b'"shop"', b'"count"', b"Not Found")] == [True] * 3
    assert received.find(b'"shop"') < received.find(b'"count"') < received.find(b"Not Found")


def test_the_server_reads_chunks_and_refuses_nonsense(store: RunningSandbox) -> None:
    faults = b'[{"status": 418}]'
    chunked = b"POST /_sandbox/faults HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (faults[:5], faults[5:])) + b"0\r\n\r\n"
    assert b'"status":418' in raw(store, chunked + body)
    assert raw(store, b"NONSENSE\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert get(store)[0] == 418


def test_discovery_names_what_there_is() -> None:
    assert set(discover()) >= {"shopify", "netsuite"}
    assert discover(REPOSITORY / "catalog")["shopify"].slug == "shopify"
    with pytest.raises(NotFoundError, match="did you mean 'shopify'"):
        find("shopfy")
    with pytest.raises(NotFoundError, match="no catalog folder"):
        discover(REPOSITORY / "no-such-folder")


def test_only_loopback_is_listened_on(store: RunningSandbox) -> None:
    app = find("shopify").build({"orders": 1})
    with pytest.raises(SettingsError, match="not listen"):
        SandboxServer(app, host="0.0.0.0")
    with pytest.raises(SetupError, match="not free"), running("shopify", {"orders": 1}, port=store.port):
        pass


def test_the_example_file_names_three_stores_and_one_account() -> None:
    placements, catalog = read_file(REPOSITORY / "examples/orders-to-netsuite/sandboxes.yaml")
    assert catalog == REPOSITORY / "catalog"
    assert [(p.slug, p.port) for p in placements] == [
        ("shopify", 9911),
        ("shopify", 9912),
        ("shopify", 9913),
        ("netsuite", 9920),
    ]
    for placement in placements:
        find(placement.slug, catalog).build(
            placement.options | ({"orders": 1} if placement.slug == "shopify" else {})
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sandboxes: [", "line 1"),
        ("sandboxes: []", "key 'sandboxes'"),
        ("sandboxes: [{slug: shopify, prot: 1}]", r"sandboxes\.0\.prot"),
    ],
)
def test_a_bad_file_is_named_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "sandboxes.yaml"
    file.write_text(text)
    with pytest.raises(DocumentError, match=message):
        read_file(file)


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "shopify", "--option", "orders"]) == 2
    assert "key=value" in capsys.readouterr().err
    assert main(["run", "shopify", "--option", "ordres=1"]) == 2
    assert "did you mean 'orders'" in capsys.readouterr().err
    assert main(["--file", "missing.yaml"]) == 2
    assert "missing.yaml" in capsys.readouterr().err
    assert main(["list"]) == 0
    assert capsys.readouterr().out.split() == sorted(discover())


def test_a_file_of_sandboxes_runs_in_one_process_until_told_to_stop(tmp_path: Path) -> None:
    file = tmp_path / "sandboxes.yaml"
    file.write_text(
        f"catalog: {REPOSITORY / 'catalog'}\n"
        "sandboxes:\n"
        "  - {slug: shopify, name: uk, options: {store: uk, orders: 5}}\n"
        "  - {slug: shopify, name: eu, options: {store: eu, orders: 7}}\n"
        "  - {slug: netsuite}\n"
    )
    command = [sys.executable, "-m", "weftline.testing.sandboxes", "--file", str(file)]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "src")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline().split(" listens on ") for _ in range(3)]
            orders = []
            for _, url in lines:
                with urllib.request.urlopen(f"{url.strip()}/_sandbox/stats", timeout=10) as response:
                    orders.append(json.load(response)["orders"])
            assert [name for name, _ in lines] == ["shopify (uk)", "shopify (eu)", "netsuite"]
            assert orders == [5, 7, 0]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
