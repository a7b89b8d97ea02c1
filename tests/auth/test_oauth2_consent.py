"""Grants that a person consents to: against a real authorisation server, with a browser that says yes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Generator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from yarl import URL

from tests.auth.conftest import BACK, Opened, items_of
from weftline.auth import Token
from weftline.connectors import Session
from weftline.errors import CredentialRejectedError
from weftline.model import Request, Response

pytestmark = pytest.mark.connected
URLS = {"token_url": "{{ base_url }}/token", "scopes": ["orders"]}
CODE = {"kind": "oauth2_code", "authorize_url": "{{ base_url }}/auth", **URLS}
DEVICE = {"kind": "oauth2_device", "device_url": "{{ base_url }}/device/auth", "client_in": "none", **URLS}
WEB = {"client_id": "web", "client_secret": "secret web"}


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as made:
        yield made


async def drive(session: Session, steps: Generator[Request, Response, Any]) -> Any:
    """Send what a generator asks for over the session's own transport."""
    try:
        request = next(steps)
        while True:
            request = steps.send(await session.transport.send(request))
    except StopIteration as done:
        return done.value


async def come_back(browser: aiohttp.ClientSession, url: str) -> dict[str, str]:
    """Follow redirects until the browser is sent back; the query that it brings."""
    while not url.startswith(BACK):
        async with browser.get(url, allow_redirects=False) as answer:
            assert answer.status in (302, 303), await answer.text()
            url = str(answer.url.join(URL(answer.headers["Location"])))
    return dict(parse_qsl(urlsplit(url).query))


async def authorised(session: Session, browser: aiohttp.ClientSession) -> Token:
    """The first token of a session, after consent."""
    place = await drive(session, session.auth.consent(BACK, "state-1"))
    answer = await come_back(browser, place.url)
    assert answer["state"] == "state-1"
    token: Token = await drive(session, session.auth.exchange(place, BACK, answer))
    session.auth.token = token
    return token


@pytest.mark.parametrize("public", [False, True], ids=["secret", "public"])
async def test_a_code_becomes_a_token_that_is_renewed_and_rotated(
    opened: Opened, oauth_server: str, browser: aiohttp.ClientSession, public: bool
) -> None:
    auth, credentials = (CODE | {"client_in": "none"}, {"client_id": "public"}) if public else (CODE, WEB)
    session = opened(oauth_server, auth, credentials)
    first = await authorised(session, browser)
    assert await items_of(session) == [{"who": "ada", "scope": "orders"}]
    second = await drive(session, session.auth.renew())
    assert second.refresh not in ("", first.refresh)
    assert second.value != first.value
    session.auth.token = second
    assert await items_of(session)
    # Who shows a refresh token that was replaced is refused, and so is everyone after: it may have been stolen.
    for token in (first, second):
        session.auth.token = token
        with pytest.raises(CredentialRejectedError, match="authorise the instance again"):
            await drive(session, session.auth.renew())


async def test_a_wrong_verifier_is_refused(opened: Opened, oauth_server: str, browser: aiohttp.ClientSession) -> None:
    session = opened(oauth_server, CODE, WEB)
    place = await drive(session, session.auth.consent(BACK, "s"))
    other = await drive(session, session.auth.consent(BACK, "s"))
    assert place.verifier != other.verifier
    answer = await come_back(browser, place.url)
    with pytest.raises(CredentialRejectedError, match="grant request is invalid"):
        await drive(session, session.auth.exchange(other, BACK, answer))


async def test_a_person_may_say_no(opened: Opened, oauth_server: str, browser: aiohttp.ClientSession) -> None:
    session = opened(oauth_server, CODE | {"authorize_extra": {"login_hint": "nobody"}}, WEB)
    place = await drive(session, session.auth.consent(BACK, "s"))
    answer = await come_back(browser, place.url)
    with pytest.raises(CredentialRejectedError, match="no authorisation was given: the user said no"):
        await drive(session, session.auth.exchange(place, BACK, answer))


async def typed(browser: aiohttp.ClientSession, url: str, **fields: str) -> str:
    """Type a device's code where it is asked for."""
    async with browser.get(url) as answer:
        page = await answer.text()
    found = re.search(r'name="xsrf" value="([^"]+)"', page)
    assert found, page
    async with browser.post(url.partition("?")[0], data={"xsrf": found[1], **fields}) as answer:
        return await answer.text()


async def test_a_device_waits_until_somebody_has_typed_its_code(
    opened: Opened, oauth_server: str, browser: aiohttp.ClientSession
) -> None:
    session = opened(oauth_server, DEVICE, {"client_id": "device"})
    place = await drive(session, session.auth.consent(BACK, "s"))
    assert place.interval_s == 5
    assert 0 < place.expires_s <= 600
    assert await drive(session, session.auth.exchange(place, BACK, {})) is None
    await typed(browser, place.url, user_code=place.user_code, confirm="yes")
    session.auth.token = await drive(session, session.auth.exchange(place, BACK, {}))
    assert await items_of(session) == [{"who": "ada", "scope": "orders"}]
    second = await drive(session, session.auth.renew())
    assert second.refresh


async def test_a_device_may_be_refused(opened: Opened, oauth_server: str, browser: aiohttp.ClientSession) -> None:
    session = opened(oauth_server, DEVICE, {"client_id": "device"})
    place = await drive(session, session.auth.consent(BACK, "s"))
    await typed(browser, place.url, user_code=place.user_code, abort="yes")
    with pytest.raises(CredentialRejectedError, match="aborted interaction"):
        await drive(session, session.auth.exchange(place, BACK, {}))
