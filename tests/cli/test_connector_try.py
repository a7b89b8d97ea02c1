"""``weftline connector new|try|test``: from an empty folder to a connector that is proven against a server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest
from aiohttp import web


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """A small API: items behind a token, two pages."""

    async def items(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer let-me-in":
            return web.json_response({"error": "who are you?"}, status=401)
        page = int(request.query.get("page", 1))
        found = [{"id": f"{page}-{n}", "price": 9.90} for n in range(3)] if page < 3 else []
        return web.json_response({"items": found, "meta": {"total_pages": 2}})

    ready: list[str] = []
    started, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        app = web.Application()
        app.add_routes([web.get("/items", items)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ready.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        started.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait(10)
    yield ready[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def test_a_newcomers_way_from_an_empty_folder(on_server, tmp_path, api, monkeypatch):
    made = on_server("connector", "new", "tiny-shop", "--base-url", api, "--in", tmp_path)
    assert (made.code, made.err) == (0, "")
    folder = tmp_path / "tiny-shop"
    assert on_server("connector", "lint", folder).code == 0
    again = on_server("connector", "new", "tiny-shop", "--in", tmp_path)
    assert again.code == 1
    assert "is there already" in again.err

    monkeypatch.setenv("TINY_TOKEN", "let-me-in")
    credential = ("--credential", "token=${env:TINY_TOKEN}")
    first = on_server("connector", "try", folder, "items.list", *credential, "--json")
    seen = json.loads(first.out)
    assert "let-me-in" not in first.out
    suggested = {one["field"]: one["value"] for one in seen["suggestions"]}
    assert suggested["items_path"] == "items"
    assert suggested["pagination"]["kind"] == "page_number"

    file = folder / "connector.yaml"
    text = file.read_text()
    text = text.replace('items_path: ""', "items_path: items", 1)
    text = text.replace("pagination: {kind: none}", f"pagination: {json.dumps(suggested['pagination'])}", 1)
    file.write_text(text)
    second = on_server("connector", "try", folder, "items.list", *credential, "--save-sample")
    assert "page 2: GET" in second.out
    assert "goes on with page=2" in second.out
    assert json.loads((folder / "samples" / "item.json").read_text()) == {"id": "1-0", "price": 9.9}

    tested = on_server("connector", "test", folder, *credential)
    assert tested.code == 0, tested
    refused = on_server("connector", "test", folder, "--credential", "token=wrong", "--json")
    assert refused.code == 1
    assert json.loads(refused.out)["endpoints"][0]["well"] is False
    assert on_server("connector", "save", folder, "--yes").code == 0
    assert on_server("connector", "remove", "tiny-shop").code == 0


def test_what_cannot_be_tried_says_so(on_server, tmp_path):
    on_server("connector", "new", "tiny", "--in", tmp_path)
    no_such = on_server("connector", "try", tmp_path / "tiny", "items.lits", "--credential", "token=x")
    assert "did you mean 'items.list'" in no_such.err
    missing = on_server("connector", "try", tmp_path / "tiny", "items.list")
    assert "'token'" in missing.err
    assert on_server("connector", "try", "nobody", "x").code == 1
