"""What people may see of a call: the request as it was sent, its answer, an error; secrets masked."""

from __future__ import annotations

from typing import Any

from weftline.errors import WeftlineError
from weftline.kernel import Redactor
from weftline.kernel.redact import MASK, is_secret_name
from weftline.model import Request, Response

SHOWN_BODY = 4096
"""Characters of a body that people are shown."""


def request(redactor: Redactor, asked: Request) -> dict[str, Any]:
    """method, url, query, headers and body."""
    return {
        "method": asked.method,
        "url": redactor.text(asked.url),
        "query": [[name, MASK if is_secret_name(name) else redactor.text(value)] for name, value in asked.query],
        "headers": redactor.mapping(asked.headers),
        "body": _shortened(redactor, asked.body),
    }


def response(redactor: Redactor, answered: Response) -> dict[str, Any]:
    """status, headers and body."""
    return {
        "status": answered.status,
        "headers": redactor.mapping(answered.headers),
        "body": _shortened(redactor, answered.body),
    }


def explain(redactor: Redactor, error: WeftlineError, asked: Request, answered: Response | None) -> None:
    """Give an error its exchange; an application that repeats our credentials does not get them into a log."""
    error.message, error.hint = redactor.text(error.message), redactor.text(error.hint)
    error.args = (error.message,)
    error.answered = answered
    error.exchange = {
        "request": request(redactor, (answered and answered.sent) or asked),
        "response": {} if answered is None else response(redactor, answered),
        "status": 0 if answered is None else answered.status,
        "elapsed_ms": 0 if answered is None else int(answered.elapsed_s * 1000),
    }


def _shortened(redactor: Redactor, body: bytes | None) -> str:
    """A body as text. Secrets are masked before it is cut, so that none is cut in two and missed."""
    if not body:
        return ""
    text = redactor.text(body[: SHOWN_BODY * 4].decode("utf-8", "replace"))
    return text if len(text) <= SHOWN_BODY else text[:SHOWN_BODY] + f"… ({len(body):,} bytes)"
