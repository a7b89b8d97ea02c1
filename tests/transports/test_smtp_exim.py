"""Mails through a real server, read back from where it delivered them."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from tests import summary
from tests.transports.files_servers import PUBLIC
from tests.transports.smtp_servers import SIZE, MailServer, exim
from weftline.errors import CredentialRejectedError, OutboundRefusedError, RequestRejectedError
from weftline.kernel import json, now
from weftline.model import Request

pytestmark = pytest.mark.connected

MAIL = {"from": "Shop <shop@example.test>", "to": "ann@example.test", "text": "It comes."}


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with exim() as opened:
        summary.note("Exim", opened.words)
        yield opened


@pytest_asyncio.fixture
async def smtp(server: MailServer) -> AsyncIterator[Any]:
    opened = server.transport()
    yield opened
    await opened.close()


async def send(smtp: Any, key: str = "", **mail: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return json.decode((await smtp.send(Request("SEND", "", [], headers, json.encode(MAIL | mail)))).body)


async def once(smtp: Any, **config: Any) -> Any:
    try:
        return await send(smtp, subject=uuid4().hex)
    finally:
        await smtp.close()


async def test_a_mail_is_delivered_as_it_was_meant(server: MailServer, smtp: Any) -> None:
    raw, subject = os.urandom(400_000) + b"\r\n.\r\nMAIL\n", f"Grüße № {uuid4().hex} — 雷"
    text = ".\n..\nFrom the start\n" + "ü long line " * 200 + "\nlast\x0bone"
    names = [f'"Größe, Łódź & Co {n}" <n{n}@example.test>' for n in range(12)]
    answer = await send(
        smtp, subject=subject, to=names, cc="Bob Lee <bob@example.test>, cy@example.test", bcc="eve@example.test",
        reply_to="help@bücher.example", text=text, html="<p>Grüße</p>", headers={"X-Order": "№ 7 " + "long " * 60},
        attachments=[
            {"name": "Größe 雷.bin", "base64": base64.b64encode(raw).decode()},
            {"name": "rows.csv", "content_type": "text/csv; header=present", "text": "a,b\nü,2\n"},
        ],
    )  # fmt: skip
    (mail,) = server.mails(subject)
    assert answer["accepted"] == [*(f"n{n}@example.test" for n in range(12)), "bob@example.test", "cy@example.test",
                                  "eve@example.test"]  # fmt: skip
    assert answer["refused"] == []
    assert answer["response"].startswith("250 OK id=")
    assert mail["Envelope-to"].replace(",", " ").split() == answer["accepted"]
    assert mail["Return-path"] == "<shop@example.test>"
    assert [(one.display_name, one.addr_spec) for one in mail["To"].addresses] == [
        (f"Größe, Łódź & Co {n}", f"n{n}@example.test") for n in range(12)
    ]
    assert [str(one) for one in mail["Cc"].addresses] == ["Bob Lee <bob@example.test>", "cy@example.test"]
    assert (mail["Bcc"], mail["Reply-To"]) == (None, "help@xn--bcher-kva.example")
    assert mail["X-Order"].split() == ("№ 7 " + "long " * 60).split()
    assert mail["Message-ID"] == answer["message_id"]
    assert abs((now() - parsedate_to_datetime(mail["Date"])).total_seconds()) < 60
    assert mail.get_body(("plain",)).get_content().splitlines() == text.splitlines()
    assert mail.get_body(("html",)).get_content() == "<p>Grüße</p>\n"
    whole, rows = mail.iter_attachments()
    assert (whole.get_filename(), whole.get_content()) == ("Größe 雷.bin", raw)
    assert (rows.get_content_type(), rows.get_content()) == ("text/csv", "a,b\nü,2\n")


async def test_a_repeat_carries_the_same_name_and_another_mail_another(server: MailServer, smtp: Any) -> None:
    subject = uuid4().hex
    for key in ("a", "a", "b", "", ""):
        await send(smtp, key, subject=subject)
    names = [str(mail["Message-ID"]) for mail in server.mails(subject, 5)]
    assert (len(names), len(set(names))) == (5, 4)
    assert all(name.endswith("@example.test>") for name in names)


async def test_more_mails_than_the_server_takes_on_one_connection(server: MailServer, smtp: Any) -> None:
    subject = uuid4().hex
    for _ in range(12):  # it says 421 after five
        await send(smtp, subject=subject)
    assert len(server.mails(subject, 12)) == 12


async def test_who_may_send_and_to_whom(server: MailServer, smtp: Any) -> None:
    assert (await once(server.transport(port=server.tls_port, security="TLS")))["accepted"] == ["ann@example.test"]
    with pytest.raises(CredentialRejectedError, match="refused the login of 'ada'") as wrong:
        await once(server.transport({"password": "not-that"}))
    assert "not-that" not in str(wrong.value)
    with pytest.raises(RequestRejectedError, match="log in first"):
        await once(server.transport({"username": ""}))
    with pytest.raises(CredentialRejectedError, match="no login that fits"):
        await once(server.transport(security="none (unencrypted)"))
    with pytest.raises(OutboundRefusedError):
        await once(server.transport(policy=PUBLIC))
    with pytest.raises(RequestRejectedError, match=r"recipient nobody@example\.test: 550 no such user here"):
        await send(smtp, to="ann@example.test, nobody@example.test")


async def test_whose_certificate(server: MailServer) -> None:
    assert (await once(server.transport({"ca": server.authority.pem}, authorities="")))["refused"] == []
    for more in ({"authorities": ""}, {"host": "localhost"}):
        for way in ({}, {"port": server.tls_port, "security": "TLS"}):
            with pytest.raises(RequestRejectedError, match="not trusted"):
                await once(server.transport(**more, **way))


async def test_some_refused_and_the_others_get_it(server: MailServer) -> None:
    smtp, subject = server.transport(refused_recipients="send to the others"), uuid4().hex
    answer = await send(smtp, subject=subject, to="ann@example.test", cc="nobody@example.test")
    assert answer["accepted"] == ["ann@example.test"]
    assert answer["refused"] == [{"address": "nobody@example.test", "code": 550, "message": "no such user here"}]
    assert server.mails(subject)[0]["Envelope-to"] == "ann@example.test"
    with pytest.raises(RequestRejectedError, match="nobody@example"):
        await send(smtp, to="nobody@example.test")
    await smtp.close()


async def test_a_mail_larger_than_the_server_takes_is_not_begun(smtp: Any) -> None:
    large = [{"name": "a", "base64": base64.b64encode(bytes(SIZE)).decode()}]
    with pytest.raises(RequestRejectedError, match="takes 3,000,000"):
        await send(smtp, attachments=large)


async def test_the_check_logs_in(server: MailServer, smtp: Any) -> None:
    await send(smtp, subject="x")
    assert "size" in json.decode((await smtp.send(Request("READ", ""))).body)["offers"]
