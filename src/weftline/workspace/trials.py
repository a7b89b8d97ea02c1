"""Use cases of the builder: try an endpoint of a connector, saved or a draft, with an instance or typed values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from weftline.builder import Trial, try_endpoint
from weftline.connectors import RetryPolicy
from weftline.connectors.sessions import Sessions
from weftline.errors import DocumentError, NotFoundError
from weftline.kernel import explain
from weftline.model import Connector, Instance
from weftline.store import Connection, Database, connectors, instances
from weftline.vault import Vault
from weftline.workspace.check import validate

Json = dict[str, Any]

RETRY = RetryPolicy(tries=1, patience_s=10.0)
"""A person waits: what is wrong is told at once."""


class Trials:
    """Tries endpoints for real."""

    def __init__(self, db: Database, vault: Vault, sessions: Sessions) -> None:
        self._db = db
        self._vault = vault
        self._sessions = sessions

    async def run(
        self,
        connector: str | Json,
        trial: Trial,
        instance: str | None = None,
        values: Mapping[str, Any] | None = None,
        credentials: Mapping[str, str] | None = None,
        auth: str | None = None,
    ) -> Json:
        """See :func:`weftline.builder.try_endpoint`.

        ``connector`` is the slug of an installed one, or a document. ``instance`` names a saved instance, whose
        values and credentials are used with it; without, they are ``values`` and ``credentials``.
        """

        def read(connection: Connection) -> tuple[Connector, Instance, Mapping[str, str], str | None]:
            document = _document(connection, connector)
            if instance is None:
                method = auth or next((option.key for option in document.auth), None)
                typed = Instance(name="Trial", connector=document.slug, auth=method, variables=dict(values or {}))
                return document, typed, dict(credentials or {}), None
            row = instances.find(connection, instance)
            if row is None:
                raise NotFoundError(f"there is no instance '{instance}'", hint="name one, or type its values")
            return document, row.document, self._vault.get_all(connection, row.id), row.id

        document, described, secrets, instance_id = await self._db.read(read)
        if instance_id is None:
            validate(document, described, secrets)
            session = self._sessions.unsaved(document, described, secrets, retry=RETRY)
        else:
            session = self._sessions.saved(document, described, secrets, instance_id, RETRY)
        try:
            return await try_endpoint(session, trial)
        finally:
            await session.close()


def _document(connection: Connection, connector: str | Json) -> Connector:
    if isinstance(connector, str):
        row = connectors.find(connection, connector)
        if row is None:
            raise NotFoundError(f"the connector '{connector}' is not installed", hint="install it, or give its file")
        return row.document
    try:
        return Connector.model_validate(connector)
    except ValidationError as error:
        raise DocumentError(f"the connector file is not right: {explain(error)}") from None
