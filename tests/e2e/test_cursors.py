"""Only what is new: the switch on the canvas, where the flow stands, and beginning anew."""

from __future__ import annotations

import time

import pytest
import yaml
from playwright.sync_api import expect

from tests.e2e.stage import ORDERS, Stage
from tests.e2e.visit import Visit
from tests.house.places import ROOT

pytestmark = pytest.mark.connected


def _install_shop_with_a_cursor(stage: Stage, slug: str) -> None:
    """The store's connector, whose list of orders can tell what is new."""
    connector = yaml.safe_load((ROOT / "catalog" / "shopify" / "connector.yaml").read_text())
    connector |= {"slug": slug, "title": f"Shop {slug}"}
    for endpoint in connector["endpoints"]:
        endpoint.pop("sample", None)
        if endpoint["key"] == "orders.list":
            endpoint["cursor"] = {"path": "updated_at", "parameter": "updated_since"}
    stage.install(slug, yaml.safe_dump(connector))


def _pulled_by_a_run(stage: Stage, flow_id: str) -> int:
    run = stage.api("POST", f"/flows/{flow_id}/run", {})
    until = time.monotonic() + 15
    while run["status"] in ("queued", "running"):
        assert time.monotonic() < until, "the run does not end"
        time.sleep(0.05)
        run = stage.api("GET", f"/runs/{run['id']}")
    assert run["status"] == "success", run["error"]
    return int(run["pulled"])


def test_a_step_receives_only_what_is_new_until_it_begins_anew(visit: Visit, name: str) -> None:
    stage, page, slug = visit.stage, visit.page, name.lower()
    _install_shop_with_a_cursor(stage, slug)
    document = {
        "name": f"Shop {name}",
        "connector": slug,
        "variables": {"store": "uk", "base_url": stage.store.base_url},
    }
    stage.api("POST", "/instances", {"document": document, "credentials": {"token": stage.secrets["token"]}})
    step = {"id": "pull", "shape": "connector", "instance": f"Shop {name}", "endpoint": "orders.list"}
    body = {"document": {"name": f"News {name}", "steps": [step], "links": []}}
    flow = stage.api("POST", "/flows", body)

    visit.goto(f"/flows/{flow['id']}")
    page.locator(".step").filter(has_text="List orders").click()
    expect(page.get_by_role("textbox", name="Updated since")).to_be_visible()
    page.get_by_role("switch", name="Only what is new").click(force=True)
    expect(page.get_by_text("The first run receives everything")).to_be_visible()
    expect(page.get_by_role("textbox", name="Updated since")).to_have_count(0)
    visit.button("Deploy").click()
    expect(page.get_by_text("Version 1 is deployed.")).to_be_visible()
    visit.button("Where it stands").click()
    expect(page.get_by_text("It begins at the beginning")).to_be_visible()

    assert _pulled_by_a_run(stage, flow["id"]) == ORDERS
    assert _pulled_by_a_run(stage, flow["id"]) == 0
    panel = page.get_by_role("region", name="List orders")
    expect(panel).to_contain_text(f"Shop {name}")
    expect(panel).to_contain_text("up to 20")
    visit.button("Begin anew", within=panel).click()
    dialog = page.get_by_role("dialog", name="Let “List orders” begin anew")
    expect(dialog).to_contain_text(f"receives everything again from Shop {name}")
    visit.button("Begin anew", within=dialog).click()
    expect(page.get_by_text("It begins at the beginning")).to_be_visible()
    assert _pulled_by_a_run(stage, flow["id"]) == ORDERS
