"""The workspace as a document."""

from __future__ import annotations

import re
from typing import Any

from weftline.engine import with_links
from weftline.model import Flow, version_key
from weftline.store import Connection, connectors, flows, instances, lookups
from weftline.vault import Vault

Json = dict[str, Any]


def export(connection: Connection, vault: Vault) -> Json:
    """What ``apply`` would need to make this workspace again; credentials as ``${env:NAME}`` places.

    Of a flow it is the deployed version, or the draft where none is deployed.
    """
    exported: Json = {
        "connectors": [
            {"slug": row.document.slug, "version": f"^{version_key(row.document.version)[0]}"}
            for row in connectors.list_all(connection)
        ],
        "instances": [],
        "lookups": [
            {"name": name, "rows": [list(pair) for pair in lookups.load_table(connection, name)]}
            for name in lookups.names(connection)
        ],
        "flows": [],
    }
    taken: set[str] = set()
    for row in instances.list_all(connection):
        shown = row.document.model_dump(exclude_defaults=True)
        keys = vault.keys(connection, row.id)
        if keys:
            shown["credentials"] = {key: f"${{env:{_env_name(row.document.name, key, taken)}}}" for key in keys}
        exported["instances"].append(shown)
    for flow in flows.list_all(connection):
        number = flow.deployed_version or flow.draft_version
        document = flows.document(connection, flow.id, number) if number else None
        if document is not None:
            shown = _readable(document).model_dump(exclude_defaults=True)
            shown |= {"deploy": True} if flow.deployed_version else {}
            shown |= {} if flow.enabled else {"enabled": False}
            exported["flows"].append(shown)
    return {key: value for key, value in exported.items() if value}


def _readable(flow: Flow) -> Flow:
    """Without links where the order of the steps says the same."""
    plain = flow.model_copy(update={"links": None})
    return plain if with_links(plain).links == flow.links else flow


def _env_name(instance: str, key: str, taken: set[str]) -> str:
    """A variable's name for a credential; two instances never share one."""
    stem = re.sub(r"[^A-Z0-9]+", "_", f"{instance}_{key}".upper()).strip("_")
    if not stem or stem[0].isdigit():
        stem = f"INSTANCE_{stem}"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name)
    return name
