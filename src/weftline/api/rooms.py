"""What the API needs of the rooms below; the composition root hands it in."""

from __future__ import annotations

import asyncio
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from weftline.access import Access
from weftline.engine import Engine
from weftline.payloads import PayloadStore
from weftline.settings import Settings
from weftline.store import Database
from weftline.triggers import Webhooks
from weftline.workspace import (
    Connectors,
    ConnectorVersions,
    Consents,
    Flows,
    Instances,
    LookupTables,
    Trials,
    Workspaces,
)


class Rooms(Protocol):
    """The open rooms. ``closing`` is set when the server is about to stop, so that streams end."""

    settings: Settings
    db: Database
    access: Access
    engine: Engine
    payloads: PayloadStore
    webhooks: Webhooks
    connectors: Connectors
    versions: ConnectorVersions
    trials: Trials
    instances: Instances
    consents: Consents
    flows: Flows
    lookups: LookupTables
    workspace: Workspaces
    closing: asyncio.Event


def _rooms(request: Request) -> Rooms:
    return cast("Rooms", request.app.state.rooms)


Open = Annotated[Rooms, Depends(_rooms)]
