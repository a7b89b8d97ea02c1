"""The stage of the journeys: a server with its UI, a catalog that may change, a store and an ERP."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.house.places import ROOT
from weftline.testing.sandboxes import RunningSandbox, running

COMMAND = [sys.executable, "-m", "weftline.cli.main"]
ORDERS = 30
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _secrets() -> dict[str, str]:
    names = ("token", "consumer_key", "consumer_secret", "token_id", "token_secret")
    return {name: f"{name}-{secrets.token_hex(12)}" for name in names}


@dataclass
class Stage:
    """A running server; what a journey needs but does not walk itself is set up through its API."""

    folder: Path
    store: RunningSandbox
    erp: RunningSandbox
    secrets: dict[str, str]
    url: str = ""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(15))

    @property
    def catalog(self) -> Path:
        return self.folder / "catalog"

    @property
    def env(self) -> dict[str, str]:
        """Our own settings and nobody else's."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("WEFTLINE_")}
        return own | {
            "WEFTLINE_DATA_DIR": str(self.folder / "data"),
            "WEFTLINE_CATALOG_DIR": str(self.catalog),
            "WEFTLINE_LOG_LEVEL": "warning",
        }

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A call with the local key; an answer that is not 2xx raises what it says."""
        key = (self.folder / "data" / "local.key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api{path}", data=content, headers=headers, method=method)
        try:
            with _direct.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None
        return json.loads(text) if text else None

    def one_time_password(self) -> str:
        """A new one for admin; it ends every session."""
        said = subprocess.run(
            [*COMMAND, "admin", "reset-password"], env=self.env, capture_output=True, text=True, check=True
        )
        return re.search(r"password\s+(\S+)", said.stdout)[1]  # type: ignore[index]

    def new_instance(self, slug: str, name: str, **credentials: str) -> dict[str, Any]:
        """An instance of the store or the ERP, unchecked; given credentials stand in place of the right ones."""
        variables = {"store": "uk"} if slug == "shopify" else {"account": "DEMO_1"}
        place = self.store if slug == "shopify" else self.erp
        document = {
            "name": name,
            "connector": slug,
            "variables": variables | {"base_url": place.base_url},
            "rate_limit": {"amount": 500, "unit": "second"},
        }
        keys = ["token"] if slug == "shopify" else [key for key in self.secrets if key != "token"]
        right = {key: self.secrets[key] for key in keys}
        body = {"document": document, "credentials": right | credentials, "save_unchecked": True}
        made: dict[str, Any] = self.api("POST", "/instances", body)
        return made

    def new_flow(self, name: str, source: str, target: str, *, deploy: bool = True) -> dict[str, Any]:
        """Every order of the store into the ERP, by the key ``<name>-<order id>``."""
        rules = [
            {"to": "externalId", "from": f"{name}-{{{{ payload.id }}}}"},
            {"to": "entity.externalId", "from": "payload.email"},
            {"to": "item.items[*].item.externalId", "from": "payload.line_items[*].sku"},
        ]
        steps = [
            {"id": "pull", "shape": "connector", "instance": source, "endpoint": "orders.list"},
            {"id": "map", "shape": "map", "title": "Map the fields", "rules": rules},
            {"id": "push", "shape": "connector", "instance": target, "endpoint": "sales_orders.upsert"},
        ]
        links = [{"from": "pull.out", "to": "map"}, {"from": "map.out", "to": "push"}]
        flow: dict[str, Any] = self.api(
            "POST", "/flows", {"document": {"name": name, "steps": steps, "links": links}}
        )
        return self.api("POST", f"/flows/{flow['id']}/deploy", {}) if deploy else flow

    def install(self, slug: str, document: str) -> None:
        """A connector that is not of our catalog."""
        (self.catalog / slug).mkdir()
        (self.catalog / slug / "connector.yaml").write_text(document)
        shutil.copy(ROOT / "catalog" / "shopify" / "icon.svg", self.catalog / slug)
        self.api("POST", "/connectors", {"slug": slug})

    def add_to_catalog(self, slug: str, title: str, version: str = "1.0.0") -> None:
        """A connector of its own for a journey: the store's under another name."""
        target = self.catalog / slug
        if not target.exists():
            shutil.copytree(ROOT / "catalog" / "shopify", target, ignore=shutil.ignore_patterns("sandbox"))
        text = (ROOT / "catalog" / "shopify" / "connector.yaml").read_text()
        for key, value in {"slug": slug, "title": title, "version": version}.items():
            text = re.sub(rf"(?m)^{key}: .*$", f"{key}: {value}", text, count=1)
        if version != "1.0.0":
            text = text.replace("- key: customers.list", "- key: shoppers.list")
        (target / "connector.yaml").write_text(text)


@contextlib.contextmanager
def open_stage(folder: Path) -> Iterator[Stage]:
    """Sandboxes, then the server on a free port; all ended with the block."""
    subprocess.run([sys.executable, str(ROOT / "scripts" / "build_web.py")], check=True)
    keys = _secrets()
    ignored = shutil.ignore_patterns("sandbox", "__pycache__")
    for slug in ("shopify", "netsuite"):
        shutil.copytree(ROOT / "catalog" / slug, folder / "catalog" / slug, ignore=ignored)
    erp_keys = {key: value for key, value in keys.items() if key != "token"}
    with (
        running(
            "shopify", {"store": "uk", "orders": ORDERS, "access_token": keys["token"]}, catalog=ROOT / "catalog"
        ) as store,
        running("netsuite", erp_keys, catalog=ROOT / "catalog") as erp,
    ):
        stage = Stage(folder, store, erp, keys)
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen([*COMMAND, "serve", "--port", "0"], env=stage.env, stdout=log, stderr=log)
            try:
                stage.url = _address(folder / "server.log", server)
                for slug in ("shopify", "netsuite"):
                    stage.api("POST", "/connectors", {"slug": slug})
                yield stage
            finally:
                server.terminate()
                server.wait(30)


def _address(log: Path, server: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 60
    while True:
        found = re.search(r"Weftline answers at (\S+)", log.read_text())
        if found:
            return found[1]
        assert server.poll() is None, f"the server ended: {log.read_text()[-500:]}"
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.05)
