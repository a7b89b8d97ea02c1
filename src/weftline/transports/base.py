"""The socket ``Transport``: how bytes reach a system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Protocol, Self

from pydantic import BaseModel

from weftline.model import Request, Response, Streamed
from weftline.transports.policy import OutboundPolicy

UNSENT = "unsent"
"""Key in a ConnectError's context: the request surely did not arrive, so that sending it again repeats nothing."""


class Connections(Protocol):
    """What all transports of a process share."""

    policy: OutboundPolicy


class Login(Protocol):
    """Who we are, for transports that log in when they connect; every ``AuthMethod`` is one."""

    def login(self) -> Mapping[str, str]:
        """Names and values as ``AuthMethod.login`` lists them."""

    def sign(self, request: Request) -> None:
        """Sign one request."""


class NoLogin:
    """Nobody in particular."""

    def login(self) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def sign(self, request: Request) -> None:
        """Nothing to add."""


class Transport(ABC):
    """Carries requests. Knows no endpoints, no retries, no meaning of an answer.

    A transport without status codes answers 200 for what succeeded and raises for what did not: ConnectError,
    RemoteTimeoutError, CredentialRejectedError, RequestRejectedError (a file or table that is not there, a value that
    does not fit; ``context={"status": 404}`` where nothing is there), OutboundRefusedError.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    signs: ClassVar[bool] = False
    """Whether it calls ``login.sign`` itself, for the requests that it makes of ours; else the session signs ours."""

    def __init__(self, config: Any) -> None:
        self.config = config

    @classmethod
    def build(cls, config: Any, connections: Connections, login: Login) -> Self:
        """A transport on the process's shared connections, as the one that ``login`` proves us to be."""
        return cls(config)

    @abstractmethod
    async def send(self, request: Request) -> Response:
        """The answer, whole; ConnectError or RemoteTimeoutError when there is none."""

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[Streamed]:
        """The answer with its body still on its way, for those too large for memory; errors as :meth:`send`.

        This one reads it whole; kinds that can do better override it.
        """
        response = await self.send(request)

        async def whole() -> AsyncIterator[bytes]:
            yield response.body

        yield Streamed(response.status, response.headers, whole(), response.url)

    async def close(self) -> None:  # noqa: B027 - most have nothing of their own
        """Let go of connections that are this transport's own."""
