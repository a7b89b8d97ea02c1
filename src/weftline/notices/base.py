"""The socket ``Channel``: one way to tell people."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import SplitResult

from weftline.transports import Connections


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told. ``id`` is the same when it is told again; ``link`` leads to where something can be done."""

    id: str
    at: str
    kind: str
    title: str
    text: str
    link: str


class Channel(ABC):
    """Tells notices to one address. A kind knows the schemes of addresses that it serves."""

    schemes: ClassVar[tuple[str, ...]]
    example: ClassVar[str]

    @abstractmethod
    def __init__(self, address: SplitResult, connections: Connections) -> None:
        """For an address; :class:`SettingsError` says what is wrong with it, without its secrets."""

    @abstractmethod
    async def tell(self, notice: Notice) -> None:
        """Return once the other side has taken it; raise a :class:`WeftlineError` otherwise."""

    async def close(self) -> None:  # noqa: B027 - most have nothing of their own
        """Let go of connections of one's own."""
