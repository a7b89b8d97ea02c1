"""The workspace's facts, as flows are built and linted with: instances, connectors, lookups, samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weftline.mapping import Lookups
from weftline.model import Connector, Instance
from weftline.shapes import Workshop
from weftline.store import Connection, Database
from weftline.store import connectors as connector_rows
from weftline.store import instances as instance_rows
from weftline.store import lookups as lookup_rows

ReadSample = Callable[[str, str], Any]
"""From a connector's slug and the sample's file name to its value, or None."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A snapshot; see :class:`weftline.shapes.WorkspaceFacts`."""

    instances: Mapping[str, Instance]
    connectors: Mapping[str, Connector]
    lookups: Sequence[str]
    read_sample: ReadSample

    def instance(self, name: str) -> Instance | None:
        """The instance of that name."""
        return self.instances.get(name)

    def connector(self, slug: str) -> Connector | None:
        """The installed connector of that slug."""
        return self.connectors.get(slug)

    def instance_names(self) -> Sequence[str]:
        """Every instance's name."""
        return list(self.instances)

    def lookup_names(self) -> Sequence[str]:
        """Every lookup's name."""
        return self.lookups

    def direction(self, instance: str, endpoint: str) -> str | None:
        """Whether an instance's endpoint receives or sends."""
        found = self.instances.get(instance)
        connector = self.connectors.get(found.connector) if found else None
        described = connector.endpoint(endpoint) if connector else None
        return described.direction if described else None

    def sample(self, slug: str, endpoint: str) -> Any:
        """A sample record of an endpoint, or None."""
        connector = self.connectors.get(slug)
        described = connector.endpoint(endpoint) if connector else None
        if described is None or described.sample is None:
            return None
        value = connector.samples.get(described.sample) if connector else None
        if value is None:
            value = self.read_sample(slug, described.sample)
        return value[0] if isinstance(value, list) and value else value


class Workshops:
    """Makes workshops with the facts of the moment."""

    def __init__(self, db: Database, lookups: Lookups, read_sample: ReadSample) -> None:
        self._db = db
        self._lookups = lookups
        self._read_sample = read_sample

    async def open(self) -> Workshop:
        """A workshop for building or linting one flow."""

        def read(connection: Connection) -> Facts:
            return Facts(
                {row.document.name: row.document for row in instance_rows.list_all(connection)},
                {row.document.slug: row.document for row in connector_rows.list_all(connection)},
                lookup_rows.names(connection),
                self._read_sample,
            )

        return Workshop(self._lookups, await self._db.read(read))
