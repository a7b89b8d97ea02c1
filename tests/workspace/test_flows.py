"""Flows: one draft, one deployed version, and nothing deployed that cannot run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.workspace.conftest import FLOW, SECRET, Rooms
from weftline.errors import ConflictError, DocumentError, FlowError, NotFoundError, StillInUseError
from weftline.kernel import json, now, to_text
from weftline.store import Connection, runs, schedules
from weftline.store import secrets as secret_rows
from weftline.store import webhooks as webhook_rows

Json = dict[str, Any]


@pytest.fixture(autouse=True)
async def _shop(rooms: Rooms, shop: Json) -> None:
    await rooms.connectors.install("shopify")
    await rooms.instances.create(shop, {"token": SECRET}, save_unchecked=True)


def _run(flow_id: str, status: str, run_id: str = "run_1") -> Json:
    return {
        "id": run_id, "flow_id": flow_id, "flow_name": "F", "version": 1, "status": status, "trigger": "manual",
        "root_run_id": run_id, "queued_at": to_text(now()),
    }  # fmt: skip


async def test_a_draft_has_its_links_written_out_and_keeps_decimals(rooms: Rooms) -> None:
    made = await rooms.flows.create(FLOW)
    assert (made["key"], made["status"], made["draft_version"], made["deployed_version"]) == (
        "orders-to-erp", "draft", 1, None,
    )  # fmt: skip
    assert [dict(link) for link in made["draft"]["links"]] == [{"from": "pull.out", "to": "large"}]
    assert made["draft"]["steps"][1]["keep"]["greater_than"] == Decimal("10.50")
    assert b'"greater_than":10.50' in json.encode(made["draft"])
    again = await rooms.flows.save_draft(made["id"], made["draft"])
    assert again["draft"] == made["draft"]
    assert made["problems"] == []
    assert made["labels"] == ["orders"]
    assert len(made["triggers"]) == 2


async def test_versions_draft_deployed_inactive(rooms: Rooms) -> None:
    flow_id = (await rooms.flows.create(FLOW))["id"]
    first = await rooms.flows.deploy(flow_id)
    assert (first["draft_version"], first["deployed_version"], first["draft"]) == (None, 1, None)
    with pytest.raises(FlowError, match="no draft"):
        await rooms.flows.deploy(flow_id)
    second = await rooms.flows.save_draft(flow_id, FLOW | {"description": "two"})
    assert (second["draft_version"], second["deployed_version"]) == (2, 1)
    assert (await rooms.flows.save_draft(flow_id, FLOW | {"description": "two!"}))["draft_version"] == 2
    deployed = await rooms.flows.deploy("orders-to-erp")
    assert [(one["version"], one["status"]) for one in deployed["versions"]] == [(2, "deployed"), (1, "inactive")]

    restored = await rooms.flows.restore(flow_id, 1)
    assert (restored["draft_version"], restored["draft"].get("description")) == (3, None)
    back = await rooms.flows.deploy(flow_id, 1)
    assert {one["version"]: one["status"] for one in back["versions"]} == {1: "deployed", 2: "inactive", 3: "draft"}
    assert (await rooms.flows.version(flow_id, 2))["document"]["description"] == "two!"
    with pytest.raises(NotFoundError, match="no version 9"):
        await rooms.flows.version(flow_id, 9)


async def test_deploying_lists_every_error_and_changes_nothing(rooms: Rooms) -> None:
    steps = [
        {"id": "pull", "shape": "connector", "instance": "Shop UKK", "endpoint": "orders.list"},
        {"id": "next", "shape": "fliter"},
    ]
    made = await rooms.flows.create({"name": "Broken", "steps": steps, "triggers": [{"kind": "tomorrow"}]})
    assert {problem["level"] for problem in made["problems"]} == {"error"}
    with pytest.raises(FlowError) as caught:
        await rooms.flows.deploy(made["id"])
    text = str(caught.value)
    for word in ("Shop UKK", "fliter", "tomorrow"):
        assert word in text
    assert len(caught.value.context["problems"]) == 3
    assert (await rooms.flows.get(made["id"]))["deployed_version"] is None
    assert (await rooms.flows.list())[0]["problems"] == 3


async def test_a_wrong_document_is_explained(rooms: Rooms) -> None:
    with pytest.raises(DocumentError, match="flow 'X': unknown key 'stpes'"):
        await rooms.flows.create({"name": "X", "stpes": []})


async def test_names_and_keys_are_unique_and_keys_stay(rooms: Rooms) -> None:
    first = await rooms.flows.create({"name": "Orders"})
    with pytest.raises(ConflictError, match="'Orders' already"):
        await rooms.flows.create({"name": "Orders"})
    second = await rooms.flows.create({"name": "Orders!"})
    third = await rooms.flows.create({"name": "注文"})
    assert (first["key"], second["key"]) == ("orders", "orders-2")
    assert third["key"] == third["id"]
    with pytest.raises(ConflictError):
        await rooms.flows.save_draft(second["id"], {"name": "Orders"})
    renamed = await rooms.flows.save_draft(first["id"], {"name": "Sales"})
    assert (renamed["name"], renamed["key"]) == ("Sales", "orders")
    assert await rooms.flows.id_of("Sales") == await rooms.flows.id_of("orders") == first["id"]


async def test_triggers_follow_what_is_deployed_and_enabled(rooms: Rooms) -> None:
    def due(connection: Connection) -> int:
        return len(schedules.of_flow(connection, flow_id))

    flow_id = (await rooms.flows.create(FLOW))["id"]
    assert rooms.db.read_now(due) == 0
    deployed = await rooms.flows.deploy(flow_id)
    [webhook] = deployed["webhooks"]
    assert webhook["url"].startswith("https://flows.example/hooks/")
    assert rooms.db.read_now(due) == 1
    await rooms.flows.set_enabled(flow_id, False)
    assert rooms.db.read_now(due) == 0
    assert (await rooms.flows.set_enabled(flow_id, True))["webhooks"] == [webhook]
    assert rooms.db.read_now(due) == 1


async def test_a_flow_is_removed_with_its_secrets_but_not_while_it_runs(rooms: Rooms) -> None:
    flow_id = (await rooms.flows.create(FLOW))["id"]
    webhook_id = (await rooms.flows.deploy(flow_id))["webhooks"][0]["url"].rpartition("/")[2]
    owner = webhook_rows.owner(webhook_id)

    def prepare(connection: Connection) -> None:
        rooms.vault.put(connection, owner, "secret", "hook-secret")
        runs.add(connection, _run(flow_id, "running"))
        for number in range(60):
            runs.add(connection, _run(flow_id, "success", f"run_done_{number}"))

    rooms.db.write_now(prepare)
    with pytest.raises(StillInUseError, match="1 run under way"):
        await rooms.flows.remove(flow_id)
    rooms.db.write_now(lambda connection: runs.finish(connection, "run_1", "failed", None))
    await rooms.flows.remove(flow_id)
    assert await rooms.flows.list() == []
    assert rooms.db.read_now(lambda connection: secret_rows.of_owner(connection, owner)) == []


async def test_a_lookup_that_a_flow_uses_stays(rooms: Rooms) -> None:
    await rooms.lookups.put("Currencies", [["GBP", 1], ["EUR", Decimal("4.50")]])
    assert await rooms.lookups.get("Currencies") == {
        "name": "Currencies", "rows": [["EUR", "4.50"], ["GBP", "1"]],
    }  # fmt: skip
    rule = {"to": "a", "from": "payload.a", "transforms": [{"kind": "lookup", "name": "Currencies"}]}
    flow = await rooms.flows.create({"name": "Maps", "steps": [{"id": "m", "shape": "map", "rules": [rule]}]})
    with pytest.raises(StillInUseError, match=r"'Maps' \(version 1, draft\)"):
        await rooms.lookups.remove("Currencies")
    await rooms.flows.remove(flow["id"])
    await rooms.lookups.remove("Currencies")
    assert await rooms.lookups.list() == []


@pytest.mark.parametrize(
    ("rows", "message"), [([["a", "b"], ["a", "c"]], "'a' stands twice"), ([["a"]], "row 1 has 1 values")]
)
async def test_lookup_rows_are_pairs_with_unique_left_values(rooms: Rooms, rows: Any, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        await rooms.lookups.put("T", rows)
    assert await rooms.lookups.list() == []
