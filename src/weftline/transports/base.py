"""The socket ``Transport``: how bytes reach a system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Protocol, Self

from pydantic import BaseModel

from weftline.model import Request, Response
from weftline.transports.policy import OutboundPolicy

UNSENT = "unsent"
"""Key in a ConnectError's context: the request surely did not arrive, so that sending it again repeats nothing."""


class Connections(Protocol):
    """What all transports of a process share."""

    policy: OutboundPolicy


class Transport(ABC):
    """Carries requests. Knows no endpoints, no retries, no meaning of an answer."""

    kind: ClassVar[str]
    title: ClassVar[str]
    Config: ClassVar[type[BaseModel]]

    def __init__(self, config: Any) -> None:
        self.config = config

    @classmethod
    def build(cls, config: Any, connections: Connections) -> Self:
        """A transport on the process's shared connections; kinds with none of those ignore them."""
        return cls(config)

    @abstractmethod
    async def send(self, request: Request) -> Response:
        """The answer, whole; ConnectError or RemoteTimeoutError when there is none."""
