"""Who comes in, and what every answer carries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from tests.api.conftest import Server, StartServer

# What is tested here does not reach the database's dialect; the others of this folder run on both.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def sign_in(server: Server, password: str) -> dict[str, Any]:
    async with server.http.post(server.url + "/api/sign-in", json={"name": "admin", "password": password}) as answer:
        assert answer.status == 200, await answer.text()
        cookie = answer.cookies["weftline_session"]
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "lax"
        assert cookie["path"] == "/"
        return dict(await answer.json())


async def status(server: Server, method: str, path: str, **options: Any) -> int:
    async with server.http.request(method, server.url + path, **options) as answer:
        if answer.status >= 400:
            assert answer.content_type == "application/problem+json"
            problem = await answer.json()
            assert problem["status"] == answer.status
            assert problem["message"]
            assert problem["title"]
        return answer.status


async def test_the_first_sign_in_must_change_the_password(server: Server) -> None:
    password = server.app.first_password
    assert password is not None
    assert (await sign_in(server, password))["user"]["must_change"] is True
    assert await status(server, "GET", "/api/me") == 200
    assert await status(server, "GET", "/api/flows") == 403
    change = {"current": password, "new": "a better password"}
    assert await status(server, "POST", "/api/me/password", json=change) == 403
    assert await status(server, "POST", "/api/me/password", json=change, headers={"X-Weftline": "1"}) == 204
    assert await status(server, "GET", "/api/flows") == 200
    assert await status(server, "POST", "/api/keys", json={"name": "x"}) == 403
    assert await status(server, "POST", "/api/keys", json={"name": "x"}, headers={"X-Weftline": "1"}) == 201
    assert await status(server, "POST", "/api/sign-out", headers={"X-Weftline": "1"}) == 204
    assert await status(server, "GET", "/api/me") == 401


async def test_wrong_sign_ins_are_refused_then_slowed_down(server: Server) -> None:
    bodies = set()
    for name in ("admin", "nobody", "admin", "admin", "admin"):
        async with server.http.post(server.url + "/api/sign-in", json={"name": name, "password": "no"}) as answer:
            assert answer.status == 401
            bodies.add(await answer.text())
    assert len(bodies) == 1
    async with server.http.post(server.url + "/api/sign-in", json={"name": "x", "password": "no"}) as answer:
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) >= 1


async def test_keys_come_and_go(server: Server) -> None:
    made = await server.call("POST", "/api/keys", {"name": "CI"})
    with_key = {"Authorization": f"Bearer {made['key']}"}
    assert (await server.call("GET", "/api/me", headers=with_key))["user"]["name"] == "CI"
    assert "key" not in (await server.call("GET", "/api/keys"))[0]
    await server.call("DELETE", f"/api/keys/{made['id']}", status=204)
    await server.call("GET", "/api/me", headers=with_key, status=401)
    await server.call("POST", "/api/me/password", {"current": "a", "new": "b"}, status=403)


async def test_every_route_needs_someone(server: Server) -> None:
    document = await server.call("GET", "/openapi.json")
    checked = 0
    for path, operations in document["paths"].items():
        for method in operations:
            expected = 401
            if path == "/api/sign-in":
                expected = 422
            elif path.startswith("/health"):
                expected = 200
            given = await status(server, method.upper(), path.replace("{", "").replace("}", ""))
            assert given == expected, (method, path)
            checked += 1
    assert checked > 50
    for path in ("/api", "/api/", "/api/unknown", "/%61pi/flows", "/api/sign-in/"):
        assert await status(server, "GET", path) == 401, path
    assert await status(server, "GET", "/api/me", headers={"Authorization": "Bearer wf_wrong"}) == 401
    assert await status(server, "GET", "/api/me", headers={"Cookie": "weftline_session=wrong"}) == 401
    assert await status(server, "GET", "/api/me", headers={"Cookie": 'weftline_session="'}) == 401


async def test_answers_carry_security_headers(server: Server) -> None:
    for path in ("/", "/health", "/api/me", "/hooks/x"):
        async with server.http.get(server.url + path) as answer:
            assert "script" not in answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert "Server" not in answer.headers
            if path == "/api/me":
                assert answer.headers["Cache-Control"] == "no-store"


async def test_faults_are_problems_that_name_the_place(server: Server) -> None:
    wrong = await server.call("POST", "/api/flows", {"document": {"name": "F", "stepps": []}}, status=422)
    assert wrong["code"] == "definition.document"
    assert "document.stepps" in wrong["message"]
    wrong = await server.call("POST", "/api/keys", {}, status=422)
    assert wrong["message"] == "'name' is missing"
    await server.call("GET", "/api/runs?limit=0", status=422)
    await server.call("PATCH", "/api/flows", status=405)
    await server.call("GET", "/api/nothing", status=404)
    async with server.http.post(
        server.url + "/api/keys", data=b"{oops",
        headers={"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"},
    ) as answer:  # fmt: skip
        assert answer.status == 422
        assert "not JSON" in (await answer.json())["message"]


async def test_a_fault_of_our_own_shows_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the secret is swordfish")

    monkeypatch.setattr(server.app.access, "keys", broken)
    problem = await server.call("GET", "/api/keys", status=500)
    assert "swordfish" not in str(problem)
    reference = problem["hint"].split()[-1]
    assert reference in caplog.text
    assert "swordfish" in caplog.text


async def test_the_web_ui_is_served_with_a_page_for_every_path(
    start_server: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>UI</title>")
    (folder / "assets" / "main-1a2b.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr("weftline.api.routes.static.FOLDER", folder)
    server = await start_server()

    async def get(path: str) -> tuple[int, str, str]:
        async with server.http.get(URL(server.url + path, encoded=True)) as answer:
            return answer.status, answer.headers.get("Cache-Control", ""), await answer.text()

    assert await get("/") == (200, "no-cache", "<title>UI</title>")
    assert await get("/flows/some-flow") == (200, "no-cache", "<title>UI</title>")
    assert await get("/assets/main-1a2b.js") == (200, "public, max-age=31536000, immutable", "1")
    assert (await get("/assets/gone.js"))[0] == 404
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"):
        assert "secret" not in (await get(path))[2], path


async def test_without_the_web_ui_a_page_says_how_to_build_it(
    start_server: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weftline.api.routes.static.FOLDER", tmp_path / "none")
    server = await start_server()
    async with server.http.get(server.url + "/") as answer:
        assert answer.status == 200
        assert "make web" in await answer.text()
