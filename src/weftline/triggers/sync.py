"""Keeps the rows of schedules and webhooks in step with what is deployed."""

from __future__ import annotations

import secrets
from datetime import datetime

from weftline.kernel import now, to_text
from weftline.model import Flow
from weftline.store import Connection, schedules, webhooks
from weftline.triggers.placed import Placed, placed

_ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789"


def sync(
    connection: Connection, flow_id: str, flow: Flow | None, enabled: bool, *, moment: datetime | None = None
) -> None:
    """Call in the transaction that deploys, undeploys, enables or disables a flow.

    ``flow`` is the deployed document, or None. A schedule that did not change keeps its next time, so that deploying
    loses no tick. A webhook keeps its address for as long as a deployed version has its key; while the flow is
    disabled or not deployed the address stays and answers 409.
    """
    triggers = [] if flow is None else placed(flow)
    _schedules(connection, flow_id, [one for one in triggers if one.kind == "schedule" and enabled], moment or now())
    if flow is not None:
        _webhooks(connection, flow_id, [one.key for one in triggers if one.kind == "webhook"])


def _schedules(connection: Connection, flow_id: str, wanted: list[Placed], moment: datetime) -> None:
    present = schedules.of_flow(connection, flow_id)
    for one in wanted:
        config = one.config.model_dump(mode="json", exclude_defaults=True)
        old = present.pop(one.key, None)
        if old is None or old["config"] != config:
            schedules.put(connection, flow_id, one.key, to_text(one.config.next_after(moment)), config)
    for key in present:
        schedules.remove(connection, flow_id, key)


def _webhooks(connection: Connection, flow_id: str, wanted: list[str]) -> None:
    present = webhooks.of_flow(connection, flow_id)
    for key in wanted:
        if present.pop(key, None) is None:
            public_id = "".join(secrets.choice(_ALPHABET) for _ in range(24))
            webhooks.add(connection, {"id": public_id, "flow_id": flow_id, "key": key, "created_at": to_text(now())})
    for webhook_id in present.values():
        webhooks.remove(connection, webhook_id)
