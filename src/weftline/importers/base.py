"""The socket ``Importer``: a description of an API, in somebody's format, becomes a connector."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.model import Connector


@dataclass(frozen=True, slots=True)
class Source:
    """What is imported: its bytes, and the values in them when they are JSON or YAML (else None)."""

    name: str
    """For errors: a file's path or an address."""
    data: bytes
    document: Any = None

    @property
    def text(self) -> str:
        """As text; what is not UTF-8 is replaced."""
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Todo:
    """What a person must see to before the connector is finished."""

    where: str
    """A place in the connector file, such as ``auth.oauth`` or ``endpoints.orders.list``."""
    what: str


@dataclass(slots=True)
class Imported:
    """A connector that passes lint, and what is still to be done."""

    connector: Connector
    operations: int
    """How many the description has; as many endpoints are in the connector, or a ``todo`` says why not."""
    samples: dict[str, Any] = field(default_factory=dict)
    """Sample records by file name, relative to the connector file: ``samples/order.json``."""
    todo: list[Todo] = field(default_factory=list)
    evidence: dict[str, str] = field(default_factory=dict)
    """Per endpoint key: why its pagination was guessed as it is, in words."""


class Importer(ABC):
    """Reads one format. Pure: no network, no files beside the source."""

    kind: ClassVar[str]
    title: ClassVar[str]
    Config: ClassVar[type[BaseModel]]

    def __init__(self, config: Any) -> None:
        self.config = config

    @classmethod
    @abstractmethod
    def recognises(cls, source: Source) -> bool:
        """Whether the source looks like this format, by its first words and keys."""

    @abstractmethod
    def read(self, source: Source) -> Imported:
        """The connector; :class:`DocumentError` names what in the source cannot be read, and the remedy."""
