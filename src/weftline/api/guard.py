"""The guard: who comes in, the CSRF rule, and the headers that every answer carries."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Any

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weftline.access import Access, Person
from weftline.api.problems import problem, unexpected
from weftline.errors import NotAllowedError, NotSignedInError, WeftlineError

COOKIE = "weftline_session"
CSRF_HEADER = "x-weftline"
OPEN_PATHS = frozenset({"/api/sign-in"})
BEFORE_NEW_PASSWORD = frozenset({"/api/me", "/api/me/password", "/api/sign-out"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

SECURITY_HEADERS = {
    # Styles may be inline: the component library writes them at run time. Scripts may not.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Pure ASGI, so that streams pass unbuffered. Whoever it lets in stands in ``request.state.person``."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer 401 or 403; what fails unforeseen is answered with 500."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        is_api = path == "/api" or path.startswith("/api/")
        has_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if is_api:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if is_api and path not in OPEN_PATHS:
            try:
                person, token = await self._identify(scope)
                _may_pass(scope, person)
            except WeftlineError as error:
                await problem(error)(scope, receive, send_with_headers)
                return
            scope.setdefault("state", {}).update(person=person, token=token)
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if has_begun:
                raise
            await unexpected(scope["method"], path, error)(scope, receive, send_with_headers)

    async def _identify(self, scope: Scope) -> tuple[Person, str]:
        headers = Headers(scope=scope)
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            person = await self._access.by_key(key.strip())
            if person is None:
                raise NotSignedInError("the API key is not known", hint="make one in the settings, or check its text")
            return person, ""
        token = _cookie(headers.get("cookie", ""))
        person = await self._access.by_session(token) if token else None
        if person is None:
            raise NotSignedInError(
                "nobody is signed in", hint="sign in, or send Authorization: Bearer with an API key"
            )
        return person, token


def _may_pass(scope: Scope, person: Person) -> None:
    if person.via == "key":
        return
    if scope["method"] not in _SAFE_METHODS and CSRF_HEADER not in Headers(scope=scope):
        raise NotAllowedError(
            "the header X-Weftline is missing", hint="send X-Weftline: 1 with every request that changes something"
        )
    if person.must_change and scope["path"] not in BEFORE_NEW_PASSWORD:
        raise NotAllowedError("the one-time password must be changed first", hint="POST /api/me/password")


def _cookie(header: str) -> str:
    try:
        found: Any = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""


async def person_of(request: Request) -> Person:
    """Who the guard let in; a second lock for routes under /api."""
    person = getattr(request.state, "person", None)
    if not isinstance(person, Person):
        raise NotSignedInError("nobody is signed in", hint="sign in first")
    return person
