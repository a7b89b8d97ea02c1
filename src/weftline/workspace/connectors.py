"""Use cases of connectors: browse, install, remove; see ``versions.py`` for what changes one that is installed."""

from __future__ import annotations

from typing import Any

from weftline.errors import ConflictError, NotFoundError, StillInUseError, did_you_mean
from weftline.marketplace import Catalog, Entry
from weftline.model import Connector, version_key
from weftline.store import Connection, Database, flows, instances
from weftline.store import connectors as rows
from weftline.store.connectors import ConnectorRow
from weftline.store.definitions import lock_definitions
from weftline.workspace.instances import instance_row

Json = dict[str, Any]


class Connectors:
    """The marketplace and what is installed from it."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._catalog = catalog

    async def browse(self, search: str = "", category: str = "") -> list[Json]:
        """The marketplace's tiles."""
        installed = await self._db.read(lambda connection: {r.document.slug: r for r in rows.list_all(connection)})
        return [_tile(entry, installed.get(entry.document.slug)) for entry in self._catalog.entries(search, category)]

    async def problems(self) -> list[Json]:
        """Files of the marketplace that cannot be used: slug, message and hint of each."""
        broken = self._catalog.problems()
        return [{"slug": one.slug, "message": one.error.message, "hint": one.error.hint} for one in broken]

    async def entry(self, slug: str) -> Json:
        """One connector of the marketplace with its document and README."""
        entry = self._catalog.must_find(slug)
        installed = await self._db.read(lambda connection: rows.find(connection, slug))
        document = entry.document.model_dump(exclude_defaults=True)
        return _tile(entry, installed) | {"document": document, "readme": self._catalog.readme(slug)}

    def icon(self, slug: str) -> str:
        """The icon as SVG; empty when there is none."""
        return self._catalog.icon(slug)

    async def list(self) -> list[Json]:
        """Installed connectors with their instances."""

        def read(connection: Connection) -> list[Json]:
            in_use = flows.in_use(connection)
            return [
                self._installed(row)
                | {
                    "instances": [
                        instance_row(found, row.document, in_use)
                        for found in instances.list_all(connection, row.document.slug)
                    ]
                }
                for row in rows.list_all(connection)
            ]

        return await self._db.read(read)

    async def get(self, slug: str) -> Json:
        """One installed connector with its document."""

        def read(connection: Connection) -> Json:
            row = must_find(connection, slug)
            in_use = flows.in_use(connection)
            found = instances.list_all(connection, slug)
            return self._installed(row) | {
                "instances": [instance_row(item, row.document, in_use) for item in found],
                "document": row.document.model_dump(exclude_defaults=True),
            }

        return await self._db.read(read)

    async def install(self, slug: str) -> Json:
        """Install the newest version; installing what is installed is refused (update it instead)."""
        entry = self._catalog.must_find(slug)

        def write(connection: Connection) -> None:
            lock_definitions(connection)
            if rows.find(connection, slug) is not None:
                raise ConflictError(f"'{entry.document.title}' is installed already", hint="update it instead")
            rows.put(connection, entry.document, entry.document)

        await self._db.write(write)
        return await self.get(slug)

    async def remove(self, slug: str) -> None:
        """Remove a connector; refused while it has instances, which are named."""

        def write(connection: Connection) -> None:
            lock_definitions(connection)
            row = must_find(connection, slug)
            names = [found.document.name for found in instances.list_all(connection, slug)]
            if names:
                raise StillInUseError(
                    f"'{row.document.title}' has instances: {', '.join(names)}",
                    hint="remove them first",
                    context={"instances": names},
                )
            rows.remove(connection, slug)

        await self._db.write(write)

    def _installed(self, row: ConnectorRow) -> Json:
        document = row.document
        offered = self._catalog.offered(document.slug)
        latest = offered.version if offered else None
        return _facts(document) | {
            "latest_version": latest,
            "update_available": row.base is not None
            and latest is not None
            and version_key(latest) > version_key(row.base.version),
            "origin": "workspace" if row.base is None else "marketplace",
            "edited": row.base is not None and row.base != document,
            "installed_at": row.installed_at,
            "updated_at": row.updated_at,
        }


def must_find(connection: Connection, slug: str) -> ConnectorRow:
    """The installed connector; :class:`NotFoundError` when it is not."""
    row = rows.find(connection, slug)
    if row is None:
        known = [found.document.slug for found in rows.list_all(connection)]
        raise NotFoundError(f"the connector '{slug}' is not installed", hint=did_you_mean(slug, known))
    return row


def _facts(document: Connector) -> Json:
    return {
        "slug": document.slug,
        "title": document.title,
        "summary": document.summary,
        "category": document.category,
        "version": document.version,
        "docs_url": document.docs_url,
        "endpoints": len(document.endpoints),
        "auth": [option.title for option in document.auth],
    }


def _tile(entry: Entry, installed: ConnectorRow | None) -> Json:
    document = entry.document
    return _facts(document) | {
        "installed_version": installed.document.version if installed else None,
        "update_available": installed is not None
        and installed.base is not None
        and version_key(document.version) > version_key(installed.base.version),
    }
