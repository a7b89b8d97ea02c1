"""Requests and responses as data: what auth methods sign, paginators read and transports carry."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Page", "Request", "Response", "Streamed"]


@dataclass(slots=True)
class Request:
    """A request before it is sent. ``query`` is not yet part of ``url``; ``body`` is encoded bytes.

    ``method`` is an HTTP method, or a verb of another transport: LIST, READ, WRITE, MOVE, DELETE (files), QUERY,
    EXECUTE, INSERT, UPSERT (databases), SEND (mail).
    """

    method: str
    url: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout_s: float = 30.0

    def copy(self) -> Request:
        """A copy whose lists may be changed."""
        return Request(self.method, self.url, list(self.query), dict(self.headers), self.body, self.timeout_s)


@dataclass(slots=True)
class Response:
    """An answer: status, headers with lower-case names, whole body, seconds it took; ``sent`` is what was asked,
    signed."""

    status: int
    headers: dict[str, str]
    body: bytes
    elapsed_s: float = 0.0
    url: str = ""
    sent: Request | None = None


@dataclass(slots=True)
class Streamed:
    """An answer whose body is still on its way: read ``pieces`` once, to the end, while it is open."""

    status: int
    headers: dict[str, str]
    pieces: AsyncIterator[bytes]
    url: str = ""


@dataclass(slots=True)
class Page:
    """One response's worth of records.

    ``raw`` is its ``count`` records as JSON bytes (a list), ready for the payload store; ``next_state`` continues
    the chain after this page (JSON, may cross a durable step) and is None on the last page.
    """

    count: int
    raw: bytes
    number: int
    next_state: dict[str, Any] | None
    response: Response
    request: Request
    meta: dict[str, Any] = field(default_factory=dict)
    """Values of the answer that travel with its records."""
