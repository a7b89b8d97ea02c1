"""Mails to a server that speaks SMTP: what arrives, what is refused, and what nobody can know."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from tests.servers import free_port
from tests.transports.smtp_server import LOGIN, Mailbox, mail_server
from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    OutboundRefusedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
)
from weftline.kernel import json
from weftline.model import Request
from weftline.transports import TRANSPORTS, UNSENT, OutboundPolicy
from weftline.transports.smtp import SmtpTransport

# What the server's library leaves behind of a connection that we refuse is not ours.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::UserWarning:mail.log"
)

MAIL = {"from": "Shop <shop@example.com>", "to": "Ada <ada@example.com>", "subject": "Order 7", "text": "It comes."}


@pytest.fixture(scope="module")
def server() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def box(server: Mailbox) -> Mailbox:
    fresh = Mailbox(server.port, server.authority)
    server.__dict__.update(fresh.__dict__)
    return server


def transport(box: Mailbox, login: dict[str, str] | None = None, **config: Any) -> SmtpTransport:
    settings = {"host": "127.0.0.1", "port": box.port, "authorities": box.authority, "timeout_s": 5} | config
    kind: Any = TRANSPORTS.get("smtp")
    policy = OutboundPolicy(allow_private=True)
    return kind(TRANSPORTS.config("smtp", settings), policy, LOGIN if login is None else login)


@pytest_asyncio.fixture
async def smtp(box: Mailbox) -> AsyncIterator[SmtpTransport]:
    opened = transport(box)
    yield opened
    await opened.close()


async def send(smtp: SmtpTransport, **mail: Any) -> Any:
    answer = await smtp.send(Request("SEND", "", [], {}, json.encode(MAIL | mail)))
    return json.decode(answer.body)


async def test_a_mail_arrives_as_it_was_meant(box: Mailbox, smtp: SmtpTransport) -> None:
    raw = bytes(range(256)) * 40
    done = await send(
        smtp, to=['"Größe, Ada" <ada@example.com>', "bob@example.com"],
        cc="carl@example.com", bcc="dora@example.com", subject="Auftrag № 7 — schön",
        text=".a line with a dot\n..and two\nüber", html="<p>über</p>", reply_to="help@example.com",
        headers={"X-Order": "7"},
        attachments=[{"name": "läbel.bin", "content_type": "application/octet-stream",
                      "base64": base64.b64encode(raw).decode()},
                     {"name": "rows.csv", "content_type": "text/csv", "text": "a,b\n1,2\n"}],
    )  # fmt: skip
    (mail,) = box.mails
    assert box.to == [["ada@example.com", "bob@example.com", "carl@example.com", "dora@example.com"]]
    assert done["accepted"] == box.to[0]
    assert done["message_id"] == mail["Message-ID"]
    assert mail["Subject"] == "Auftrag № 7 — schön"
    assert mail["To"].addresses[0].display_name == "Größe, Ada"
    assert mail["Bcc"] is None
    assert (mail["Reply-To"], mail["X-Order"]) == ("help@example.com", "7")
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == ".a line with a dot\n..and two\nüber\n"
    assert "über" in mail.get_body(("html",)).get_content()
    label, rows = mail.iter_attachments()
    assert (label.get_filename(), label.get_content()) == ("läbel.bin", raw)
    assert (rows.get_content_type(), rows.get_content().replace("\r\n", "\n")) == ("text/csv", "a,b\n1,2\n")


async def test_a_connection_is_used_again_and_a_dead_one_is_not(box: Mailbox, smtp: SmtpTransport) -> None:
    for _ in range(3):
        await send(smtp)
    assert (len(box.mails), box.logins) == (3, 1)
    smtp._idle[0][0].abort()
    await send(smtp)
    assert (len(box.mails), box.logins) == (4, 2)


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ({"subject": "a\nBcc: all@example.com"}, "line break"),
        ({"to": "ada@example.com\r\nBcc: x@example.com"}, "line break"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "line break"),
        ({"headers": {"Bcc": "x@example.com"}}, "a place of its own"),
        ({"to": "nobody"}, "'to' has 'nobody', which is no address"),
        ({"to": ""}, "no recipient"),
        ({"from": ""}, "'from' needs one address"),
        ({"attachments": [{"name": "a", "base64": "%%%"}]}, "'a' is not base64"),
        ({"atachments": []}, "atachments"),
    ],
)
async def test_a_mail_that_cannot_be_is_refused_before_it_is_sent(
    box: Mailbox, smtp: SmtpTransport, mail: dict[str, Any], words: str
) -> None:
    with pytest.raises(RequestRejectedError, match=words):
        await send(smtp, **mail)
    assert box.mails == []


async def test_all_recipients_or_none(box: Mailbox, smtp: SmtpTransport) -> None:
    box.recipient["bob@example.com"] = ["550 5.1.1 no such user"]
    with pytest.raises(RequestRejectedError, match=r"recipient bob@example\.com: 550 5\.1\.1 no such user"):
        await send(smtp, to=["ada@example.com", "bob@example.com"])
    assert box.mails == []
    await send(smtp, to=["ada@example.com", "bob@example.com"])
    assert len(box.mails) == 1


@pytest.mark.parametrize("where", ["sender", "recipient", "data"])
async def test_later_means_that_it_is_tried_again_and_nothing_was_sent(
    box: Mailbox, smtp: SmtpTransport, where: str
) -> None:
    said = "451 4.7.1 greylisted"
    if where == "recipient":
        box.recipient["ada@example.com"] = [said]
    else:
        getattr(box, where).append(said)
    with pytest.raises(RemoteFaultError, match="greylisted") as caught:
        await send(smtp)
    assert (caught.value.recovery, caught.value.context[UNSENT]) == ("retry", True)
    await send(smtp)
    assert len(box.mails) == 1


async def test_a_connection_that_breaks_behind_the_mail_leaves_it_uncertain(
    box: Mailbox, smtp: SmtpTransport
) -> None:
    box.cut_after_data = True
    with pytest.raises(ConnectError) as caught:
        await send(smtp)
    assert UNSENT not in caught.value.context
    assert len(box.mails) == 1


async def test_a_wrong_password_is_a_credential_and_is_not_repeated(box: Mailbox) -> None:
    smtp = transport(box, {"username": "ada", "password": "wrong-password"})
    with pytest.raises(CredentialRejectedError, match="refused the login of 'ada'") as caught:
        await send(smtp)
    assert "wrong-password" not in str(caught.value)
    await smtp.close()
    nobody = transport(box, {})
    with pytest.raises(CredentialRejectedError, match="530"):
        await send(nobody)
    await nobody.close()


async def test_a_mail_too_large_for_the_server_is_not_begun(smtp: SmtpTransport, box: Mailbox) -> None:
    with pytest.raises(RequestRejectedError, match="takes 1,000,000"):
        await send(smtp, attachments=[{"name": "a", "base64": base64.b64encode(b"x" * 1_000_000).decode()}])
    assert box.mails == []


async def test_what_the_server_offers(smtp: SmtpTransport) -> None:
    answer = json.decode((await smtp.send(Request("READ", ""))).body)
    assert "size" in answer["offers"]
    with pytest.raises(RequestRejectedError, match="does not know the method GET"):
        await smtp.send(Request("GET", ""))


async def test_certificates_are_proven(box: Mailbox) -> None:
    with mail_server("TLS") as tls:
        good = transport(tls, security="TLS")
        await send(good)
        assert len(tls.mails) == 1
        await good.close()
        for config in ({"authorities": ""}, {"authorities": box.authority}):
            stranger = transport(tls, security="TLS", **config)
            with pytest.raises(RequestRejectedError, match="not trusted"):
                await send(stranger)
            await stranger.close()
    other = transport(box, authorities="")
    with pytest.raises(RequestRejectedError, match="not trusted"):
        await send(other)
    await other.close()


async def test_a_server_without_tls_gets_no_password_unless_in_so_many_words() -> None:
    with mail_server("none (unencrypted)", login=False) as plain:
        insisting = transport(plain)
        with pytest.raises(RequestRejectedError, match="offers no STARTTLS"):
            await send(insisting)
        assert plain.logins == 0
        await insisting.close()
        said = transport(plain, {}, security="none (unencrypted)")
        await send(said)
        assert len(plain.mails) == 1
        await said.close()


async def test_nobody_there_and_the_policy(box: Mailbox) -> None:
    nobody = transport(box, port=free_port())
    with pytest.raises(ConnectError) as caught:
        await send(nobody)
    assert caught.value.context[UNSENT] is True
    kind: Any = TRANSPORTS.get("smtp")
    strict = kind(TRANSPORTS.config("smtp", {"host": "127.0.0.1", "port": box.port}), OutboundPolicy(), LOGIN)
    with pytest.raises(OutboundRefusedError):
        await send(strict)
    for one in (nobody, strict):
        await one.close()


async def test_a_server_that_says_nothing_is_left_in_time() -> None:
    import asyncio

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    smtp = transport(Mailbox(listening.sockets[0].getsockname()[1]), connect_timeout_s=0.2)
    with pytest.raises((RemoteTimeoutError, ConnectError)) as caught:
        await send(smtp)
    assert caught.value.context[UNSENT] is True
    await smtp.close()
    listening.close()
