"""The job of the crash tests: orders of three stores to one ERP, each store with its own prefix."""

from __future__ import annotations

from typing import Any

from weftline.testing.sandboxes import RunningSandbox

CONCURRENCY = 16


def workspace(stores: dict[str, RunningSandbox], erp: RunningSandbox) -> dict[str, Any]:
    """A workspace document for these sandboxes."""
    shops = [
        {
            "name": f"Store {name.upper()}",
            "connector": "shopify",
            "credentials": {"token": f"token-{name}"},
            "variables": {"store": name, "base_url": store.base_url},
            "rate_limit": {"amount": 1000, "unit": "second"},
        }
        for name, store in stores.items()
    ]
    ledger = {
        "name": "ERP",
        "connector": "netsuite",
        "credentials": {
            "consumer_key": "demo-consumer-key",
            "consumer_secret": "demo-consumer-secret",
            "token_id": "demo-token-id",
            "token_secret": "demo-token-secret",
        },
        "variables": {"account": "DEMO_1", "base_url": erp.base_url},
    }
    rules = [
        {"to": "externalId", "from": "{{ meta.instance | replace('Store ', '') | lower }}-{{ payload.id }}"},
        {"to": "entity.externalId", "from": "payload.email ?? 'guest'"},
        {"to": "item.items[*].item.externalId", "from": "payload.line_items[*].sku"},
        {"to": "item.items[*].quantity", "from": "payload.line_items[*].quantity"},
        {"to": "item.items[*].rate", "from": "payload.line_items[*].price", "transforms": [{"kind": "to_number"}]},
    ]
    flow = {
        "name": "Orders",
        "deploy": True,
        "steps": [
            {"id": "pull", "shape": "connector", "instances": [s["name"] for s in shops], "endpoint": "orders.list"},
            {"id": "real", "shape": "filter", "remove": {"field": "test", "is_true": True}},
            {"id": "map", "shape": "map", "rules": rules},
            {
                "id": "push", "shape": "connector", "instance": "ERP", "endpoint": "sales_orders.upsert",
                "concurrency": CONCURRENCY,
            },
        ],
    }  # fmt: skip
    return {
        "connectors": [{"slug": "shopify"}, {"slug": "netsuite"}],
        "instances": [*shops, ledger],
        "flows": [flow],
    }
