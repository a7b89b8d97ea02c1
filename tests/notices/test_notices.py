"""Notices reach a server that listens, once each, whatever breaks on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from tests.transports.smtp_server import mail_server
from weftline.errors import SettingsError
from weftline.kernel import digest, now, to_text
from weftline.notices import Notices
from weftline.store import Database, notices


@dataclass
class Listener:
    """A webhook's other side."""

    url: str = ""
    status: int = 204
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append((request.headers["Idempotency-Key"], await request.json()))
        return web.Response(status=self.status)


@pytest_asyncio.fixture
async def listener() -> AsyncIterator[Listener]:
    heard = Listener()
    app = web.Application()
    app.add_routes([web.post("/{name}", heard.hear)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    heard.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield heard
    await runner.cleanup()


async def write_down(db: Database, **more: Any) -> notices.NoticeRow:
    row = notices.NoticeRow("needs_authorisation", "ins_1", "Shop needs authorisation", "Shop: refused", **more)
    await db.write(lambda connection: notices.put(connection, row))
    return row


async def test_a_notice_is_told_once_with_a_link(db: Database, listener: Listener) -> None:
    row = await write_down(db)
    watch = Notices(db, f"{listener.url}/a", lambda: "https://weftline.example")
    assert await watch.tell_next()
    assert not await watch.tell_next()
    await watch.close()
    ((key, body),) = listener.heard
    assert key == body["id"] == row.id
    assert body["link"] == "https://weftline.example/instances/ins_1"
    assert (body["title"], body["text"]) == (row.title, row.text)


async def test_a_channel_that_fails_is_told_again_later_and_the_others_are_not(
    db: Database, listener: Listener
) -> None:
    row = await write_down(db)
    watch = Notices(db, f"{listener.url}/a http://127.0.0.1:1/nobody", lambda: "")
    assert await watch.tell_next()
    assert len(listener.heard) == 1
    assert not await watch.tell_next()  # later, not at once
    await db.write(lambda connection: notices.postpone(connection, row.id, [], to_text(now())))
    listener.status = 500
    assert await watch.tell_next()
    assert [key for key, _ in listener.heard] == [row.id, row.id]
    await watch.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_notice_as_a_mail(db: Database) -> None:
    row = await write_down(db)
    with mail_server("none (unencrypted)", login=False) as box:
        address = f"smtp://127.0.0.1:{box.port}/?security=none&from=weftline@acme.example&to=it@acme.example"
        watch = Notices(db, address, lambda: "https://weftline.example")
        assert await watch.tell_next()
        await watch.close()
    (mail,) = box.mails
    assert mail["Subject"] == "Weftline: Shop needs authorisation"
    assert mail["X-Weftline-Notice"] == row.id
    assert mail["Message-ID"].startswith(f"<{digest(row.id)}@")
    assert "https://weftline.example/instances/ins_1" in mail.get_content()


async def test_what_one_worker_took_another_leaves(db: Database, listener: Listener) -> None:
    await write_down(db)
    one, other = (Notices(db, f"{listener.url}/a", lambda: "") for _ in range(2))
    claimed = await db.write(lambda connection: notices.claim(connection, "2999-01-01T00:00:00Z"))
    assert claimed is not None
    assert not await one.tell_next()
    assert not await other.tell_next()
    assert listener.heard == []
    for watch in (one, other):
        await watch.close()


async def test_old_news_is_not_told(db: Database, listener: Listener) -> None:
    await write_down(db, at=to_text(now() - notices.KEPT))
    watch = Notices(db, f"{listener.url}/a", lambda: "")
    assert not await watch.tell_next()
    await watch.close()


@pytest.mark.parametrize(
    "address",
    ["gopher://secret@host/", "https:///path", "hooks.example/secret", "smtp://a:secret@mail.example/?from=a@b"],
)
async def test_an_address_that_leads_nowhere_is_refused_without_its_secrets(db: Database, address: str) -> None:
    with pytest.raises(SettingsError, match="WEFTLINE_NOTIFY") as caught:
        Notices(db, address, lambda: "")
    assert "secret" not in str(caught.value)
