"""GraphQL over HTTP: one address, errors within good answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.kernel import json
from weftline.model import Request, Response, field
from weftline.transports.base import Transport
from weftline.transports.http import HttpConfig, HttpTransport

_STATUS = {
    "THROTTLED": 429, "RATE_LIMITED": 429, "TOO_MANY_REQUESTS": 429, "MAX_COST_EXCEEDED": 422,
    "UNAUTHENTICATED": 401, "ACCESS_DENIED": 403, "FORBIDDEN": 403,
    "INTERNAL_SERVER_ERROR": 500, "SERVICE_UNAVAILABLE": 503, "TIMEOUT": 503,
}  # fmt: skip
REJECTED = 422


class GraphqlConfig(HttpConfig):
    """The address, the limits of an answer, and what to do with half of one."""

    partial_data: bool = field(
        False,
        title="Take partial data",
        description="Of an answer with data and errors, take the data; else it is an error",
        advanced=True,
    )


class GraphqlTransport(HttpTransport):
    """GraphQL over HTTP. A body is an object with ``query``, and if needed ``variables`` and ``operationName``.

    Errors within an answer get the HTTP status that they mean (``extensions.code``; 422 for all others), and what is
    said about the query's cost becomes a ``Retry-After``: so judges, waits, renewed tokens and uncertain sends are as
    with every other application.
    """

    kind: ClassVar[str] = "graphql"
    title: ClassVar[str] = "GraphQL"
    Config: ClassVar[type[BaseModel]] = GraphqlConfig
    config: GraphqlConfig

    open = Transport.open  # an answer must be whole before anyone can say that it is a good one

    async def send(self, request: Request) -> Response:
        """The answer; its status is what it means."""
        if request.method in ("GET", "QUERY", "EXECUTE") and request.body is not None:
            request = request.copy()
            request.method = "POST"
        response = await super().send(request)
        try:
            body = json.decode(response.body)
        except (json.JSONError, UnicodeDecodeError):
            return response
        errors = body.get("errors") if isinstance(body, dict) else None
        if not isinstance(errors, list) or not errors or response.status >= 500:
            return response
        codes = [_at(error, "extensions", "code") for error in errors]
        known = [_STATUS[code] for code in codes if isinstance(code, str) and code in _STATUS]
        if not known and (response.status >= 400 or (self.config.partial_data and body.get("data"))):
            return response
        response.status = known[0] if known else REJECTED
        wait_s = _wait_s(body)
        if response.status == 429 and wait_s is not None:
            response.headers["retry-after"] = f"{wait_s:.3f}"
        return response


def _wait_s(body: Mapping[str, Any]) -> float | None:
    """Seconds until the bucket of points holds what the query costs; None when the answer does not tell."""
    cost = _at(body, "extensions", "cost")
    if not isinstance(cost, dict):
        cost = next((found for error in body["errors"] if (found := _at(error, "extensions", "cost"))), None)
    points = [_at(cost, "requestedQueryCost")]
    points += [_at(cost, "throttleStatus", name) for name in ("currentlyAvailable", "restoreRate")]
    try:
        wanted, there, rate = (float(point) for point in points)
        return max(0.0, (wanted - there) / rate)
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
