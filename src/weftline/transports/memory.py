"""Scripted answers: the twin for tests of connectors and plug-ins."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import BaseModel

from weftline.model import Document, Request, Response, field
from weftline.transports.base import Transport

Answerer = Callable[[Request], Response]


def _nothing_scripted(request: Request) -> Response:
    return Response(404, {"content-type": "application/json"}, b'{"message":"no answer is scripted"}')


class MemoryConfig(Document):
    """The base URL, for templates."""

    base_url: str = field("http://memory.invalid", title="Base URL")
    timeout_s: float = field(30.0, title="Time-out", gt=0)


class MemoryTransport(Transport):
    """Answers by a function of the request (which may raise); keeps the requests it saw."""

    kind: ClassVar[str] = "memory"
    title: ClassVar[str] = "Memory"
    Config: ClassVar[type[BaseModel]] = MemoryConfig

    def __init__(self, config: MemoryConfig, answer: Answerer = _nothing_scripted) -> None:
        super().__init__(config)
        self._answer = answer
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Response:
        """What the function says."""
        self.requests.append(request.copy())
        return self._answer(request)
