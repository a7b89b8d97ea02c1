"""The composition root: one server a data folder, clean starts and stops."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import FLOW, Acme, Server, StartServer
from weftline.app import SERVER_FILE, App, serve
from weftline.errors import ConflictError, SettingsError
from weftline.kernel import json
from weftline.settings import load


async def test_a_schedule_starts_a_run_by_itself(server: Server, acme: Acme) -> None:
    flow = await server.set_up(acme, FLOW | {"triggers": [{"kind": "schedule", "every": "1 second"}]})
    async with asyncio.timeout(20):
        while len(acme.kept) < 3:
            await asyncio.sleep(0.1)
    await server.call("POST", f"/api/flows/{flow['id']}/enabled", {"enabled": False})
    runs = await server.call("GET", "/api/runs")
    assert {run["trigger"] for run in runs} == {"schedule"}
    assert (await server.call("GET", f"/api/flows/{flow['key']}"))["triggers"] == ["every 1 second"]


async def test_the_server_file_tells_where_it_is(start_server: StartServer) -> None:
    server = await start_server(WEFTLINE_PUBLIC_URL="https://weftline.example")
    told = json.decode((server.folder / SERVER_FILE).read_bytes())
    assert told["pid"] == os.getpid()
    assert told["url"].startswith("http://127.0.0.1:")
    assert server.app.url == "https://weftline.example"


def _settings(tmp_path: Path, **more: str) -> Any:
    return load({"WEFTLINE_DATA_DIR": str(tmp_path / "data"), "WEFTLINE_PORT": "0"} | more)


async def test_a_second_server_of_a_data_folder_is_refused(tmp_path: Path) -> None:
    app = await App.open(_settings(tmp_path))
    try:
        with pytest.raises(ConflictError, match=f"in use by the server with process id {os.getpid()}"):
            await App.open(_settings(tmp_path))
    finally:
        await app.close()
    again = await App.open(_settings(tmp_path))
    assert again.first_password is None
    await again.close()
    assert not (tmp_path / "data" / SERVER_FILE).exists()


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    listener = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    with pytest.raises(SettingsError, match=f"cannot listen on 127.0.0.1:{port}"):
        await serve(_settings(tmp_path, WEFTLINE_PORT=str(port)))
    listener.close()
    await listener.wait_closed()


async def test_a_wrong_master_key_is_named_and_nothing_stays_open(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="WEFTLINE_MASTER_KEY"):
        await App.open(_settings(tmp_path, WEFTLINE_MASTER_KEY="short"))
    app = await App.open(_settings(tmp_path))
    await app.close()


async def test_sigterm_ends_a_server_with_open_streams(tmp_path: Path, catalog: Path, acme: Acme) -> None:
    program = (
        "import asyncio, sys\n"
        "from weftline.app import serve\n"
        "from weftline.settings import load\n"
        "asyncio.run(serve(load(), ready=lambda app: print(app.url, flush=True)))\n"
        "print('ended', flush=True)\n"
    )
    data = tmp_path / "data"
    environ = os.environ | {
        "WEFTLINE_DATA_DIR": str(data), "WEFTLINE_PORT": "0", "WEFTLINE_CATALOG_DIR": str(catalog),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        url = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
        shown = b""
        while not shown.startswith(b"    password "):
            shown = await asyncio.wait_for(process.stderr.readline(), 10)
        assert len(shown.split()[-1]) == 23
        client = Server(_Address(url), data)  # type: ignore[arg-type]
        flow = await client.set_up(acme)
        acme.gate.clear()
        run = await client.call("POST", f"/api/flows/{flow['id']}/run", {})
        headers = {"Authorization": f"Bearer {client.key}"}
        stream = await client.http.get(f"{url}/api/runs/{run['id']}/live", headers=headers)
        await stream.content.readline()
        process.send_signal(signal.SIGTERM)
        left = await asyncio.wait_for(process.stdout.read(), 15)
        assert await asyncio.wait_for(process.wait(), 15) == 0
        assert left == b"ended\n"
        assert not (data / SERVER_FILE).exists()
        stream.close()
        await client.http.close()
    finally:
        acme.gate.set()
        if process.returncode is None:
            process.kill()
            await process.wait()


class _Address:
    """As much of an app as a client needs."""

    def __init__(self, url: str) -> None:
        self.url = url
