"""The use cases over a fresh store, the real catalog, and the applications' stand-ins on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from weftline.connectors.sessions import Sessions
from weftline.engine import lint
from weftline.engine.facts import Workshops
from weftline.marketplace import Catalog
from weftline.model import Flow
from weftline.model.problem import Problem
from weftline.state import StoredLookups
from weftline.store import Database
from weftline.testing.sandboxes import RunningSandbox, running
from weftline.transports import OutboundPolicy
from weftline.vault import KeyRing, Vault
from weftline.workspace import Connectors, Flows, Instances, LookupTables, Workspace, Workspaces

CATALOG = Path(__file__).parents[2] / "catalog"
SECRET = "shop-token-4711"
NETSUITE = {
    "consumer_key": "demo-consumer-key",
    "consumer_secret": "demo-consumer-secret",
    "token_id": "demo-token-id",
    "token_secret": "demo-token-secret",
}


@dataclass
class Rooms:
    """All use cases over one store."""

    db: Database
    vault: Vault
    sessions: Sessions
    connectors: Connectors
    instances: Instances
    flows: Flows
    lookups: LookupTables
    workspace: Workspaces

    def credentials(self, instance_id: str) -> dict[str, str]:
        """What the vault holds."""
        return self.db.read_now(lambda connection: self.vault.get_all(connection, instance_id))


@pytest.fixture
async def rooms(db: Database) -> AsyncIterator[Rooms]:
    catalog = Catalog(CATALOG)
    vault = Vault(KeyRing([b"k" * 32]))
    sessions = Sessions(db, vault, OutboundPolicy(allow_private=True))
    workshops = Workshops(db, StoredLookups(db, look_again_s=0), catalog.sample)

    async def problems(flow: Flow) -> list[Problem]:
        return lint(flow, await workshops.open())

    yield Rooms(
        db, vault, sessions, Connectors(db, catalog), Instances(db, vault, sessions),
        Flows(db, problems, lambda: "https://flows.example"), LookupTables(db),
        Workspaces(db, vault, catalog, sessions),
    )  # fmt: skip
    await sessions.close()


@pytest.fixture(scope="session")
def shopify() -> Iterator[RunningSandbox]:
    with running("shopify", {"store": "uk", "orders": 3, "access_token": SECRET}, catalog=CATALOG) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def netsuite() -> Iterator[RunningSandbox]:
    with running("netsuite", {}, catalog=CATALOG) as sandbox:
        yield sandbox


@pytest.fixture
def shop(shopify: RunningSandbox) -> dict[str, Any]:
    """An instance's document that reaches the stand-in."""
    return {"name": "Shop UK", "connector": "shopify", "variables": {"store": "uk", "base_url": shopify.base_url}}


FLOW: dict[str, Any] = {
    "name": "Orders to ERP",
    "settings": {"labels": ["orders"]},
    "triggers": [{"kind": "webhook", "secret": True}, {"kind": "schedule", "every": "15 minutes"}],
    "steps": [
        {"id": "pull", "shape": "connector", "instance": "Shop UK", "endpoint": "orders.list"},
        {"id": "large", "shape": "filter", "keep": {"field": "total_price", "greater_than": Decimal("10.50")}},
    ],
}


@pytest.fixture
def document(shopify: RunningSandbox, netsuite: RunningSandbox) -> Callable[..., Workspace]:
    """``document(**changes)``: a workspace of one shop, one ERP, a lookup and a flow; changes replace parts of it."""

    def make(**changes: Any) -> Workspace:
        whole: dict[str, Any] = {
            "connectors": [{"slug": "shopify", "version": "^1"}, {"slug": "netsuite", "version": "~1.0"}],
            "instances": [
                {
                    "name": "Shop UK",
                    "connector": "shopify",
                    "credentials": {"token": SECRET},
                    "variables": {"store": "uk", "base_url": shopify.base_url},
                },
                {
                    "name": "ERP",
                    "connector": "netsuite",
                    "auth": "token_based",
                    "credentials": NETSUITE,
                    "variables": {"account": "DEMO_1", "base_url": netsuite.base_url},
                },
            ],
            "lookups": [{"name": "Currencies", "rows": [["GBP", 1], ["EUR", 4]]}],
            "flows": [
                FLOW
                | {
                    "steps": [
                        FLOW["steps"][0],
                        {
                            "id": "order",
                            "shape": "map",
                            "rules": [
                                {"to": "externalId", "from": "payload.id"},
                                {
                                    "to": "currency.id",
                                    "from": "payload.currency",
                                    "transforms": [{"kind": "lookup", "name": "Currencies"}],
                                },
                            ],
                        },
                        {"id": "push", "shape": "connector", "instance": "ERP", "endpoint": "sales_orders.upsert"},
                    ],
                    "deploy": True,
                }
            ],
        }
        return Workspace.model_validate(whole | changes)

    return make
