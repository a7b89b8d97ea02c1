"""What a mail server may do wrong, and what is then known of the mail."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any

import pytest

from tests.transports.smtp_servers import CUT, Script, scripted
from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    RateLimitedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
    WeftlineError,
)
from weftline.kernel import json
from weftline.model import Request
from weftline.transports import UNSENT
from weftline.transports.smtp_message import Mail, envelope

MAIL = {"from": "shop@example.test", "to": ["ann@example.test", "bob@example.test"], "text": "It comes.\n.\nSoon."}


async def send(smtp: Any, timeout_s: float = 10, headers: dict[str, str] | None = None, **mail: Any) -> Any:
    request = Request("SEND", "", [], headers or {}, json.encode(MAIL | mail), timeout_s)
    return json.decode((await smtp.send(request)).body)


async def failed(script: Script, kind: type[WeftlineError], words: str, **config: Any) -> WeftlineError:
    """The error of one mail."""
    smtp = script.transport(**config)
    with pytest.raises(kind, match=words) as raised:
        await send(smtp, config.get("timeout_s", 10))
    await smtp.close()
    return raised.value


@pytest.mark.parametrize("verb", ["HELLO", "EHLO", "MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("421 4.3.2 shutting down", RateLimitedError),
        ("450 4.2.1 busy", RemoteFaultError),
        ("451 4.7.1 greylisted", RemoteFaultError),
        ("452 4.3.1 disk full", RemoteFaultError),
        ("530 5.7.0 log in", CredentialRejectedError),
        ("554 5.7.1 no", RequestRejectedError),
        ("299", None),
    ],
)
async def test_a_refusal_means_the_same_wherever_it_is_said(verb: str, said: str, kind: Any) -> None:
    async with scripted(**{verb: [said]}) as script:
        if kind is None:
            smtp = script.transport()
            if verb == "DATA":
                with pytest.raises(ConnectError, match="answers DATA with 299"):
                    await send(smtp)
            else:
                await send(smtp)
            await smtp.close()
            return
        error = await failed(script, kind, said.split()[-1])
        assert script.mails == [] if verb != "END" else len(script.mails) == 1
        assert error.context["status"] == int(said[:3])
        if kind in (RateLimitedError, RemoteFaultError):
            assert (error.context[UNSENT], error.retry_after_s) == (True, 0.05)


async def test_too_many_recipients_are_not_tried_for_ever() -> None:
    async with scripted(RCPT=["250 OK", "452 4.5.3 too many recipients"]) as script:
        await failed(script, RequestRejectedError, "too many recipients")


@pytest.mark.parametrize("verb", ["HELLO", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_connection_cut_before_the_end_of_a_mail_repeats_nothing(verb: str) -> None:
    async with scripted(**{verb: [CUT]}) as script:
        error = await failed(script, ConnectError, "broke")
        assert error.context[UNSENT] is True


async def test_nobody_knows_of_a_mail_whose_end_has_left() -> None:
    async with scripted(END=[CUT, 2.0]) as script:
        error = await failed(script, ConnectError, "broke")
        assert UNSENT not in error.context
        late = await failed(script, RemoteTimeoutError, "did not answer in time", timeout_s=0.3)
        assert UNSENT not in late.context
        assert len(script.mails) == 2


@pytest.mark.parametrize("verb", ["HELLO", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_slow_server_is_left_in_time_and_nothing_was_sent(verb: str) -> None:
    async with scripted(**{verb: [5.0]}) as script:
        began = time.monotonic()
        error = await failed(script, RemoteTimeoutError, "did not answer", command_timeout_s=0.2)
        assert error.context[UNSENT] is True
        assert time.monotonic() - began < 2


async def test_an_hour_of_commands_is_too_long_for_one_mail() -> None:
    async with scripted(MAIL=[0.2], RCPT=[0.2, "250 OK", 0.2], DATA=[5.0]) as script:
        error = await failed(script, RemoteTimeoutError, "did not answer", timeout_s=0.7)
        assert error.context[UNSENT] is True


async def test_a_connection_is_kept_and_one_that_is_gone_is_not_noticed() -> None:
    async with scripted() as script:
        smtp = script.transport()
        for _ in range(3):
            await send(smtp)
        assert (script.connections, script.heard.count("RSET"), len(script.mails)) == (1, 2, 3)
        script.answers["RSET"] = [CUT]
        await send(smtp)
        script.answers["MAIL"] = ["421 4.7.0 enough on this connection"]
        await send(smtp)
        script.answers["MAIL"] = [CUT]
        await send(smtp)
        assert (script.connections, len(script.mails)) == (4, 6)
        await smtp.close()
        assert script.heard[-1] == "QUIT"


async def test_nor_does_a_kept_connection_send_twice() -> None:
    async with scripted(END=["250 OK", CUT, "250 OK", 2.0]) as script:
        smtp = script.transport()
        for timeout_s in (10.0, 0.5):
            await send(smtp)
            with pytest.raises((ConnectError, RemoteTimeoutError)) as lost:
                await send(smtp, timeout_s)
            assert UNSENT not in lost.value.context
        assert (script.connections, len(script.mails)) == (2, 4)
        await smtp.close()


async def test_whoever_stops_waiting_leaves_nothing_behind() -> None:
    async with scripted(RCPT=[5.0]) as script:
        smtp = script.transport(connections=1)
        waiting = asyncio.create_task(send(smtp))
        while not any(line.startswith("RCPT") for line in script.heard):
            await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await send(smtp)
        assert (script.connections, len(script.mails)) == (2, 1)
        await smtp.close()


async def test_a_server_that_has_read_enough_of_a_mail_has_none_of_it() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for said in (b"220 hi", b"250 hi", b"250 OK", b"250 OK", b"250 OK", b"354 go on"):
            writer.write(said + b"\r\n")
            await reader.readline()
        writer.write(b"552 5.3.4 too large\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        smtp = Script(port=server.sockets[0].getsockname()[1]).transport()
        with pytest.raises((ConnectError, RequestRejectedError)) as refused:
            await send(smtp, text="long line " * 2_000_000)
        assert isinstance(refused.value, RequestRejectedError) or refused.value.context[UNSENT] is True
        await smtp.close()


async def test_as_many_connections_as_are_allowed() -> None:
    async with scripted(END=[0.1] * 6) as script:
        smtp = script.transport(connections=2)
        await asyncio.gather(*(send(smtp) for _ in range(6)))
        assert (script.connections, len(script.mails)) == (2, 6)
        await smtp.close()


async def test_without_starttls_nothing_is_said() -> None:
    async with scripted("AUTH PLAIN LOGIN") as script:
        login = {"username": "ada", "password": "right"}
        smtp = script.transport(login, security="STARTTLS")
        with pytest.raises(RequestRejectedError, match="offers no STARTTLS"):
            await send(smtp)
        assert [line.split()[0] for line in script.heard] == ["EHLO"]
        tls = script.transport(login, security="TLS", connect_timeout_s=2)
        with pytest.raises(ConnectError, match="no TLS with"):
            await send(tls)


async def test_words_slipped_in_before_tls_are_not_heard() -> None:
    async with scripted("STARTTLS", STARTTLS=["220 go\r\n250-evil\r\n250 AUTH PLAIN"]) as script:
        await failed(script, ConnectError, "talking before TLS", security="STARTTLS")


async def test_what_is_no_mail_server() -> None:
    for said in ("HTTP/1.1 400 Bad Request", "220-" + "x" * 9000, "SSH-2.0-OpenSSH"):
        async with scripted(HELLO=[said]) as script:
            assert (await failed(script, ConnectError, "broke")).context[UNSENT] is True


async def test_ways_to_log_in() -> None:
    login = {"username": "ada", "password": "wört"}
    async with scripted("AUTH LOGIN", AUTH=["334 VXNlcm5hbWU6"]) as script:
        script.answers[base64.b64encode(b"ada").decode()] = ["334 UGFzc3dvcmQ6"]
        script.answers[base64.b64encode("wört".encode()).decode()] = ["235 welcome"]
        smtp = script.transport(login)
        await send(smtp)
        await smtp.close()
    async with scripted("AUTH PLAIN LOGIN") as script:
        smtp = script.transport(login)
        await send(smtp)
        await smtp.close()
        assert base64.b64decode(script.heard[1].split()[2]) == "\0ada\0wört".encode()
    async with scripted("AUTH XOAUTH2 PLAIN") as script:
        smtp = script.transport(username="ada@example.test")
        await send(smtp, headers={"Authorization": "Bearer token-1"})
        await smtp.close()
        assert base64.b64decode(script.heard[1].split()[2]) == b"user=ada@example.test\1auth=Bearer token-1\1\1"
    async with scripted("AUTH XOAUTH2", AUTH=["334 eyJzdGF0dXMiOiI0MDEifQ=="]) as script:
        script.answers[""] = ["535 5.7.8 no"]
        smtp = script.transport(username="ada")
        with pytest.raises(CredentialRejectedError, match="535"):
            await send(smtp, headers={"Authorization": "Bearer old"})
    async with scripted("AUTH PLAIN", AUTH=["454 4.7.0 later"]) as script:
        with pytest.raises(RemoteFaultError, match="later"):
            await send(script.transport(login))


async def test_lines_that_begin_with_a_dot_arrive() -> None:
    async with scripted() as script:
        smtp = script.transport()
        await send(smtp, text=".\n..\n.a\nb.\n.")
        assert b"\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n.\r\n" in script.mails[0]
        assert b"\n" not in script.mails[0].replace(b"\r\n", b"")
        await smtp.close()


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\0", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("place", ["from", "to", "cc", "reply_to", "subject", "header", "file", "content_type"])
def test_no_value_becomes_a_header(place: str, break_: str) -> None:
    evil = f"a@example.test{break_}Bcc: eve@example.test"
    more: Any = {place: evil}
    if place == "header":
        more = {"headers": {"X-A": evil}}
    elif place == "file":
        more = {"attachments": [{"name": evil}]}
    elif place == "content_type":
        more = {"attachments": [{"name": "a", "content_type": f"text/plain{break_}Bcc: eve@example.test"}]}
    with pytest.raises(RequestRejectedError, match=r"line break|is no"):
        envelope(Mail.model_validate(MAIL | more), "", "id")


@pytest.mark.parametrize(
    "more",
    [
        {"headers": {"Bcc": "x"}}, {"headers": {"content-type": "x"}}, {"headers": {"a b": "x"}}, {"to": "ann"},
        {"to": "Lee, Ann <ann@example.test>"}, {"to": "ännie@example.test"}, {"from": "a@b.test, c@d.test"},
        {"to": [], "cc": ""}, {"text": ""}, {"attachments": [{"name": "a", "content_type": "pdf"}]},
        {"attachments": [{"name": "a", "content_type": "multipart/mixed"}]},
    ],
)  # fmt: skip
def test_what_cannot_be_a_mail_is_said(more: Any) -> None:
    with pytest.raises(RequestRejectedError, match="the mail cannot be sent"):
        envelope(Mail.model_validate(MAIL | more), "", "id")
