"""Consent from end to end: a person lets an instance in, the application takes it back, runs wait and go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from tests.auth.conftest import oauth_server
from tests.engine.acme import Acme, acme_connector, acme_running
from tests.engine.conftest import Work
from weftline.app import App
from weftline.errors import CredentialRejectedError, NotFoundError
from weftline.kernel import json
from weftline.store import connectors, notices
from weftline.workspace import Workspace
from weftline.workspace.consents import CALLBACK

__all__ = ["oauth_server"]
pytestmark = [pytest.mark.connected, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def acme() -> AsyncIterator[Acme]:
    async with acme_running() as running:
        yield running


async def add_instance(app: App, acme: Acme, address: str, name: str, **auth: Any) -> str:
    """An instance that needs consent, of a connector of its own, and a flow of the same name."""
    option = {
        "key": "consent", "kind": "oauth2_code", "title": "Consent", "authorize_url": f"{address}/auth",
        "token_url": f"{address}/token", "scopes": ["orders", "offline_access"],
        "credentials": [{"key": "client_id", "title": "Id"}, {"key": "client_secret", "title": "Secret"}],
    } | auth  # fmt: skip
    await app.db.write(lambda connection: connectors.put(connection, acme_connector([option], name.lower())))
    pull = {"id": "pull", "shape": "connector", "instance": name, "endpoint": "items.list"}
    document = {
        "instances": [
            {
                "name": name, "connector": name.lower(), "variables": {"base_url": acme.address},
                "credentials": {"client_id": "weftline", "client_secret": "secret weftline"},
            }
        ],
        "flows": [{"name": name, "deploy": True, "steps": [pull, pull | {"id": "push", "endpoint": "items.put"}]}],
    }  # fmt: skip
    await app.workspace.apply(Workspace.model_validate(document))
    return str((await app.instances.get(name))["id"])


async def say_yes(url: str, until: str) -> dict[str, str]:
    """A browser that consents; the query that it is sent back with."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        while not url.startswith(until):
            async with browser.get(url, allow_redirects=False) as answer:
                assert answer.status in (302, 303), await answer.text()
                url = str(answer.url.join(URL(answer.headers["Location"])))
    return dict(URL(url).query)


async def test_runs_wait_for_consent_and_go_on_by_themselves(opened: App, acme: Acme, oauth_server: str) -> None:
    work = Work(opened, None, None)  # type: ignore[arg-type]
    instance_id = await add_instance(opened, acme, oauth_server, "Consented")
    acme.items = [{"id": f"I{n}", "changed": "2026-01-01T10:00:00Z"} for n in range(5)]
    acme.kept.clear()
    assert (await opened.instances.get(instance_id))["health"] == "needs_authorisation"
    flow_id = str((await opened.flows.get("Consented"))["id"])

    parked = await work.run(flow_id)
    assert (parked["status"], parked["error"]["context"]["instance"]) == ("parked", "Consented")

    asked = await opened.consents.ask(instance_id)
    assert "code_challenge" in asked["url"]
    answer = await say_yes(asked["url"], opened.url + CALLBACK)
    assert await opened.consents.come_back(answer) == "Consented"
    assert (await opened.consents.look(instance_id, asked["id"]))["state"] == "granted"
    with pytest.raises(NotFoundError, match=r"used already|not known"):
        await opened.consents.come_back(answer)

    found: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        while not found:
            await asyncio.sleep(0.1)
            found = [run for run in await opened.engine.runs(flow_id) if run["retry_of"] == parked["id"]]
    (next_run,) = found
    done = await work.end(next_run["id"])
    assert (done["status"], done["confirmed"], len(acme.kept)) == ("success", 5, 5)
    assert (await opened.engine.run(parked["id"]))["status"] == "failed"
    await opened.engine._intake.unpark(parked["id"])  # once more, as by another worker
    assert len([run for run in await opened.engine.runs(flow_id) if run["retry_of"] == parked["id"]]) == 1
    assert (await opened.instances.get(instance_id))["health"] == "healthy"

    # The application takes its consent back amid the work: refreshed once, refused, parked, authorised, done.
    session = await opened.sessions.get("Consented")
    assert session.auth.token is not None
    withdrawn = session.auth.token.value
    acme.lets_in = lambda header: header != f"Bearer {withdrawn}"
    refreshed = await work.run(flow_id)
    assert refreshed["status"] == "success"
    assert session.auth.token.value != withdrawn
    shown = json.encode_text(
        [refreshed, await opened.engine.exchanges(refreshed["id"]), await opened.instances.list()]
    )
    for secret in (session.auth.token.value, session.auth.token.refresh, "secret weftline"):
        assert secret not in shown

    # Whatever we refresh, it is refused: runs wait again, and people are told.
    acme.lets_in = lambda _: False
    assert (await work.run(flow_id))["status"] == "parked"
    assert (await work.run(flow_id))["status"] == "parked"
    told = [await opened.db.write(lambda connection: notices.claim(connection, "2999-01-01T00:00:00Z")) for _ in "ab"]
    assert [notice and notice.title for notice in told] == ["Consented needs authorisation", None]
    acme.lets_in = lambda _: True


async def test_a_person_who_refuses_is_told_so(opened: App, acme: Acme, oauth_server: str) -> None:
    instance_id = await add_instance(
        opened, acme, oauth_server, "Refused", authorize_url=f"{oauth_server}/auth?login_hint=nobody"
    )
    asked = await opened.consents.ask(instance_id)
    answer = await say_yes(asked["url"], opened.url + CALLBACK)
    with pytest.raises(CredentialRejectedError):
        await opened.consents.come_back(answer)
    assert (await opened.consents.look(instance_id, asked["id"]))["state"] == "refused"
    with pytest.raises(NotFoundError):
        await opened.consents.come_back({"state": "guessed", "code": "x"})
