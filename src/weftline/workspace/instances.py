"""Use cases of instances: create, check, change, duplicate, remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from weftline.auth import AUTH_METHODS
from weftline.connectors.sessions import Sessions
from weftline.connectors.tokens import forget_token
from weftline.errors import (
    ConflictError,
    DocumentError,
    NotFoundError,
    StillInUseError,
    did_you_mean,
)
from weftline.kernel import explain, new_id
from weftline.model import Connector, Health, Instance
from weftline.store import Connection, Database, budgets, connectors, flows
from weftline.store import instances as rows
from weftline.store.definitions import lock_definitions
from weftline.store.instances import InstanceRow
from weftline.vault import Vault
from weftline.workspace.check import merged, must_pass, outcome, validate
from weftline.workspace.uses import Use, in_words, uses_of_instance

Json = dict[str, Any]


class Instances:
    """Instances, their credentials and health."""

    def __init__(self, db: Database, vault: Vault, sessions: Sessions) -> None:
        self._db = db
        self._vault = vault
        self._sessions = sessions

    async def list(self) -> list[Json]:
        """All instances by name."""

        def read(connection: Connection) -> list[Json]:
            in_use = flows.in_use(connection)
            known = {row.document.slug: row.document for row in connectors.list_all(connection)}
            return [
                instance_row(row, known[row.document.connector], in_use)
                for row in rows.list_all(connection)
                if row.document.connector in known
            ]

        return await self._db.read(read)

    async def get(self, instance_id: str) -> Json:
        """One instance with its document and which credentials are set (never their values)."""

        def read(connection: Connection) -> Json:
            row = must_find(connection, instance_id)
            connector = _connector(connection, row.document.connector)
            return instance_row(row, connector, flows.in_use(connection)) | {
                "document": row.document.model_dump(),
                "credentials_set": self._vault.keys(connection, row.id),
            }

        return await self._db.read(read)

    async def create(self, document: Json, credentials: Mapping[str, str], *, save_unchecked: bool = False) -> Json:
        """Add an instance. Its credentials are checked first; with ``save_unchecked`` they need not pass."""
        instance = read_document(document)

        def read(connection: Connection) -> Connector:
            if rows.find(connection, instance.name) is not None:
                raise ConflictError(f"there is an instance '{instance.name}' already", hint="choose another name")
            return _connector(connection, instance.connector)

        connector = await self._db.read(read)
        given = merged(connector, None, instance, {}, credentials)
        validate(connector, instance, given)
        health, message = await self._checked(connector, instance, given, save_unchecked=save_unchecked)
        instance_id = new_id("ins")

        def write(connection: Connection) -> None:
            lock_definitions(connection)
            read(connection)
            put(connection, self._vault, instance_id, instance, given)
            rows.set_health(connection, instance_id, health, message)

        await self._db.write(write)
        return await self.get(instance_id)

    async def update(
        self, instance_id: str, document: Json, credentials: Mapping[str, str], *, save_unchecked: bool = False
    ) -> Json:
        """Change an instance. Credentials that are left out are kept."""
        instance = read_document(document)

        def read(connection: Connection) -> tuple[InstanceRow, Connector, dict[str, str]]:
            row = must_find(connection, instance_id)
            if instance.connector != row.document.connector:
                raise DocumentError(
                    "an instance cannot change its connector", hint="add an instance of the other connector"
                )
            other = rows.find(connection, instance.name)
            if other is not None and other.id != row.id:
                raise ConflictError(f"there is an instance '{instance.name}' already", hint="choose another name")
            if instance.name != row.document.name:
                # Flows name their instances; a run under way would look for the old name.
                _refuse_while_used(connection, row, "renamed")
            return row, _connector(connection, instance.connector), self._vault.readable(connection, row.id)

        row, connector, old = await self._db.read(read)
        given = merged(connector, row.document, instance, old, credentials)
        validate(connector, instance, given)
        same_login = given == old and instance.auth == row.document.auth
        health, message = await self._checked(
            connector, instance, given, save_unchecked=save_unchecked, instance_id=row.id if same_login else None
        )

        def write(connection: Connection) -> None:
            lock_definitions(connection)
            read(connection)
            put(connection, self._vault, row.id, instance, given)
            if not same_login:
                forget_token(self._vault, connection, row.id)
            rows.set_health(connection, row.id, health, message)

        await self._db.write(write)
        return await self.get(row.id)

    async def check(self, instance_id: str) -> Json:
        """Call the connector's check endpoint and note the outcome; a check that fails is an answer, not an error."""

        def read(connection: Connection) -> tuple[InstanceRow, Connector, dict[str, str]]:
            row = must_find(connection, instance_id)
            connector = _connector(connection, row.document.connector)
            return row, connector, self._vault.readable(connection, row.id)

        row, connector, credentials = await self._db.read(read)
        health, message = await outcome(self._sessions, connector, row.document, credentials, row.id)
        await self._db.write(lambda connection: rows.set_health(connection, row.id, health, message))
        return await self.get(row.id)

    async def duplicate(self, instance_id: str, name: str) -> Json:
        """A copy under another name, credentials included."""

        def write(connection: Connection) -> str:
            lock_definitions(connection)
            row = must_find(connection, instance_id)
            if rows.find(connection, name) is not None:
                raise ConflictError(f"there is an instance '{name}' already", hint="choose another name")
            copy = read_document(row.document.model_dump() | {"name": name})
            new = new_id("ins")
            put(connection, self._vault, new, copy, self._vault.get_all(connection, row.id))
            return new

        return await self.get(await self._db.write(write))

    async def remove(self, instance_id: str) -> None:
        """Remove an instance; refused while a draft or deployed flow version uses it."""

        def write(connection: Connection) -> None:
            lock_definitions(connection)
            row = must_find(connection, instance_id)
            _refuse_while_used(connection, row, "removed")
            self._vault.delete(connection, row.id)
            forget_token(self._vault, connection, row.id)
            budgets.forget(connection, row.id)
            rows.remove(connection, row.id)

        await self._db.write(write)

    async def _checked(
        self,
        connector: Connector,
        instance: Instance,
        credentials: Mapping[str, str],
        *,
        save_unchecked: bool,
        instance_id: str | None = None,
    ) -> tuple[Health, str]:
        check = outcome if save_unchecked else must_pass
        return await check(self._sessions, connector, instance, credentials, instance_id)


def read_document(document: Json) -> Instance:
    """JSON as an instance; :class:`DocumentError` names what does not fit."""
    try:
        return Instance.model_validate(document)
    except ValidationError as error:
        name = document.get("name") or "the instance"
        raise DocumentError(f"instance '{name}': {explain(error)}") from None


def put(
    connection: Connection, vault: Vault, instance_id: str, document: Instance, credentials: Mapping[str, str]
) -> None:
    """Write an instance and its credentials, in place of any before."""
    rows.put(connection, instance_id, document)
    vault.delete(connection, instance_id)
    for key, value in credentials.items():
        vault.put(connection, instance_id, key, value)


def must_find(connection: Connection, instance_id: str) -> InstanceRow:
    """The instance of that id or name; :class:`NotFoundError` when there is none."""
    row = rows.find(connection, instance_id)
    if row is None:
        known = [found.document.name for found in rows.list_all(connection)]
        raise NotFoundError(f"there is no instance '{instance_id}'", hint=did_you_mean(instance_id, known))
    return row


def instance_row(row: InstanceRow, connector: Connector, in_use: list[Use]) -> Json:
    """An instance as lists show it."""
    option = connector.auth_option(row.document.auth)
    return {
        "id": row.id,
        "name": row.document.name,
        "connector": row.document.connector,
        "connector_title": connector.title,
        "auth": option.title if option else "None",
        "asks_consent": option is not None and AUTH_METHODS.get(option.kind).interactive,
        "health": row.health,
        "health_message": row.health_message,
        "checked_at": row.checked_at,
        "quota_group": row.document.quota_group,
        "pool": row.document.pool,
        "used_by": uses_of_instance(in_use, row.document.name),
    }


def _connector(connection: Connection, slug: str) -> Connector:
    row = connectors.find(connection, slug)
    if row is None:
        known = [found.document.slug for found in connectors.list_all(connection)]
        raise NotFoundError(f"the connector '{slug}' is not installed", hint=did_you_mean(slug, known))
    return row.document


def _refuse_while_used(connection: Connection, row: InstanceRow, verb: str) -> None:
    uses = uses_of_instance(flows.in_use(connection), row.document.name)
    if uses:
        raise StillInUseError(
            f"'{row.document.name}' cannot be {verb}: flows use it: {in_words(uses)}",
            hint="take it out of those flows first",
            context={"flows": uses},
        )
