"""What endpoints can do beyond one page and one record: cursors, bulk, long answers, metadata; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.engine.acme import Acme, acme_connector, acme_running
from tests.engine.conftest import Work
from weftline.app import App
from weftline.store import connectors
from weftline.workspace import Workspace

pytestmark = pytest.mark.asyncio(loop_scope="module")

PULL = {"id": "pull", "shape": "connector", "instance": "Acme", "endpoint": "items.list", "incremental": True}
PUSH = {"id": "push", "shape": "connector", "instance": "Acme", "endpoint": "items.put"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_acme() -> AsyncIterator[Acme]:
    async with acme_running() as running:
        yield running


@pytest.fixture
def acme(running_acme: Acme) -> Acme:
    """The application as new, at the address that it had."""
    fresh = Acme(address=running_acme.address)
    for name in fresh.__dataclass_fields__:
        setattr(running_acme, name, getattr(fresh, name))
    return running_acme


class AcmeWork(Work):
    """Flows over the small application."""

    def __init__(self, app: App, acme: Acme) -> None:
        self.app, self.engine, self._acme = app, app.engine, acme

    async def flow(self, name: str, *steps: dict[str, Any]) -> str:
        """Deploy a flow of these steps; its id."""
        if await self.app.db.read(lambda connection: connectors.find(connection, "acme")) is None:
            await self.app.db.write(lambda connection: connectors.put(connection, acme_connector()))
        document = {
            "instances": [{"name": "Acme", "connector": "acme", "variables": {"base_url": self._acme.address}}],
            "flows": [{"name": name, "deploy": True, "steps": list(steps)}],
        }
        await self.app.workspace.apply(Workspace.model_validate(document))
        return str((await self.app.flows.get(name))["id"])


@pytest.fixture
def at_acme(opened: App, acme: Acme) -> AcmeWork:
    return AcmeWork(opened, acme)


def item(number: int, minute: int) -> dict[str, Any]:
    return {"id": f"I{number}", "changed": f"2026-01-01T10:{minute:02}:00Z", "amount": number}


async def test_the_next_run_takes_only_what_is_new(at_acme: AcmeWork, acme: Acme) -> None:
    flow_id = await at_acme.flow("Only new", PULL, PUSH)
    acme.items = [item(number, number) for number in range(7)]
    first = await at_acme.run(flow_id)
    assert (first["status"], first["confirmed"], acme.asked[0]) == ("success", 7, "page=1")
    # One that came late but within the overlap, one that changed, one that is new; the others come again.
    acme.items[6] = item(6, 7) | {"amount": 60}
    acme.items += [item(7, 6), item(8, 9)]
    acme.asked.clear()
    second = await at_acme.run(flow_id)
    assert (second["status"], second["confirmed"]) == ("success", 3)
    assert acme.asked[0].startswith("since=2026-01-01T10:05:00.000000Z")
    assert acme.kept["I6"]["amount"] == 60
    third = await at_acme.run(flow_id)
    assert (third["status"], third["confirmed"]) == ("success", 0)
    (cursor,) = await at_acme.app.flows.cursors(flow_id)
    assert (cursor["step_id"], cursor["instance"], cursor["value"]) == ("pull", "Acme", "2026-01-01T10:09:00Z")
    assert await at_acme.app.flows.forget_cursors(flow_id) == 1
    assert (await at_acme.run(flow_id))["pulled"] == 9


async def test_a_cursor_stays_until_the_target_has_confirmed(at_acme: AcmeWork, acme: Acme) -> None:
    flow_id = await at_acme.flow("Not confirmed", PULL, PUSH)
    acme.items = [item(number, number) for number in range(5)]
    acme.status = 401
    failed = await at_acme.run(flow_id)
    assert failed["status"] == "failed"
    acme.status = 200
    again = await at_acme.run(flow_id)
    assert (again["status"], again["confirmed"]) == ("success", 5)
    acme.items.append(item(9, 30))
    assert (await at_acme.run(flow_id))["confirmed"] == 1


async def test_a_retry_sends_what_was_pulled_though_the_source_has_it_no_more(at_acme: AcmeWork, acme: Acme) -> None:
    flow_id = await at_acme.flow("Gone", PULL, PUSH)
    acme.items = [item(number, number) for number in range(8)]
    acme.status = 401
    failed = await at_acme.run(flow_id)
    assert (failed["status"], failed["pulled"]) == ("failed", 8)
    acme.items, acme.status = [], 200
    acme.asked.clear()
    again = await at_acme.end(await at_acme.engine.retry(failed["id"]))
    assert (again["status"], again["confirmed"], acme.asked) == ("success", 8, [])
    assert len(acme.kept) == 8


async def test_many_records_go_in_one_request_and_each_has_its_own_answer(at_acme: AcmeWork, acme: Acme) -> None:
    flow_id = await at_acme.flow("Bulk", PULL | {"incremental": False}, PUSH | {"concurrency": 1})
    acme.items = [item(number, number) for number in range(6)]
    acme.refuses = {"I1", "I5"}
    run = await at_acme.run(flow_id)
    assert (run["status"], run["confirmed"], run["failed"]) == ("partial_success", 4, 2)
    assert max(acme.bulks) <= 4
    assert sum(acme.bulks) == 6
    ledger = (await at_acme.engine.deliveries(run["id"], limit=100))["items"]
    assert {row["record_key"]: row["state"] for row in ledger} == {
        f"I{number}": "failed" if number in (1, 5) else "confirmed" for number in range(6)
    }
    assert {row["result_id"] for row in ledger if row["state"] == "confirmed"} == {
        f"acme-I{number}" for number in (0, 2, 3, 4)
    }
    assert {row["record_key"]: row["error"]["context"]["record_key"] for row in ledger if row["error"]} == {
        "I1": "I1", "I5": "I5",
    }  # fmt: skip
    assert "too odd" in str([row["error"] for row in ledger if row["record_key"] == "I1"])
    acme.refuses = set()
    acme.bulks.clear()
    again = await at_acme.end(await at_acme.engine.retry(run["id"]))
    assert (again["status"], sum(acme.bulks)) == ("success", 2)


async def test_a_long_answer_is_cut_into_pages_and_goes_on_where_it_broke(at_acme: AcmeWork, acme: Acme) -> None:
    flow_id = await at_acme.flow("Long", PULL | {"endpoint": "items.long", "incremental": False}, PUSH)
    acme.long, acme.breaks_at = 3500, [1700]
    run = await at_acme.run(flow_id)
    assert (run["status"], run["pulled"], run["confirmed"]) == ("success", 3500, 3500)
    assert set(acme.kept) == {f"L{number}" for number in range(3500)}
    # Asked for once, and once more where it broke: not once for every durable step.
    assert acme.asked == ["long", "long"]


async def test_values_of_an_answer_travel_with_its_records(at_acme: AcmeWork, acme: Acme) -> None:
    keep = {"id": "map", "shape": "map", "rules": [
        {"to": "id", "from": "payload.id"}, {"to": "request", "from": "meta.request_id"}]}  # fmt: skip
    flow_id = await at_acme.flow("Metadata", PULL | {"incremental": False}, keep, PUSH)
    acme.items = [item(number, number) for number in range(4)]
    run = await at_acme.run(flow_id)
    assert run["status"] == "success"
    assert {row["request"] for row in acme.kept.values()} == {"request 1", "request 2"}
