"""Plan, apply, export: all or nothing, and the second time nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.servers import free_port
from tests.workspace.conftest import SECRET, Rooms
from weftline.errors import DocumentError, WeftlineError
from weftline.kernel import json
from weftline.testing.sandboxes import RunningSandbox
from weftline.workspace import Action, Workspace, resolve_env
from weftline.workspace.ranges import fits

Make = Callable[..., Workspace]


def acts(actions: list[Action]) -> list[tuple[str, str, str]]:
    return [(action.act, action.kind, action.name) for action in actions]


async def everything(rooms: Rooms) -> list[Any]:
    return [
        await rooms.connectors.list(),
        await rooms.instances.list(),
        await rooms.lookups.list(),
        await rooms.flows.list(),
    ]


async def test_a_plan_changes_nothing_and_apply_does_what_it_says(rooms: Rooms, document: Make) -> None:
    planned = await rooms.workspace.plan(document())
    assert acts(planned) == [
        ("install", "connector", "Shopify"),
        ("install", "connector", "NetSuite"),
        ("create", "instance", "Shop UK"),
        ("create", "instance", "ERP"),
        ("create", "lookup", "Currencies"),
        ("create", "flow", "Orders to ERP"),
    ]
    assert await everything(rooms) == [[], [], [], []]
    done = await rooms.workspace.apply(document())
    assert acts(done) == acts(planned)
    flow = await rooms.flows.get("Orders to ERP")
    assert (flow["deployed_version"], flow["draft"], flow["problems"]) == (1, None, [])
    assert {one["health"] for one in await rooms.instances.list()} == {"healthy"}
    assert "healthy" in done[2].detail


async def test_applying_again_changes_nothing(rooms: Rooms, document: Make, shopify: RunningSandbox) -> None:
    await rooms.workspace.apply(document())
    before = await everything(rooms)
    shopify.reset()
    assert {action.act for action in await rooms.workspace.plan(document())} == {"unchanged"}
    assert {action.act for action in await rooms.workspace.apply(document())} == {"unchanged"}
    assert await everything(rooms) == before
    assert shopify.log() == [], "what did not change is not checked again"


async def test_only_what_differs_is_changed(rooms: Rooms, document: Make) -> None:
    await rooms.workspace.apply(document())
    whole = document().model_dump()
    whole["instances"][0]["timezone"] = "Europe/London"
    whole["lookups"][0]["rows"].append(["USD", 2])
    whole["flows"][0]["description"] = "changed"
    done = await rooms.workspace.apply(Workspace.model_validate(whole))
    assert [action.act for action in done] == ["unchanged", "unchanged", "update", "unchanged", "update", "deploy"]
    flow = await rooms.flows.get("Orders to ERP")
    assert {one["version"]: one["status"] for one in flow["versions"]} == {1: "inactive", 2: "deployed"}

    whole["flows"][0]["enabled"] = False
    [*_, last] = await rooms.workspace.apply(Workspace.model_validate(whole))
    assert (last.act, last.detail) == ("update", "disabled")
    assert (await rooms.flows.get("Orders to ERP"))["versions"][0]["version"] == 2


async def test_a_draft_becomes_deployed_without_another_version(rooms: Rooms, document: Make) -> None:
    whole = document().model_dump()
    whole["flows"][0]["deploy"] = False
    [*_, last] = await rooms.workspace.apply(Workspace.model_validate(whole))
    assert (last.act, last.detail) == ("create", "draft")
    [*_, last] = await rooms.workspace.apply(document())
    assert (last.act, last.detail) == ("deploy", "version 1")
    assert (await rooms.flows.get("Orders to ERP"))["versions"][0]["status"] == "deployed"


async def test_a_changed_credential_is_sealed_and_checked(rooms: Rooms, document: Make) -> None:
    whole = document().model_dump()
    whole["instances"][0]["credentials"]["token"] = "wrong-token-0815"
    done = await rooms.workspace.apply(Workspace.model_validate(whole))
    assert "needs authorisation" in done[2].detail
    assert "wrong-token-0815" not in done[2].detail
    done = await rooms.workspace.apply(document())
    assert (done[2].act, "healthy" in done[2].detail) == ("update", True)
    assert rooms.credentials((await rooms.instances.get("Shop UK"))["id"]) == {"token": SECRET}


async def test_an_application_that_is_down_does_not_stop_apply(rooms: Rooms, document: Make) -> None:
    whole = document().model_dump()
    whole["instances"][0]["variables"]["base_url"] = f"http://127.0.0.1:{free_port()}"
    await rooms.workspace.apply(Workspace.model_validate(whole))
    assert (await rooms.instances.get("Shop UK"))["health"] == "unreachable"
    assert (await rooms.instances.get("ERP"))["health"] == "healthy"


def _break_connector(whole: dict[str, Any]) -> None:
    whole["connectors"][1]["version"] = "^2"


def _break_version(whole: dict[str, Any]) -> None:
    whole["connectors"][1]["version"] = "newest"


def _break_slug(whole: dict[str, Any]) -> None:
    whole["connectors"].append({"slug": "netsweet"})


def _break_variable(whole: dict[str, Any]) -> None:
    whole["instances"][1]["variables"]["acount"] = "x"


def _break_credential(whole: dict[str, Any]) -> None:
    del whole["instances"][1]["credentials"]["token_id"]


def _break_place(whole: dict[str, Any]) -> None:
    whole["instances"][1]["credentials"]["token_id"] = "${env:TOKEN_ID}"


def _break_lookup(whole: dict[str, Any]) -> None:
    whole["lookups"][0]["rows"].append(["GBP", 9])


def _break_flow(whole: dict[str, Any]) -> None:
    whole["flows"][0]["steps"][2]["instance"] = "EPR"


def _break_endpoint(whole: dict[str, Any]) -> None:
    whole["flows"][0]["steps"][2]["endpoint"] = "sales_orders.upset"


def _break_twice(whole: dict[str, Any]) -> None:
    whole["flows"].append(whole["flows"][0])


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (_break_connector, ["connector 'netsuite'", "1.0.0", "^2"]),
        (_break_version, ["connector 'netsuite'", "'newest' is not a range"]),
        (_break_slug, ["netsweet", "did you mean 'netsuite'?"]),
        (_break_variable, ["ERP", "'acount'", "did you mean 'account'?"]),
        (_break_credential, ["instance 'ERP'", "'token_id'", "missing"]),
        (_break_place, ["instance 'ERP'", "'token_id'", "${env:TOKEN_ID}"]),
        (_break_lookup, ["lookup 'Currencies'", "'GBP' stands twice"]),
        (_break_flow, ["'Orders to ERP'", "'push'", "EPR", "did you mean 'ERP'?"]),
        (_break_endpoint, ["'Orders to ERP'", "sales_orders.upset"]),
        (_break_twice, ["flow 'Orders to ERP'", "twice"]),
    ],
)
async def test_one_fault_and_nothing_is_applied(
    rooms: Rooms, document: Make, break_it: Callable[[dict[str, Any]], None], words: list[str]
) -> None:
    whole = document().model_dump()
    break_it(whole)
    broken = Workspace.model_validate(whole)
    for verb in (rooms.workspace.plan, rooms.workspace.apply):
        with pytest.raises(WeftlineError) as caught:
            await verb(broken)
        for word in words:
            assert word in str(caught.value)
    assert await everything(rooms) == [[], [], [], []]


async def test_all_faults_are_told_at_once(rooms: Rooms, document: Make) -> None:
    whole = document().model_dump()
    for break_it in (_break_credential, _break_lookup, _break_flow):
        break_it(whole)
    with pytest.raises(DocumentError) as caught:
        await rooms.workspace.apply(Workspace.model_validate(whole))
    wheres = [problem["where"] for problem in caught.value.context["problems"]]
    assert wheres == ["instance 'ERP'", "lookup 'Currencies'", "flow 'Orders to ERP'"]


async def test_what_is_exported_applies_as_unchanged(rooms: Rooms, document: Make) -> None:
    await rooms.workspace.apply(document())
    exported = json.decode(json.encode(await rooms.workspace.export()))
    assert SECRET not in repr(exported)
    assert exported["instances"][1]["credentials"] == {"token": "${env:SHOP_UK_TOKEN}"}
    assert "links" not in exported["flows"][0], "steps in order need no links"
    environ = {
        "SHOP_UK_TOKEN": SECRET, "ERP_CONSUMER_KEY": "demo-consumer-key", "ERP_TOKEN_ID": "demo-token-id",
        "ERP_CONSUMER_SECRET": "demo-consumer-secret", "ERP_TOKEN_SECRET": "demo-token-secret",
    }  # fmt: skip
    filled = Workspace.model_validate(resolve_env(exported, environ))
    assert {action.act for action in await rooms.workspace.plan(filled)} == {"unchanged"}


async def test_decimals_in_variables_and_configs_stay_the_same(rooms: Rooms, document: Make) -> None:
    whole = document().model_dump()
    whole["instances"][0]["variables"]["api_version"] = Decimal("2026.10")
    whole["flows"][0]["steps"].insert(
        1, {"id": "large", "shape": "filter", "keep": {"field": "total", "greater_than": Decimal("1.10")}}
    )
    await rooms.workspace.apply(Workspace.model_validate(whole))
    assert {action.act for action in await rooms.workspace.plan(Workspace.model_validate(whole))} == {"unchanged"}
    shown = await rooms.instances.get("Shop UK")
    assert str(shown["document"]["variables"]["api_version"]) == "2026.10"


def test_a_missing_environment_variable_is_named_with_its_place() -> None:
    with pytest.raises(DocumentError) as caught:
        resolve_env({"instances": [{"credentials": {"token": "${env:SHOP_TOKEN}"}}]}, {})
    assert "SHOP_TOKEN" in str(caught.value)
    assert "instances[0].credentials.token" in str(caught.value)
    assert resolve_env({"a": ["x-${env:A}"]}, {"A": "1"}) == {"a": ["x-1"]}


@pytest.mark.parametrize(
    ("version", "wanted", "expected"),
    [
        ("1.2.3", "*", True), ("1.2.3", "1.2.3", True), ("1.2.4", "1.2.3", False), ("1.2.3", "1.2", True),
        ("1.2.3", "1", True), ("1.9.0", "^1", True), ("2.0.0", "^1", False), ("1.1.0", "^1.2", False),
        ("1.2.9", "~1.2", True), ("1.3.0", "~1.2", False), ("1.2.2", "~1.2.3", False), ("1.9.0", "~1", True),
        ("0.2.1", "^0.2", True), ("0.3.0", "^0.2", False),
    ],
)  # fmt: skip
def test_ranges_of_versions(version: str, wanted: str, expected: bool) -> None:
    assert fits(version, wanted) is expected
