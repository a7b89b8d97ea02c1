"""Use cases of an installed connector's life: edit, update with the workspace's edits kept, go back, copy, export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from weftline.connectors.lint import lint
from weftline.errors import ConflictError, DocumentError, NotFoundError
from weftline.kernel import explain
from weftline.marketplace import Catalog, Choice, Merge, compare, edits
from weftline.model import Connector, version_key
from weftline.model.yaml import to_yaml
from weftline.store import Connection, Database
from weftline.store import connectors as rows
from weftline.store.connectors import ConnectorRow, OldVersion
from weftline.store.definitions import lock_definitions
from weftline.workspace.connectors import must_find
from weftline.workspace.uses import steps_of_connector

Json = dict[str, Any]


class ConnectorVersions:
    """The versions of installed connectors. Each change is one transaction and reaches all instances at once."""

    def __init__(self, db: Database, catalog: Catalog) -> None:
        self._db = db
        self._catalog = catalog

    async def changes(self, slug: str) -> Json:
        """What an update would change, which flows use what it changes, and where it meets the workspace's edits."""
        newest = self._catalog.must_find(slug).document

        def read(connection: Connection) -> Json:
            installed = must_find(connection, slug)
            merge = _merge(installed, newest, {})
            return _shown(connection, installed, newest) | _told(installed, merge)

        return await self._db.read(read)

    async def update(self, slug: str, choices: Mapping[str, Choice] | None = None) -> Json:
        """Put the newest version in place, the workspace's edits kept; what that changed.

        ``choices`` decide conflicts by their paths: mine or theirs. :class:`ConflictError` names those not decided.
        """
        newest = self._catalog.must_find(slug).document

        def write(connection: Connection) -> Json:
            lock_definitions(connection)
            installed = must_find(connection, slug)
            base = installed.base
            if base is not None and version_key(newest.version) <= version_key(base.version):
                raise ConflictError(f"'{newest.title}' {base.version} is the newest version", hint="nothing to do")
            shown = _shown(connection, installed, newest)
            merged = merged_update(installed, newest, choices or {})
            rows.put(connection, merged, newest)
            return shown | {"edited": edits(_plain(newest), _plain(merged)), "conflicts": []}

        return await self._db.write(write)

    async def compare(self, slug: str, document: Json) -> Json:
        """What saving a document in place of the installed one would change."""
        new = _checked(document)

        def read(connection: Connection) -> Json:
            installed = must_find(connection, slug)
            return _shown(connection, installed, new) | {"edited": [], "conflicts": []}

        return await self._db.read(read)

    async def save(self, document: Json, *, new: bool) -> str:
        """Save a connector of the workspace's own (``new``), or an edit of an installed one; its slug."""
        connector = _checked(document)

        def write(connection: Connection) -> None:
            lock_definitions(connection)
            installed = rows.find(connection, connector.slug)
            if new and (installed is not None or self._catalog.offered(connector.slug) is not None):
                raise ConflictError(
                    f"there is a connector '{connector.slug}' already",
                    hint="give yours another slug, or install that one and edit it",
                )
            if not new and installed is None:
                must_find(connection, connector.slug)
            rows.put(connection, connector, installed.base if installed else None)

        await self._db.write(write)
        return connector.slug

    async def duplicate(self, slug: str, new_slug: str, title: str) -> str:
        """A copy of the workspace's own, under another name; its slug."""
        row = await self._db.read(lambda connection: must_find(connection, slug))
        return await self.save(_plain(row.document) | {"slug": new_slug, "title": title}, new=True)

    async def history(self, slug: str) -> list[Json]:
        """What stood in its place, the last one first: version, edited, replaced_at."""

        def read(connection: Connection) -> list[Json]:
            must_find(connection, slug)
            return [
                {
                    "version": old.document.version,
                    "edited": old.base is not None and old.base != old.document,
                    "replaced_at": old.replaced_at,
                }
                for old in rows.history(connection, slug)
            ]

        return await self._db.read(read)

    async def rollback_changes(self, slug: str) -> Json:
        """What rolling back would change."""
        return await self._db.read(lambda connection: _back(connection, slug)[1])

    async def rollback(self, slug: str) -> Json:
        """Put back what stood in its place before; what that changed. Once more undoes it."""

        def write(connection: Connection) -> Json:
            lock_definitions(connection)
            old, shown = _back(connection, slug)
            rows.put(connection, old.document, old.base)
            return shown

        return await self._db.write(write)

    async def file(self, slug: str) -> str:
        """The connector as one YAML file, its samples within."""

        def read(connection: Connection) -> Connector:
            return must_find(connection, slug).document

        document = await self._db.read(read)
        exported = _plain(document)
        samples = dict(document.samples)
        for endpoint in document.endpoints:
            if endpoint.sample and endpoint.sample not in samples:
                value = self._catalog.sample(slug, endpoint.sample)
                if value is not None:
                    samples[endpoint.sample] = value
        return to_yaml(exported | ({"samples": samples} if samples else {}))


def merged_update(installed: ConnectorRow, newest: Connector, choices: Mapping[str, Choice]) -> Connector:
    """The newest version with the workspace's edits; :class:`ConflictError` names what a person must decide."""
    if installed.base is None:
        raise ConflictError(
            f"'{installed.document.title}' is the workspace's own, not the marketplace's",
            hint="export it, remove it, and install the marketplace's",
        )
    merge = _merge(installed, newest, choices)
    if merge.conflicts:
        paths = [conflict.path for conflict in merge.conflicts]
        raise ConflictError(
            f"the update of '{newest.title}' meets the workspace's own edits at: {', '.join(paths)}",
            hint="decide for each: mine or theirs",
            context={"conflicts": paths},
        )
    return _checked(merge.value)


def _merge(installed: ConnectorRow, newest: Connector, choices: Mapping[str, Choice]) -> Merge:
    base = installed.base or installed.document
    # The version is the marketplace's to say.
    decided: dict[str, Choice] = {**choices, "version": "theirs"}
    return Merge(_plain(base), _plain(installed.document), _plain(newest), decided)


def _told(installed: ConnectorRow, merge: Merge) -> Json:
    base = installed.base or installed.document
    return {
        "edited": edits(_plain(base), _plain(installed.document)),
        "conflicts": [
            {"path": one.path, "base": one.base, "mine": one.mine, "theirs": one.theirs} for one in merge.conflicts
        ],
    }


def _back(connection: Connection, slug: str) -> tuple[OldVersion, Json]:
    installed = must_find(connection, slug)
    old = next(iter(rows.history(connection, slug)), None)
    if old is None:
        raise NotFoundError(f"'{installed.document.title}' has no earlier version here", hint="nothing to do")
    return old, _shown(connection, installed, old.document) | {"edited": [], "conflicts": []}


def _shown(connection: Connection, installed: ConnectorRow, new: Connector) -> Json:
    found = compare(installed.document, new)
    touched = [
        {
            "id": flow.id,
            "name": flow.name,
            "version": version,
            "step_id": step.id,
            "endpoint": step.config["endpoint"],
        }
        for flow, version, step in steps_of_connector(connection, installed.document.slug)
        if step.config.get("endpoint") in found.endpoints
    ]
    return {
        "from": found.from_version,
        "to": found.to_version,
        "added": found.added,
        "changed": found.changed,
        "removed": found.removed,
        "breaking": found.breaking,
        "flows": touched,
    }


def _checked(document: Json) -> Connector:
    """A document that may be saved; :class:`DocumentError` names what is wrong with it."""
    try:
        connector = Connector.model_validate(document)
    except ValidationError as error:
        raise DocumentError(f"the connector file is not right: {explain(error)}") from None
    wrong = [problem for problem in lint(connector) if problem.level == "error"]
    if wrong:
        raise DocumentError(
            f"the connector file is not right: {'; '.join(problem.message for problem in wrong)}",
            hint=wrong[0].hint,
            context={"problems": [problem.message for problem in wrong]},
        )
    return connector


def _plain(document: Connector) -> Json:
    return document.model_dump(exclude_defaults=True)
