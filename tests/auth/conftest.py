"""A real authorisation server, and sessions that call it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import summary
from tests.auth.keys import ec_pair, rsa_pair
from weftline.connectors import RetryPolicy, Session
from weftline.connectors.pacing import Pacer
from weftline.model import Connector, Instance
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections

NODE = Path(__file__).resolve().parents[1] / "servers_node"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
BACK = "http://127.0.0.1:1/back"
ALONE: dict[str, Any] = {"redirect_uris": [], "response_types": []}


def clients() -> list[dict[str, Any]]:
    """The clients that the authorisation server knows."""
    keys = {"keys": [rsa_pair().public, ec_pair().public]}
    return [
        {"client_id": "service", "client_secret": "secret & service", "grant_types": ["client_credentials"], **ALONE},
        {"client_id": "in body", "client_secret": "secret/body", "grant_types": ["client_credentials", "password"],
         "token_endpoint_auth_method": "client_secret_post", **ALONE},
        {"client_id": "signer", "token_endpoint_auth_method": "private_key_jwt",
         "grant_types": ["client_credentials"], "jwks": keys, **ALONE},
        {"client_id": "bearer", "client_secret": "secret bearer", "token_endpoint_auth_method": "client_secret_post",
         "grant_types": [JWT_BEARER], "jwks": keys, **ALONE},
        {"client_id": "web", "client_secret": "secret web", "redirect_uris": [BACK],
         "grant_types": ["authorization_code", "refresh_token"]},
        {"client_id": "weftline", "client_secret": "secret weftline", "grant_types": ["authorization_code",
         "refresh_token"], "redirect_uris": ["http://127.0.0.1:8400/oauth/callback"]},
        {"client_id": "public", "token_endpoint_auth_method": "none", "redirect_uris": [BACK],
         "grant_types": ["authorization_code", "refresh_token"]},
        {"client_id": "device", "token_endpoint_auth_method": "none",
         "grant_types": [DEVICE, "refresh_token"], **ALONE},
    ]  # fmt: skip


@pytest.fixture(scope="session")
def oauth_server() -> Iterator[str]:
    """The address of oidc-provider, with those clients and users that consent by themselves."""
    if not (NODE / "node_modules" / "oidc-provider").is_dir():
        pytest.fail("oidc-provider is missing: scripts/test-needs.sh installs it")
    version = json.loads((NODE / "node_modules" / "oidc-provider" / "package.json").read_text("utf-8"))["version"]
    summary.note("oidc-provider", f"oidc-provider {version} on Node")
    server = subprocess.Popen(
        ["node", "oauth.mjs", json.dumps(clients())],
        cwd=NODE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        # A server that cannot start ends, and so does its output: this does not wait for nothing.
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the authorisation server did not start"
        yield address
    finally:
        server.terminate()
        server.wait(10)
        if server.stdout is not None:
            server.stdout.close()


Opened = Callable[..., Session]


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """Makes sessions of one endpoint ``items`` on real HTTP: ``opened(address, auth, credentials)``."""
    connections = HttpConnections(OutboundPolicy(allow_private=True))

    def open_session(
        base_url: str, auth: dict[str, Any], credentials: dict[str, str], path: str = "/items", **more: Any
    ) -> Session:
        option = {"key": "only", "title": "Only", **auth}
        option["credentials"] = [{"key": key, "title": key} for key in credentials]
        items = {"key": "items", "title": "Items", "entity": "item", "direction": "receive", "items_path": "items"}
        document = {
            "slug": "acme", "version": "1.0.0", "title": "Acme", "category": "test",
            "variables": [{"key": "base_url", "title": "Base URL", "default": base_url}],
            "transport": {"kind": "http", "base_url": "{{ base_url }}"},
            "auth": [option],
            "endpoints": [items | {"request": {"path": path}}],
        }  # fmt: skip
        instance = Instance.model_validate({"name": "Acme UK", "connector": "acme"})
        retry = RetryPolicy(tries=1)
        connector = Connector.model_validate(document)
        return Session(connector, instance, "ins_1", credentials, connections, Pacer(), retry, **more)

    yield open_session
    await connections.close()


async def items_of(session: Session) -> list[Any]:
    """What the session's endpoint gives."""
    return [item async for page in session.pages("items", {}, {}) for item in json.loads(page.raw)]
