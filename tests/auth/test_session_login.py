"""Logins of applications' own making, through a session on real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.auth.conftest import Opened, items_of
from tests.auth.made import driven, method, signed
from weftline.auth import Token
from weftline.errors import CredentialRejectedError, DocumentError, RateLimitedError
from weftline.model import Request, Response

WHO = {"username": "ada", "password": "pass word"}
BODY = {"user": "{{ credentials.username }}", "password": "{{ credentials.password }}"}
HEADER = {"X-Session": "{{ token.value }}"}


class Shop:
    """An application with sessions that it counts, and forgets when told so."""

    def __init__(self) -> None:
        self.logins = 0
        self.known: set[str] = set()
        self.address = ""

    async def log_in(self, request: web.Request) -> web.Response:
        given = await (request.json() if "json" in request.content_type else request.post())
        if (given["user"], given["password"]) != ("ada", "pass word"):
            return web.json_response({"message": "wrong"}, status=200 if "soft" in request.query else 403)
        self.logins += 1
        token = f"session-{self.logins}"
        self.known.add(token)
        answer = web.json_response({"data": {"token": token, "seconds": 900, "company": 7}}, headers={"X-New": token})
        answer.set_cookie("lang", "en", expires="Thu, 01 Jan 2099 00:00:00 GMT")
        answer.set_cookie("sid", token, httponly=True)
        return answer

    async def items(self, request: web.Request) -> web.Response:
        sent = {"header": request.headers.get("X-Session"), "query": request.query.get("session")}
        sent["cookie"] = request.cookies.get("sid")
        good = [place for place, token in sent.items() if token in self.known]
        return web.json_response({"items": good}) if good else web.json_response({}, status=401)


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    made = Shop()
    app = web.Application()
    app.add_routes([web.route("*", "/login", made.log_in), web.get("/items", made.items)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


def login(**changes: Any) -> dict[str, Any]:
    usual = {
        "url": "{{ base_url }}/login",
        "body": BODY,
        "token_from": {"body": "data.token"},
        "send_headers": HEADER,
    }
    return {"kind": "session_login", **usual, **changes}


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({}, "header"),
        ({"encoding": "form", "token_from": {"header": "X-New"}}, "header"),
        (
            {"token_from": {"cookie": "sid"}, "send_headers": {}, "send_cookies": {"sid": "{{ token.value }}"}},
            "cookie",
        ),
        ({"method": "PUT", "send_headers": {}, "send_query": {"session": "{{ token.value }}"}}, "query"),
    ],
)
async def test_it_logs_in_once_and_again_when_it_is_refused(
    opened: Opened, shop: Shop, changes: dict[str, Any], seen: str
) -> None:
    session = opened(shop.address, login(**changes), WHO)
    assert await items_of(session) == [seen]
    assert await items_of(session) == [seen]
    assert shop.logins == 1
    shop.known.clear()
    assert await items_of(session) == [seen]
    assert shop.logins == 2


@pytest.mark.parametrize("url", ["{{ base_url }}/login", "{{ base_url }}/login?soft=1"], ids=["403", "200"])
async def test_a_wrong_password_is_told_either_way(opened: Opened, shop: Shop, url: str) -> None:
    session = opened(shop.address, login(url=url), WHO | {"password": "not this"})
    with pytest.raises(CredentialRejectedError, match="see the credentials of the instance") as caught:
        await items_of(session)
    assert "not this" not in str(caught.value)


async def test_it_keeps_how_long_it_lasts_and_what_came_along(opened: Opened, shop: Shop) -> None:
    headers = {"X-Session": "{{ token.value }}", "X-Company": "{{ token.company }}"}
    auth = login(lifetime_path="data.seconds", keep={"company": "data.company"}, send_headers=headers)
    session = opened(shop.address, auth, WHO)
    await items_of(session)
    token = session.auth.token
    assert token is not None
    assert token.extra == {"company": "7"}
    assert token.expires_at is not None
    assert token.is_fresh
    assert signed(session.auth).headers == {"X-Session": "session-1", "X-Company": "7"}


def test_other_cookies_stay() -> None:
    config = {key: value for key, value in login().items() if key != "kind"}
    auth = method("session_login", config | {"send_headers": {}, "send_cookies": {"sid": "{{ token.value }}"}}, WHO)
    auth.token = Token("new")
    request = Request("GET", "http://127.0.0.1/", headers={"Cookie": "a=1; sid=old"})
    assert signed(auth, request).headers == {"Cookie": "a=1; sid=new"}


def test_the_body_may_be_text_and_the_login_may_be_limited() -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response(429, {"retry-after": "3"}, b"")

    config = {
        "url": "http://127.0.0.1/login", "body": "<login>{{ credentials.username }}</login>", "send_headers": HEADER,
        "headers": {"Content-Type": "text/xml"}, "token_from": {"header": "X-New"},
    }  # fmt: skip
    with pytest.raises(RateLimitedError, match="the login answered 429") as caught:
        driven(method("session_login", config, WHO).renew(), answer)
    assert caught.value.retry_after_s == 3
    assert (asked[0].body, asked[0].headers["Content-Type"]) == (b"<login>ada</login>", "text/xml")


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"token_from": {}}, "token_from is one of"), ({"send_headers": {}}, "say where the token goes")],
)
def test_a_config_says_from_where_to_where(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        method("session_login", {key: value for key, value in login(**changes).items() if key != "kind"}, WHO)
