"""Errors as problem documents."""

from __future__ import annotations

import math
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from weftline.errors import DocumentError, NotFoundError, WeftlineError
from weftline.kernel import json, logger, new_id

_TITLES = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    422: "Not valid",
    429: "Too many requests",
    502: "The other application did not answer as it should",
    503: "Not available now",
}
MEDIA_TYPE = "application/problem+json"


def problem(error: WeftlineError, status: int | None = None) -> Response:
    """An error as a response."""
    status = status or error.http_status
    record = error.to_record() | {"title": _TITLES.get(status, "Something went wrong"), "status": status}
    headers = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(json.encode(record), status, headers, MEDIA_TYPE)


def unexpected(method: str, path: str, error: Exception) -> Response:
    """A fault of our own: logged in full, answered with no more than where to find it."""
    reference = new_id("err")
    logger("api").error("%s: %s %s failed", reference, method, path, exc_info=error)
    return problem(WeftlineError("something went wrong inside Weftline", hint=f"see the server's log at {reference}"))


def install(app: FastAPI) -> None:
    """Let every foreseen error of ``app`` become a problem document; the guard sees to the others."""

    async def known(_request: Request, error: Exception) -> Response:
        assert isinstance(error, WeftlineError)  # noqa: S101 - registered for this class
        return problem(error)

    async def not_valid(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
        return problem(_explained(error))

    async def plain(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
        if error.status_code == 404:
            return problem(NotFoundError("there is nothing at this address"))
        response = problem(WeftlineError(str(error.detail)), error.status_code)
        response.headers.update(error.headers or {})
        return response

    app.add_exception_handler(WeftlineError, known)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(HTTPException, plain)


def _explained(error: RequestValidationError) -> WeftlineError:
    faults: list[dict[str, Any]] = []
    for fault in error.errors():
        place = [str(piece) for piece in fault["loc"]]
        where = ".".join(place[1:] if place[:1] in (["body"], ["query"], ["path"]) else place) or "body"
        match fault["type"]:
            case "extra_forbidden":
                message = f"unknown key '{where}'"
            case "missing":
                message = f"'{where}' is missing"
            case "json_invalid":
                message = f"the body is not JSON: {fault.get('ctx', {}).get('error', fault['msg'])}"
            case _:
                message = f"'{where}': {fault['msg'].removeprefix('Value error, ')}"
        faults.append({"where": where, "message": message})
    return DocumentError(
        "; ".join(fault["message"] for fault in faults), hint="correct the request", context={"faults": faults}
    )
