"""Instances: only what passes its check is saved; nothing that is in use is removed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers import free_port
from tests.workspace.conftest import FLOW, NETSUITE, SECRET, Rooms
from weftline.errors import (
    ConflictError,
    CredentialError,
    CredentialMissingError,
    CredentialRejectedError,
    DocumentError,
    NotFoundError,
    StillInUseError,
)
from weftline.testing.sandboxes import RunningSandbox
from weftline.vault import KeyRing, Vault
from weftline.workspace import Instances

Json = dict[str, Any]


@pytest.fixture(autouse=True)
async def _installed(rooms: Rooms) -> None:
    await rooms.connectors.install("shopify")


async def test_a_checked_instance_is_healthy_and_its_secret_is_never_shown(rooms: Rooms, shop: Json) -> None:
    made = await rooms.instances.create(shop, {"token": SECRET})
    assert (made["health"], made["connector_title"], made["used_by"]) == ("healthy", "Shopify", [])
    assert made["checked_at"] is not None
    shown = await rooms.instances.get("Shop UK")
    assert shown["credentials_set"] == ["token"]
    assert SECRET not in repr(shown) + repr(await rooms.instances.list())
    assert rooms.credentials(made["id"]) == {"token": SECRET}


async def test_a_wrong_credential_saves_nothing_and_is_not_repeated_in_the_error(rooms: Rooms, shop: Json) -> None:
    with pytest.raises(CredentialRejectedError) as caught:
        await rooms.instances.create(shop, {"token": "wrong-token-0815"})
    assert "Shop UK" in str(caught.value)
    assert "wrong-token-0815" not in repr(caught.value.to_record())
    assert await rooms.instances.list() == []


async def test_an_application_that_cannot_be_reached_saves_nothing_unless_asked(rooms: Rooms, shop: Json) -> None:
    away = shop | {"variables": {"store": "uk", "base_url": f"http://127.0.0.1:{free_port()}"}}
    with pytest.raises(CredentialRejectedError, match="check of 'Shop UK' did not pass") as caught:
        await rooms.instances.create(away, {"token": SECRET})
    assert caught.value.context["cause"] == "remote.connect"
    assert await rooms.instances.list() == []
    made = await rooms.instances.create(away, {"token": SECRET}, save_unchecked=True)
    assert made["health"] == "unreachable"


@pytest.mark.parametrize(
    ("change", "credentials", "error", "message"),
    [
        ({"variables": {"stor": "uk"}}, {"token": "x"}, DocumentError, "sets 'stor'"),
        ({"variables": {}}, {"token": "x"}, DocumentError, "needs a value for 'store'"),
        ({"variables": {"store": True}}, {"token": "x"}, DocumentError, "'store' is 'True', which is not a text"),
        ({"auth": "oauth"}, {}, DocumentError, "no authentication method 'oauth'"),
        ({"connector": "shopfy"}, {"token": "x"}, NotFoundError, "'shopfy' is not installed"),
        ({"timezone": "London"}, {"token": "x"}, DocumentError, "not a time zone"),
        ({"colour": "red"}, {"token": "x"}, DocumentError, "unknown key 'colour'"),
        ({}, {}, CredentialMissingError, "'token' .* is missing"),
        ({}, {"token": ""}, CredentialMissingError, "'token' .* is missing"),
        ({}, {"token": "x", "pasword": "y"}, DocumentError, "no credential 'pasword'"),
        ({}, {"token": "${env:TOKEN}"}, DocumentError, "still the place"),
    ],
)
async def test_what_does_not_fit_is_named_before_anything_is_called(
    rooms: Rooms, shop: Json, shopify: RunningSandbox, change: Json, credentials: Json, error: Any, message: str
) -> None:
    shopify.reset()
    with pytest.raises(error, match=message):
        await rooms.instances.create(shop | change, credentials)
    assert await rooms.instances.list() == []
    assert shopify.log() == []


async def test_credentials_left_out_are_kept_and_a_failing_change_leaves_all_as_it_was(
    rooms: Rooms, shop: Json
) -> None:
    made = await rooms.instances.create(shop, {"token": SECRET})
    changed = shop | {"name": "Shop GB", "timezone": "Europe/London"}
    assert (await rooms.instances.update(made["id"], changed, {}))["name"] == "Shop GB"
    assert rooms.credentials(made["id"]) == {"token": SECRET}
    with pytest.raises(CredentialError):
        await rooms.instances.update(made["id"], changed | {"timezone": "UTC"}, {"token": "wrong-token-0815"})
    assert rooms.credentials(made["id"]) == {"token": SECRET}
    assert (await rooms.instances.get(made["id"]))["document"]["timezone"] == "Europe/London"


async def test_a_check_notes_the_health_and_recovers(rooms: Rooms, shop: Json, shopify: RunningSandbox) -> None:
    made = await rooms.instances.create(shop, {"token": "wrong-token-0815"}, save_unchecked=True)
    assert made["health"] == "needs_authorisation"
    assert "wrong-token-0815" not in made["health_message"]
    await rooms.instances.update(made["id"], shop, {"token": SECRET})
    assert (await rooms.instances.check("Shop UK"))["health"] == "healthy"


async def test_the_next_session_has_the_changed_credentials(rooms: Rooms, shop: Json) -> None:
    made = await rooms.instances.create(shop, {"token": "wrong-token-0815"}, save_unchecked=True)
    with pytest.raises(CredentialError):
        await (await rooms.sessions.get("Shop UK")).check()
    await rooms.instances.update(made["id"], shop, {"token": SECRET})
    rooms.sessions._open["Shop UK"].looked_at = 0.0  # as if the second had passed
    await (await rooms.sessions.get("Shop UK")).check()


async def test_names_are_taken_once_and_a_duplicate_brings_its_credentials(rooms: Rooms, shop: Json) -> None:
    made = await rooms.instances.create(shop, {"token": SECRET})
    with pytest.raises(ConflictError, match="'Shop UK' already"):
        await rooms.instances.create(shop, {"token": SECRET})
    copy = await rooms.instances.duplicate(made["id"], "Shop IE")
    assert (copy["name"], copy["health"]) == ("Shop IE", "unchecked")
    assert rooms.credentials(copy["id"]) == {"token": SECRET}
    with pytest.raises(ConflictError):
        await rooms.instances.duplicate(made["id"], "Shop IE")
    with pytest.raises(DocumentError):
        await rooms.instances.duplicate(made["id"], "")


async def test_what_a_flow_uses_can_be_neither_removed_nor_renamed(rooms: Rooms, shop: Json) -> None:
    made = await rooms.instances.create(shop, {"token": SECRET})
    flow = await rooms.flows.create(FLOW)
    assert [use["flow_name"] for use in (await rooms.instances.get(made["id"]))["used_by"]] == ["Orders to ERP"]
    with pytest.raises(StillInUseError, match=r"'Orders to ERP' \(version 1, draft\)"):
        await rooms.instances.remove(made["id"])
    with pytest.raises(StillInUseError, match="cannot be renamed"):
        await rooms.instances.update(made["id"], shop | {"name": "Other"}, {})
    with pytest.raises(StillInUseError, match="Shop UK") as caught:
        await rooms.connectors.remove("shopify")
    assert caught.value.context["instances"] == ["Shop UK"]

    await rooms.flows.remove(flow["id"])
    await rooms.instances.remove("Shop UK")
    assert rooms.credentials(made["id"]) == {}
    await rooms.connectors.remove("shopify")
    assert await rooms.connectors.list() == []


async def test_a_credential_sealed_with_a_lost_key_can_be_entered_again(rooms: Rooms, shop: Json) -> None:
    made = await rooms.instances.create(shop, {"token": SECRET})
    other = Instances(rooms.db, Vault(KeyRing([b"x" * 32])), rooms.sessions)
    with pytest.raises(CredentialMissingError, match="'token'"):
        await other.update(made["id"], shop, {})
    assert (await other.update(made["id"], shop, {"token": SECRET}))["health"] == "healthy"


async def test_the_erp_is_checked_with_its_signature(rooms: Rooms, netsuite: RunningSandbox) -> None:
    await rooms.connectors.install("netsuite")
    erp = {"name": "ERP", "connector": "netsuite", "variables": {"account": "DEMO_1", "base_url": netsuite.base_url}}
    with pytest.raises(CredentialRejectedError):
        await rooms.instances.create(erp, NETSUITE | {"token_secret": "wrong"})
    assert (await rooms.instances.create(erp, NETSUITE))["health"] == "healthy"
