"""A whole application on both databases, over the real catalog and its stand-ins."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests import servers
from tests.conftest import BOTH
from weftline.app import App
from weftline.connectors import RetryPolicy
from weftline.model import FINAL, StartRequest
from weftline.settings import load
from weftline.testing.sandboxes import RunningSandbox, running
from weftline.workspace import Workspace

CATALOG = Path(__file__).parents[2] / "catalog"
ORDERS = 30


@pytest.fixture(scope="session")
def shop() -> Iterator[RunningSandbox]:
    with running("shopify", {"store": "uk", "orders": ORDERS, "access_token": "token-uk"}) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def target() -> Iterator[RunningSandbox]:
    with running("netsuite", {"account": "DEMO_1"}) as sandbox:
        yield sandbox


class Work:
    """An open application with a shop and an ERP, ready for flows."""

    def __init__(self, app: App, shop: RunningSandbox, target: RunningSandbox) -> None:
        self.app = app
        self.engine = app.engine
        self._shop = shop
        self._target = target

    async def apply(self, *steps: dict[str, Any], token: str = "token-uk", name: str = "Shop", **flow: Any) -> str:
        """Deploy a flow of these steps; its id. Called again, it is the flow's next version."""
        document = {
            "connectors": [{"slug": "shopify"}, {"slug": "netsuite"}],
            "instances": [
                {
                    "name": name, "connector": "shopify", "credentials": {"token": token},
                    "variables": {"store": "uk", "base_url": self._shop.base_url},
                    "rate_limit": {"amount": 1000, "unit": "second"},
                },
                {
                    "name": "ERP", "connector": "netsuite",
                    "credentials": {
                        "consumer_key": "demo-consumer-key", "consumer_secret": "demo-consumer-secret",
                        "token_id": "demo-token-id", "token_secret": "demo-token-secret",
                    },
                    "variables": {"account": "DEMO_1", "base_url": self._target.base_url},
                },
            ],
            "flows": [{"name": "Orders", "deploy": True, "steps": list(steps)} | flow],
        }  # fmt: skip
        await self.app.workspace.apply(Workspace.model_validate(document))
        return str((await self.app.flows.get("Orders"))["id"])

    async def run(self, flow_id: str, **request: Any) -> dict[str, Any]:
        """A run from start to end."""
        return await self.end(await self.engine.admit(StartRequest(flow_id, "manual", **request)))

    async def end(self, run_id: str) -> dict[str, Any]:
        """The run, once it is final."""
        async with asyncio.timeout(60):
            while True:
                run = await self.engine.run(run_id)
                if run["status"] in FINAL:
                    return run
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=BOTH)
async def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    """The application, open for a whole module: opening one takes longer than most runs."""
    folder = tmp_path_factory.mktemp("engine")
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'weftline.db'}"
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(servers.database(server, f"weftline_engine_{os.getpid()}"))
        settings = load(
            {
                "WEFTLINE_DATA_DIR": str(folder),
                "WEFTLINE_DATABASE_URL": url,
                "WEFTLINE_CATALOG_DIR": str(CATALOG),
            }
        )
        app = await App.open(settings)
        # Patience is for the world; a test has none.
        app.sessions._retry = RetryPolicy(tries=2, base_s=0.01, cap_s=0.02, patience_s=20)
        try:
            yield app
        finally:
            await app.close()


@pytest.fixture
def work(opened: App, shop: RunningSandbox, target: RunningSandbox) -> Work:
    """The application with its stand-ins as new."""
    shop.reset()
    target.reset()
    return Work(opened, shop, target)
