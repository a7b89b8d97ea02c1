"""Runs from end to end, in fair weather and foul, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.engine.conftest import ORDERS, Work
from weftline.errors import ConflictError, FlowError
from weftline.kernel import json
from weftline.model import StartRequest
from weftline.testing.sandboxes import RunningSandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")

PULL = {"id": "pull", "shape": "connector", "instance": "Shop", "endpoint": "orders.list"}
RULES: list[dict[str, Any]] = [
    {"to": "externalId", "from": "uk-{{ payload.id }}"},
    {"to": "entity.externalId", "from": "payload.email ?? 'guest'"},
    {"to": "item.items[*].item.externalId", "from": "payload.line_items[*].sku"},
    {"to": "item.items[*].quantity", "from": "payload.line_items[*].quantity"},
]
MAP = {"id": "map", "shape": "map", "rules": RULES}
PUSH = {"id": "push", "shape": "connector", "instance": "ERP", "endpoint": "sales_orders.upsert"}


async def test_every_order_arrives_once_and_the_ledger_says_so(work: Work, target: RunningSandbox) -> None:
    run = await work.run(await work.apply(PULL, MAP, PUSH))
    assert (run["status"], run["pulled"], run["sent"], run["confirmed"], run["failed"]) == (
        "success", ORDERS, ORDERS, ORDERS, 0,
    )  # fmt: skip
    assert run["sources"] == [
        {"instance": "Shop", "pulled": ORDERS, "sent": ORDERS, "confirmed": ORDERS, "failed": 0, "skipped": 0}
    ]
    page = await work.engine.deliveries(run["id"], limit=1000)
    assert {item["state"] for item in page["items"]} == {"confirmed"}
    assert len({item["record_key"] for item in page["items"]}) == ORDERS
    assert all(item["result_id"] and item["source"] == "Shop" and item["target"] == "ERP" for item in page["items"])
    assert target.stats()["requests"] == ORDERS


async def test_what_a_step_saw_and_gave_can_be_looked_at(work: Work) -> None:
    run = await work.run(await work.apply(PULL, MAP, PUSH))
    (chunk,) = await work.engine.chunks(run["id"], "map")
    assert chunk["records"] == ORDERS
    given = await work.engine.payload(run["id"], chunk["id"], "map", side="out", limit=2)
    seen = await work.engine.payload(run["id"], chunk["id"], "map", side="in", limit=2)
    assert given["total"] == seen["total"] == ORDERS
    assert given["records"][0]["externalId"] == f"uk-{seen['records'][0]['id']}"


async def test_requests_are_kept_without_secrets(work: Work) -> None:
    run = await work.run(await work.apply(PULL, MAP, PUSH))
    shown = json.encode_text(await work.engine.exchanges(run["id"], limit=100))
    assert "salesOrder/eid" in shown
    assert "orders.json" in shown
    for secret in ("token-uk", "demo-consumer-secret", "demo-token-secret"):
        assert secret not in shown


async def test_a_start_request_seen_before_is_the_same_run(work: Work, target: RunningSandbox) -> None:
    flow_id = await work.apply(PULL, MAP, PUSH)
    first = await work.run(flow_id, dedupe_key="delivery-7")
    again = await work.run(flow_id, dedupe_key="delivery-7")
    assert first["id"] == again["id"]
    assert target.stats()["requests"] == ORDERS


async def test_a_flow_that_is_not_deployed_does_not_start(work: Work) -> None:
    made = await work.app.flows.create({"name": "Draft", "steps": []})
    with pytest.raises(FlowError, match="not deployed"):
        await work.engine.admit(StartRequest(made["id"], "manual"))


async def test_records_that_cannot_be_mapped_fail_alone(work: Work, target: RunningSandbox) -> None:
    rules = [*RULES, {"to": "memo", "from": "payload.order_number % 2 == 0 ? 'even' : null", "required": True}]
    run = await work.run(await work.apply(PULL, MAP | {"rules": rules}, PUSH))
    assert run["status"] == "partial_success"
    assert 0 < run["failed"] < ORDERS
    assert run["confirmed"] + run["failed"] == ORDERS == run["pulled"]
    assert target.stats()["orders"] == run["confirmed"]
    failed = next(line for line in await work.engine.events(run["id"]) if line["kind"] == "record.failed")
    assert "memo" in failed["message"]


async def test_caught_records_go_another_way(work: Work, target: RunningSandbox) -> None:
    even = {"to": "memo", "from": "payload.order_number % 2 == 0 ? 'even' : null", "required": True}
    rescue = [{"to": "externalId", "from": "rescued-{{ payload.id }}"}, *RULES[1:],
              {"to": "memo", "from": "{{ meta.error_step }}: {{ meta.error_code }}"}]  # fmt: skip
    steps = [
        PULL,
        {"id": "safe", "shape": "try_catch"},
        MAP | {"rules": [*RULES, even]},
        PUSH,
        {"id": "rescue", "shape": "map", "rules": rescue},
        PUSH | {"id": "push_rescued"},
    ]
    links = [
        ("pull", "safe"),
        ("safe.try", "map"),
        ("map", "push"),
        ("safe.catch", "rescue"),
        ("rescue", "push_rescued"),
    ]
    run = await work.run(await work.apply(*steps, links=[{"from": a, "to": b} for a, b in links]))
    prefixes = target.stats()["by_prefix"]
    assert run["status"] == "partial_success", run["error"]
    assert prefixes["uk"] + prefixes["rescued"] == ORDERS == run["confirmed"]
    assert min(prefixes.values()) > 0


async def test_a_page_that_is_not_json_is_named(work: Work, shop: RunningSandbox, target: RunningSandbox) -> None:
    flow_id = await work.apply(PULL, MAP, PUSH)
    shop.set_faults([{"match": "GET /admin/*orders*", "not_json": True}])
    run = await work.run(flow_id)
    assert run["status"] == "failed"
    assert run["error"]["code"] == "remote.unreadable"
    assert "orders.list" in run["error"]["message"]
    assert run["error"]["hint"]
    assert target.stats()["requests"] == 0


async def test_500_for_ever_fails_the_run_and_the_ledger_keeps_every_record(
    work: Work, target: RunningSandbox
) -> None:
    flow_id = await work.apply(PULL, MAP, PUSH)
    target.set_faults([{"match": "PUT *", "status": 500}])
    run = await work.run(flow_id)
    assert run["status"] == "failed"
    assert run["error"]["code"] == "remote.fault"
    page = await work.engine.deliveries(run["id"], limit=1000)
    assert len(page["items"]) == ORDERS
    assert {item["state"] for item in page["items"]} <= {"failed", "intended"}
    target.reset()
    again = await work.end(await work.engine.retry(run["id"]))
    assert (again["status"], again["confirmed"], again["retry_of"]) == ("success", ORDERS, run["id"])
    assert target.stats() | {"orders": ORDERS, "repeated": 0} == target.stats()


async def test_a_retry_sends_only_what_is_missing(work: Work, target: RunningSandbox) -> None:
    flow_id = await work.apply(PULL, MAP, PUSH)
    target.set_faults([{"match": "PUT *", "status": 400, "every": 3}])
    run = await work.run(flow_id)
    assert run["status"] == "partial_success"
    missing = ORDERS - run["confirmed"]
    assert 0 < missing == run["failed"]
    target.set_faults([])
    before = target.stats()["requests"]
    again = await work.end(await work.engine.retry(run["id"]))
    assert (again["status"], again["confirmed"], again["failed"]) == ("success", ORDERS, 0)
    assert target.stats()["requests"] - before == missing
    assert target.stats()["repeated"] == 0


async def test_429_waits_and_nothing_fails(work: Work, target: RunningSandbox) -> None:
    flow_id = await work.apply(PULL, MAP, PUSH)
    target.set_faults([{"match": "PUT *", "status": 429, "times": 3, "retry_after": 0}])
    run = await work.run(flow_id)
    assert (run["status"], run["confirmed"]) == ("success", ORDERS)


async def test_a_refused_credential_ends_the_run_and_names_the_instance(work: Work, target: RunningSandbox) -> None:
    run = await work.run(
        await work.apply(PULL | {"instance": "Other"}, MAP, PUSH, token="not-the-token", name="Other")
    )
    assert run["status"] == "failed"
    assert run["error"]["code"] == "credential.rejected"
    assert "'Other'" in run["error"]["message"]
    assert "not-the-token" not in json.encode_text(run)
    assert target.stats()["requests"] == 0


async def test_a_stopped_run_ends_and_its_retry_finishes_the_work(work: Work, target: RunningSandbox) -> None:
    flow_id = await work.apply(PULL, MAP, PUSH | {"concurrency": 1})
    target.set_faults([{"match": "PUT *", "delay_s": 0.1, "status": 400}])
    run_id = await work.engine.admit(StartRequest(flow_id, "manual"))
    async with asyncio.timeout(30):
        while target.stats()["served"] < 2:
            await asyncio.sleep(0.02)
    with pytest.raises(ConflictError, match="still running"):
        await work.engine.retry(run_id)
    await work.engine.stop(run_id)
    run = await work.end(run_id)
    assert run["status"] == "stopped"
    assert target.stats()["orders"] < ORDERS
    target.reset()
    again = await work.end(await work.engine.retry(run_id))
    assert (again["status"], again["confirmed"]) == ("success", ORDERS)


async def test_routes_batches_and_variables_together(work: Work, target: RunningSandbox) -> None:
    steps = [
        PULL,
        {"id": "note", "shape": "set_variables", "values": {"shop": "{{ meta.instance | upper }}"}},
        {
            "id": "ways",
            "shape": "route",
            "routes": [{"key": "paid", "when": {"field": "financial_status", "is": "paid"}}],
        },
        {"id": "batch", "shape": "flow_control", "size": 4},
        MAP | {"rules": [*RULES, {"to": "memo", "from": "meta.shop"}]},
        PUSH,
    ]
    links = [("pull", "note"), ("note", "ways"), ("ways.paid", "batch"), ("batch", "map"), ("map", "push")]
    run = await work.run(await work.apply(*steps, links=[{"from": a, "to": b} for a, b in links]))
    counts = {step["step_id"]: step for step in run["steps"]}
    assert run["status"] == "success", run["error"]
    assert counts["ways"]["ports"]["paid"] + counts["ways"]["ports"].get("otherwise", 0) == ORDERS
    assert run["confirmed"] == counts["ways"]["ports"]["paid"] == target.stats()["orders"]


async def test_a_manual_payload_needs_no_source(work: Work, target: RunningSandbox) -> None:
    order = {
        "externalId": "hand-1", "entity": {"externalId": "x"},
        "item": {"items": [{"item": {"externalId": "A"}, "quantity": 1, "rate": "19.90"}]},
    }  # fmt: skip
    run = await work.run(await work.apply({"id": "given", "shape": "manual_payload", "payload": order}, PUSH))
    assert (run["status"], run["confirmed"]) == ("success", 1)
    assert target.stats()["by_prefix"] == {"hand": 1}
