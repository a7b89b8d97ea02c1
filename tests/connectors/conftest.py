"""Connectors from the catalog and small ones written out; sessions on real HTTP or on scripted answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from weftline.connectors import RetryPolicy, Session
from weftline.connectors.pacing import Pacer
from weftline.model import Connector, Instance
from weftline.model.yaml import read_document
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections
from weftline.transports.memory import MemoryConfig, MemoryTransport

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
QUICK = RetryPolicy(tries=4, base_s=0.001, cap_s=0.01, patience_s=5.0)


def shipped(slug: str) -> Connector:
    return read_document(CATALOG / slug / "connector.yaml", Connector)


def written(**changes: Any) -> Connector:
    """A connector with one list, one send without idempotency, one with a header, and one upsert."""
    send = {"title": "Send", "entity": "item", "direction": "send"}
    request = {"method": "POST", "path": "/items", "body": "{{ payload }}"}
    document: dict[str, Any] = {
        "slug": "acme", "version": "1.0.0", "title": "Acme", "category": "test",
        "variables": [{"key": "base_url", "title": "Base URL", "default": "http://acme.invalid"}],
        "transport": {"kind": "http", "base_url": "{{ base_url }}"},
        "check": "items.list",
        "endpoints": [
            {"key": "items.list", "title": "List", "entity": "item", "direction": "receive", "items_path": "items",
             "request": {"path": "/items"},
             "pagination": {"kind": "next_token", "token_path": "next", "parameter": "at"}},
            {"key": "items.create", **send, "request": request},
            {"key": "items.create_once", **send, "request": request, "result_path": "{{ body.id }}",
             "idempotency": {"kind": "header", "header": "Idempotency-Key", "record_key": "{{ payload.id }}"}},
            {"key": "items.put", **send, "request": request | {"method": "PUT", "path": "/items/{{ payload.id }}"},
             "idempotency": {"kind": "upsert", "record_key": "{{ payload.id }}", "lookup": "items.get"}},
            {"key": "items.get", "title": "Get", "entity": "item", "direction": "receive",
             "request": {"path": "/items/{{ key }}"}},
        ],
    }  # fmt: skip
    return Connector.model_validate(document | changes)


def scripted(
    answer: Callable[..., Any],
    connector: Connector | None = None,
    credentials: Mapping[str, str] | None = None,
    retry: RetryPolicy = QUICK,
    pacer: Pacer | None = None,
    **instance: Any,
) -> tuple[Session, MemoryTransport]:
    """A session whose answers a function gives."""
    transport = MemoryTransport(MemoryConfig(base_url="http://acme.invalid"), answer)
    session = Session(
        connector or written(),
        Instance.model_validate({"name": "Acme UK", "connector": "acme"} | instance),
        "ins_1",
        credentials or {},
        HttpConnections(OutboundPolicy()),
        pacer or Pacer(),
        retry,
        transport,
    )
    return session, transport


@pytest.fixture
async def connections() -> AsyncIterator[HttpConnections]:
    made = HttpConnections(OutboundPolicy(allow_private=True))
    yield made
    await made.close()
