"""The whole way over HTTP: install, add, draw, deploy, run, look. Every answer is read through its model."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import aiohttp
from pydantic import TypeAdapter

from tests.api.conftest import FLOW, Acme, Server
from weftline.api.answers.connectors import (
    CatalogProblem,
    ChangesAnswer,
    ConnectorAnswer,
    ConnectorRow,
    MarketplaceEntry,
    MarketplaceRow,
)
from weftline.api.answers.flows import FlowDetail, FlowListRow, FlowVersionDocument
from weftline.api.answers.instances import InstanceAnswer, InstanceDetail
from weftline.api.answers.kinds import KindAnswer
from weftline.api.answers.lookups import LookupAnswer, LookupRow
from weftline.api.answers.runs import (
    ChunkAnswer,
    DeliveryPage,
    ExchangeAnswer,
    FoundDelivery,
    PayloadPage,
    RunDetail,
    RunEventAnswer,
    RunRow,
    RunState,
)
from weftline.api.answers.summary import RunsToday, SummaryAnswer
from weftline.api.answers.workspace import PlanAnswer
from weftline.kernel import json
from weftline.model import RunStatus


def read(kind: Any, answer: Any) -> Any:
    """The answer through its model; a key that the model does not know fails."""
    TypeAdapter(kind).validate_python(answer)
    return answer


async def test_the_main_way(server: Server, acme: Acme) -> None:
    call = server.call
    flow = read(FlowDetail, await server.set_up(acme))
    assert flow["status"] == "deployed"
    assert [problem for problem in flow["problems"] if problem["level"] == "error"] == []

    read(list[MarketplaceRow], await call("GET", "/api/marketplace"))
    entry = read(MarketplaceEntry, await call("GET", "/api/marketplace/acme"))
    assert entry["installed_version"] == "1.0.0"
    assert len(read(list[ConnectorRow], await call("GET", "/api/connectors"))[0]["instances"]) == 1
    read(ConnectorAnswer, await call("GET", "/api/connectors/acme"))
    read(ChangesAnswer, await call("GET", "/api/connectors/acme/changes"))
    instance = read(list[InstanceAnswer], await call("GET", "/api/instances"))[0]
    assert instance["health"] == "healthy"
    detail = read(InstanceDetail, await call("GET", f"/api/instances/{instance['id']}"))
    assert detail["credentials_set"] == ["token"]
    assert acme.token not in str(detail)
    read(InstanceAnswer, await call("POST", f"/api/instances/{instance['id']}/check", {}))

    started = read(RunRow, await call("POST", f"/api/flows/{flow['key']}/run", {}, status=202))
    run = read(RunDetail, await server.finish(started["id"]))
    assert (run["status"], run["pulled"], run["confirmed"], run["failed"]) == ("success", 3, 3, 0)
    assert acme.kept["2"] == b'{"id":"2","total":1.10}'
    base = f"/api/runs/{run['id']}"
    read(list[RunRow], await call("GET", f"/api/runs?flow={flow['key']}&status=success"))
    assert read(list[RunEventAnswer], await call("GET", f"{base}/events"))
    page = read(DeliveryPage, await call("GET", f"{base}/deliveries?limit=2"))
    rest = read(DeliveryPage, await call("GET", f"{base}/deliveries", params={"after": page["next"]}))
    assert [item["record_key"] for item in page["items"] + rest["items"]] == ["0", "1", "2"]
    assert read(list[ChunkAnswer], await call("GET", f"{base}/chunks"))
    exchange = read(list[ExchangeAnswer], await call("GET", f"{base}/exchanges?step=push"))[0]
    assert acme.token not in str(exchange)
    assert read(list[FoundDelivery], await call("GET", "/api/deliveries?search=2"))[0]["flow_name"] == "Orders"
    summary = read(SummaryAnswer, await call("GET", "/api/summary"))
    assert summary["runs_today"]["success"] == 1
    assert summary["records_today"] == {"confirmed": 3, "failed": 0, "waiting": 0}
    assert summary["throughput"][-1]["confirmed"] == 3
    assert len(summary["throughput"]) == 24
    read(list[FlowListRow], await call("GET", "/api/flows"))
    again = read(RunRow, await call("POST", f"{base}/retry", {}, status=202))
    assert (await server.finish(again["id"]))["retry_of"] == run["id"]
    used = await call("DELETE", f"/api/instances/{instance['id']}", status=409)
    assert "Orders" in used["message"]
    await call("DELETE", "/api/connectors/acme", status=409)
    await call("DELETE", f"/api/flows/{flow['id']}", status=204)
    await call("DELETE", f"/api/instances/{instance['id']}", status=204)
    await call("DELETE", "/api/connectors/acme", status=204)


async def test_a_wrong_credential_is_refused_before_it_is_saved(server: Server, acme: Acme) -> None:
    await server.call("POST", "/api/connectors", {"slug": "acme"}, status=201)
    document = {"name": "UK", "connector": "acme", "variables": {"base_url": acme.url}}
    body = {"document": document, "credentials": {"token": "wrong-token"}}
    problem = await server.call("POST", "/api/instances", body, status=422)
    assert problem["code"].startswith("credential")
    assert "wrong-token" not in str(problem)
    assert await server.call("GET", "/api/instances") == []
    saved = await server.call("POST", "/api/instances", body | {"save_unchecked": True}, status=201)
    assert read(InstanceAnswer, saved)["health"] == "needs_authorisation"
    attention = (await server.call("GET", "/api/summary"))["attention"]
    assert attention[0]["kind"] == "instance"


async def test_versions_of_a_flow(server: Server, acme: Acme) -> None:
    call = server.call
    flow = await server.set_up(acme)
    base = f"/api/flows/{flow['id']}"
    step = {"id": "only", "shape": "manual_payload", "body": [{"price": 1.5}]}
    changed = FLOW | {
        "steps": FLOW["steps"] + [{"id": "more", "shape": "filter", "keep": {"field": "total", "greater_than": 0}}]
    }
    draft = read(FlowDetail, await call("PUT", f"{base}/draft", {"document": changed}))
    assert (draft["draft_version"], draft["deployed_version"]) == (2, 1)
    wrong = FLOW | {"steps": [FLOW["steps"][0] | {"instance": "Acme UC"}]}
    await call("PUT", f"{base}/draft", {"document": wrong})
    problem = await call("POST", f"{base}/deploy", {}, status=422)
    assert "did you mean 'Acme UK'?" in str(problem)
    read(FlowDetail, await call("POST", f"{base}/versions/1/restore", {}))
    assert read(FlowDetail, await call("POST", f"{base}/deploy", {}))["deployed_version"] == 2
    assert read(FlowDetail, await call("POST", f"{base}/versions/1/deploy", {}))["deployed_version"] == 1
    shown = read(FlowVersionDocument, await call("GET", f"{base}/versions/2"))
    assert shown["document"]["links"] == [{"from": "pull.out", "to": "push"}]
    assert step["id"] == "only"
    off = read(FlowDetail, await call("POST", f"{base}/enabled", {"enabled": False}))
    assert off["enabled"] is False


async def test_decimals_in_documents_keep_every_digit(server: Server) -> None:
    flow = {"name": "D", "steps": [{"id": "a", "shape": "set_variables", "variables": {"rate": 0.10}}]}
    body = json.encode({"document": flow}).replace(b"0.1}", b"0.10}")
    async with server.http.post(
        server.url + "/api/flows", data=body,
        headers={"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"},
    ) as answer:  # fmt: skip
        assert answer.status == 201, await answer.text()
        assert b'"rate":0.10' in await answer.read()


async def test_webhooks_over_http(server: Server, acme: Acme) -> None:
    flow = await server.set_up(acme, FLOW | {"steps": [FLOW["steps"][1]]})
    (hook,) = flow["webhooks"]
    assert hook["url"].startswith(server.url + "/hooks/")
    secret = (await server.call("GET", f"/api/flows/{flow['id']}/webhooks/webhook/secret"))["secret"]

    async def post(url: str, body: Any, **headers: str) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        async with server.http.post(url, data=body, headers=headers) as answer:
            return answer.status, await answer.json()

    assert (await post(hook["url"], b"{}"))[0] == 401
    assert (await post(hook["url"] + "x", b"{}"))[0] == 404
    status, answer = await post(hook["url"], b'{"id": "77", "total": 9.90}', X_Weftline_Secret=secret)
    assert status == 202
    run = await server.finish(answer["run_id"])
    assert (run["status"], run["trigger"]) == ("success", "webhook")
    assert acme.kept["77"] == b'{"id":"77","total":9.90}'
    base = f"/api/runs/{run['id']}"
    chunk = read(list[ChunkAnswer], await server.call("GET", f"{base}/chunks?step=push"))[0]
    seen = read(
        PayloadPage,
        await server.call("GET", f"{base}/payload", params={"chunk": chunk["id"], "step": "push", "side": "in"}),
    )
    assert json.encode(seen["records"]) == b'[{"id":"77","total":9.90}]'
    async with server.http.get(hook["url"]) as refused:
        assert refused.status == 405
    assert (await post(hook["url"], BytesIO(b" " * (10 * 1024 * 1024 + 1)), X_Weftline_Secret=secret))[0] == 413

    async def endless() -> Any:
        for _ in range(12):
            yield b" " * (1024 * 1024)

    async with server.http.post(hook["url"], data=endless(), headers={"X-Weftline-Secret": secret}) as large:
        assert large.status == 413
    await server.call(
        "PUT", f"/api/flows/{flow['id']}/webhooks/webhook/secret", {"secret": "dictated secret"}, status=204
    )
    assert (await post(hook["url"], b"{}", X_Weftline_Secret=secret))[0] == 401
    await server.call("POST", f"/api/flows/{flow['id']}/enabled", {"enabled": False})
    status, problem = await post(hook["url"], b"{}", X_Weftline_Secret="dictated secret")
    assert status == 409
    assert "switched off" in problem["message"]


async def test_a_run_is_watched_live_and_stopped(server: Server, acme: Acme) -> None:
    flow = await server.set_up(acme)
    acme.gate.clear()
    run = await server.call("POST", f"/api/flows/{flow['id']}/run", {"variables": {}}, status=202)
    events: list[tuple[str, Any]] = []
    headers = {"Authorization": f"Bearer {server.key}"}
    async with server.http.get(f"{server.url}/api/runs/{run['id']}/live", headers=headers) as stream:
        assert stream.content_type == "text/event-stream"
        name = ""
        async with asyncio.timeout(20):
            async for raw in stream.content:
                line = raw.decode().strip()
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    events.append((name, json.decode(line.removeprefix("data: "))))
                    if name == "run" and events[-1][1]["pulled"] == 3 and not acme.gate.is_set():
                        await server.call("POST", f"/api/runs/{run['id']}/stop", {})
                        acme.gate.set()
    assert events[-1] == ("end", {})
    states = [read(RunState, data) for name, data in events if name == "run"]
    assert states[0]["status"] in ("queued", "running")
    assert states[-1]["status"] in ("stopped", "success")
    lines = [read(RunEventAnswer, data) for name, data in events if name == "log"]
    assert [line["id"] for line in lines] == sorted({line["id"] for line in lines})
    assert lines
    again = headers | {"Last-Event-ID": str(lines[-1]["id"])}
    async with server.http.get(f"{server.url}/api/runs/{run['id']}/live", headers=again) as stream:
        text = (await stream.read()).decode()
    assert "event: log" not in text
    assert text.endswith("event: end\ndata: {}\n\n")


async def test_kinds_are_what_forms_need(server: Server) -> None:
    for room in ("shapes", "auth", "pagination", "transports", "formats", "transforms", "triggers", "functions"):
        found = read(dict[str, KindAnswer], await server.call("GET", f"/api/kinds/{room}"))
        assert found, room
    shapes = await server.call("GET", "/api/kinds/shapes")
    assert shapes["connector"]["effect"] is True
    assert [port["key"] for port in shapes["route"]["ports"]] == ["otherwise"]
    await server.call("GET", "/api/kinds/nothing", status=422)


async def test_lookups_and_workspaces(server: Server, acme: Acme) -> None:
    call = server.call
    saved = read(LookupAnswer, await call("PUT", "/api/lookups/currency", {"rows": [["GBP", "1"], ["EUR", "4"]]}))
    assert len(saved["rows"]) == 2
    assert read(list[LookupRow], await call("GET", "/api/lookups")) == [{"name": "currency", "rows": 2}]
    await call("DELETE", "/api/lookups/currency", status=204)
    await call("GET", "/api/lookups/currency", status=404)
    document = {
        "connectors": [{"slug": "acme"}],
        "instances": [
            {
                "name": "Acme UK",
                "connector": "acme",
                "variables": {"base_url": acme.url},
                "credentials": {"token": acme.token},
            }
        ],
        "flows": [FLOW | {"deploy": True}],
    }
    plan = read(PlanAnswer, await call("POST", "/api/workspace/plan", {"document": document}))
    assert [action["act"] for action in plan["actions"]] == ["install", "create", "create"]
    assert await call("GET", "/api/flows") == []
    read(PlanAnswer, await call("POST", "/api/workspace/apply", {"document": document, "secrets_resolved": True}))
    again = await call("POST", "/api/workspace/apply", {"document": document})
    assert {action["act"] for action in again["actions"]} == {"unchanged"}
    exported = await call("GET", "/api/workspace/export")
    assert acme.token not in str(exported)
    assert exported["instances"][0]["credentials"] == {"token": "${env:ACME_UK_TOKEN}"}
    wrong = await call("POST", "/api/workspace/plan", {"document": {"flowz": []}}, status=422)
    assert "document.flowz" in wrong["message"]


async def test_a_connector_file_that_cannot_be_used_is_named(server: Server, catalog: Path) -> None:
    assert read(list[CatalogProblem], await server.call("GET", "/api/catalog/problems")) == []
    broken = catalog / "broken"
    broken.mkdir()
    (broken / "connector.yaml").write_text("slug: broken\nversion: 1.0.0\ntitel: Broken\n")
    found = read(list[CatalogProblem], await server.call("GET", "/api/catalog/problems"))
    assert [one["slug"] for one in found] == ["broken"]
    assert "titel" in found[0]["message"]
    assert "broken" not in [row["slug"] for row in await server.call("GET", "/api/marketplace")]


def test_the_overview_knows_every_status_of_a_run() -> None:
    assert set(RunsToday.model_fields) == set(get_args(RunStatus))


async def test_the_icon_is_harmless_by_itself(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.key}"}
    async with server.http.get(server.url + "/api/marketplace/acme/icon", headers=headers) as answer:
        assert answer.content_type == "image/svg+xml"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    async with server.http.get(server.url + "/api/marketplace/nothing/icon", headers=headers) as plug:
        assert (plug.status, plug.content_type) == (200, "image/svg+xml")


async def test_health(server: Server) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(server.url + "/health") as answer:
            assert await answer.json() == {"status": "ok"}
        async with http.get(server.url + "/health/ready") as answer:
            assert await answer.json() == {"status": "ok", "store": "ok", "engine": "ok"}


async def test_openapi_names_every_function_once(server: Server) -> None:
    document = await server.call("GET", "/openapi.json")
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))
    assert {"list_flows", "sign_in", "run_flow", "get_run"} <= set(names)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert bool(operation.get("security")) == (path.startswith("/api/") and path != "/api/sign-in"), path
