"""SMTP from the catalog, in a session and through a flow, against a real server and one that breaks off."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from tests import summary
from tests.engine.conftest import Work
from tests.transports.files_servers import POLICY
from tests.transports.smtp_servers import CUT, LOGIN, MailServer, exim, scripted

from weftline.app import App
from weftline.connectors import RetryPolicy, Session
from weftline.connectors.lint import lint
from weftline.connectors.pacing import Pacer
from weftline.errors import ConnectError, CredentialRejectedError, RequestRejectedError
from weftline.model import Connector, Instance
from weftline.model.yaml import read_document
from weftline.settings import load
from weftline.transports.http import HttpConnections
from weftline.workspace import Workspace

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
CONNECTOR = read_document(CATALOG / "smtp" / "connector.yaml", Connector)
PLAIN = {"host": "127.0.0.1", "sender": "Shop <shop@example.test>", "security": "none (unencrypted)", "wait_s": 0.05}
FILTERS = {"to": "{{ payload.email }}", "subject": "{{ payload.subject }}", "text": "It comes."}

pytestmark = pytest.mark.connected


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with exim() as opened:
        summary.note("Exim", opened.words)
        yield opened


@pytest.fixture
async def sessions() -> AsyncIterator[Any]:
    connections, opened = HttpConnections(POLICY), []

    def session(variables: Mapping[str, Any], credentials: Mapping[str, str], auth: str) -> Session:
        instance = Instance(name="Post", connector="smtp", auth=auth, variables=variables)
        retry = RetryPolicy(tries=3, base_s=0.01, cap_s=0.02, patience_s=20)
        opened.append(Session(CONNECTOR, instance, uuid4().hex, credentials, connections, Pacer(), retry))
        return opened[-1]

    yield session
    for one in opened:
        await one.close()
    await connections.close()


async def send(session: Session, record: Any, endpoint: str = "mail.send", key: str = "key", **filters: Any) -> Any:
    prepared = session.prepare(endpoint, record, {}, FILTERS | filters)
    return await session.send(endpoint, prepared, key)


def record(**more: Any) -> dict[str, Any]:
    return {"email": "ann@example.test", "subject": uuid4().hex} | more


def test_the_linter_has_nothing_to_say():
    assert lint(CONNECTOR, CATALOG / "smtp") == []


async def test_a_record_becomes_a_mail(sessions, server):
    order = record(files=[{"name": "bill.pdf", "content_type": "application/pdf", "base64": "AAEC"}])
    session = sessions(server.config | {"sender": "Shop <shop@example.test>"}, LOGIN, "login")
    await session.check()
    answer = await send(session, order, cc="bob@example.test", attachments="{{ payload.files }}", html="<p>It</p>")
    (mail,) = server.mails(order["subject"])
    assert (answer.result_id, mail["From"]) == (mail["Message-ID"], "Shop <shop@example.test>")
    (bill,) = mail.iter_attachments()
    assert (bill.get_filename(), bill.get_content()) == ("bill.pdf", b"\0\1\2")
    with pytest.raises(RequestRejectedError, match="line break"):
        await send(session, record(subject="a\nBcc: eve@example.test"))


async def test_a_wrong_password_fails_the_check(sessions, server):
    session = sessions(server.config | {"sender": "a@b.test"}, LOGIN | {"password": "wrong"}, "login")
    with pytest.raises(CredentialRejectedError):
        await session.check()


async def test_what_is_put_off_is_tried_again_and_arrives_once(sessions):
    put_off = ["451 4.7.1 greylisted", "421 4.3.2 a moment"]
    async with scripted(RCPT=put_off, END=["452 4.3.1 disk full"]) as script:
        answer = await send(sessions(PLAIN | {"port": script.port}, {}, "none"), record())
        assert answer.decoded()["accepted"] == ["ann@example.test"]
        assert len(script.mails) == 2, "the first was refused at its end"


@pytest.mark.parametrize(("endpoint", "mails"), [("mail.send", 1), ("mail.send_surely", 2)])
async def test_a_mail_that_may_have_arrived(sessions, endpoint, mails):
    async with scripted(END=[CUT]) as script:
        session = sessions(PLAIN | {"port": script.port}, {}, "none")
        if endpoint == "mail.send":
            with pytest.raises(ConnectError) as lost:
                await send(session, record(), endpoint)
            assert lost.value.context["uncertain"] is True
        else:
            await send(session, record(), endpoint)
        named = {line for mail in script.mails for line in mail.split(b"\r\n") if line.startswith(b"Message-ID:")}
        assert (len(script.mails), len(named)) == (mails, 1)
        again = sessions(PLAIN | {"port": script.port}, {}, "none")
        await send(again, record(), endpoint)  # of another person's decision, under the same key
        assert named.pop() in script.mails[-1]


async def test_a_token_is_fetched_and_shown(sessions):
    async def token(request: web.Request) -> web.Response:
        asked.append(dict(await request.post()))
        return web.json_response({"access_token": "t-1", "token_type": "Bearer", "expires_in": 3600})

    asked: list[dict[str, Any]] = []
    application = web.Application()
    application.router.add_post("/token", token)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    async with scripted("AUTH XOAUTH2") as script:
        mailbox = {"port": script.port, "mailbox": "shop@example.test", "token_url": address, "scope": "mail"}
        session = sessions(PLAIN | mailbox, {"client_id": "me", "client_secret": "hush"}, "oauth2_client")
        await send(session, record())
        await send(session, record())
        shown = base64.b64decode(script.heard[1].removeprefix("AUTH XOAUTH2 "))
        assert shown == b"user=shop@example.test\1auth=Bearer t-1\1\1"
        assert (len(asked), asked[0]["scope"], len(script.mails)) == (1, "mail", 2)
    await runner.cleanup()


@pytest.fixture
async def work(tmp_path) -> AsyncIterator[Work]:
    app = await App.open(
        load(
            {
                "WEFTLINE_DATA_DIR": str(tmp_path),
                "WEFTLINE_CATALOG_DIR": str(CATALOG),
                "WEFTLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'weftline.db'}",
            }
        )
    )
    yield Work(app, None, None)  # type: ignore[arg-type]
    await app.close()


async def deployed(work: Work, server: MailServer, orders: list[Any], *steps: Any, **flow: Any) -> str:
    """A flow of these steps behind the orders; its id."""
    post = {
        "name": "Post", "connector": "smtp", "auth": "login", "credentials": LOGIN,
        "variables": server.config | {"sender": "Shop <shop@example.test>"},
    }  # fmt: skip
    first = {"id": "orders", "shape": "manual_payload", "payload": orders}
    flows = [{"name": "Mails", "deploy": True, "steps": [first, *steps]} | flow]
    document = {"connectors": [{"slug": "smtp"}], "instances": [post], "flows": flows}
    await work.app.workspace.apply(Workspace.model_validate(document))
    return str((await work.app.flows.get("Mails"))["id"])


def mail_step(name: str, **filters: str) -> dict[str, Any]:
    return {
        "id": name,
        "shape": "connector",
        "instance": "Post",
        "endpoint": "mail.send",
        "filters": FILTERS | filters,
    }


async def test_a_flow_sends_a_mail_per_record_and_a_retry_what_is_missing(server, work):
    subject = uuid4().hex
    orders = [{"email": f"n{n}@example.test", "subject": subject} for n in range(20)]
    orders[7]["email"], orders[13]["email"] = "nobody@example.test", "no address"
    run = await work.run(await deployed(work, server, orders, mail_step("mail")))
    assert (run["status"], run["confirmed"], run["failed"]) == ("partial_success", 18, 2)
    try:
        (server.folder / "hired").touch()
        again = await work.end(await work.engine.retry(run["id"]))
    finally:
        (server.folder / "hired").unlink()
    assert (again["status"], again["confirmed"], again["failed"]) == ("partial_success", 19, 1)
    got = [str(mail["Envelope-to"]) for mail in server.mails(subject, 19)]
    names = ["nobody", *(f"n{n}" for n in range(20) if n not in (7, 13))]
    assert sorted(got) == sorted(f"{name}@example.test" for name in names)


async def test_what_fails_becomes_a_mail_to_somebody(server, work):
    subject = uuid4().hex
    orders = [{"email": "ann@example.test", "subject": "x"}, {"email": "nobody@example.test", "subject": "y"}]
    text = "{{ meta.error_step }} says {{ meta.error_code }}: {{ meta.error_message }}"
    flow_id = await deployed(
        work, server, orders,
        {"id": "guard", "shape": "try_catch"}, mail_step("push"), mail_step("tell", to="it@example.test",
                                                                            subject=subject, text=text),
        links=[{"from": "orders", "to": "guard"}, {"from": "guard.try", "to": "push"},
               {"from": "guard.catch", "to": "tell"}],
    )  # fmt: skip
    run = await work.run(flow_id)
    assert run["confirmed"] == 2, run
    (mail,) = server.mails(subject)
    told = mail.get_content()
    assert told.startswith("push says remote.rejected: ")
    assert "no such user here" in told
