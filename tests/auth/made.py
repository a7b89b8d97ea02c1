"""Methods and signed requests, made in a line."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from weftline.auth import AUTH_METHODS, AuthMethod
from weftline.model import Request, Response

SECRETS = {
    "consumer_key": "key+1", "consumer_secret": "se cret&", "token_id": "tok~en", "token_secret": "tök=",
    "token": "abc", "username": "Aladdin", "password": "open sesame", "client_id": "id:1", "client_secret": "s/1",
}  # fmt: skip
VARIABLES = {"account": "tst_1", "base_url": "http://127.0.0.1:1"}


def method(kind: str, config: dict[str, Any] | None = None, credentials: dict[str, str] | None = None) -> Any:
    """A method of that kind with the usual variables; the usual credentials if none are given."""
    given = SECRETS if credentials is None else credentials
    return AUTH_METHODS.get(kind)(AUTH_METHODS.config(kind, config or {}), given, VARIABLES)


def signed(auth: AuthMethod, request: Request | None = None) -> Request:
    """The request, signed."""
    request = request or Request("GET", "http://127.0.0.1/x", [("a", "1")])
    auth.sign(request)
    return request


def driven(steps: Generator[Request, Response, Any], answer: Callable[[Request], Response]) -> Any:
    """What a generator of requests returns when a function answers them."""
    try:
        request = next(steps)
        while True:
            request = steps.send(answer(request))
    except StopIteration as done:
        return done.value
