"""Rows of connectors, instances, flows and lookups, on both databases."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from weftline.errors import ConflictError
from weftline.kernel import new_id, now, to_text
from weftline.model import Connector, Flow, Instance
from weftline.store import Connection, Database, connectors, flows, instances, lookups, runs
from weftline.store.definitions import lock_definitions
from weftline.store.tables import connector_history, metadata


def shop(version: str = "1.0.0", **more: Any) -> Connector:
    whole = {"slug": "shop", "version": version, "title": "Shop", "category": "x", "transport": {"kind": "http"}}
    return Connector.model_validate(whole | more)


def test_the_migrations_make_the_tables_that_the_code_knows(db: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    found = [item for item in db.read_now(differences) if not _is_other(item)]
    assert found == []


def _is_other(item: Any) -> bool:
    """Tables that are not ours: alembic's own note."""
    return isinstance(item, tuple) and item[0] == "remove_table" and item[1].name == "alembic_version"


def test_a_connector_is_replaced_not_doubled_and_its_history_kept(db: Database) -> None:
    def work(connection: Connection) -> tuple[list[str], list[str], bool]:
        connectors.put(connection, shop())
        first = connectors.find(connection, "shop")
        connectors.put(connection, shop("1.1.0"))
        second = connectors.find(connection, "shop")
        history = connection.execute(sa.select(connector_history.c.version)).scalars()
        assert first is not None
        assert second is not None
        kept = second.installed_at == first.installed_at and second.updated_at > first.updated_at
        return [row.document.version for row in connectors.list_all(connection)], list(history), kept

    assert db.write_now(work) == (["1.1.0"], ["1.0.0"], True)


def test_documents_come_back_digit_by_digit(db: Database) -> None:
    amount = Decimal("1234567890123456789.10")
    variable = {"key": "limit", "title": "Limit", "type": "number", "default": amount}
    connector = shop(variables=[variable])
    instance = Instance(name="A", connector="shop", variables={"limit": amount, "big": 2**70})
    flow = Flow.model_validate({"name": "F", "steps": [{"id": "s", "shape": "x", "limit": amount}]})

    def work(connection: Connection) -> tuple[Any, Any, Any]:
        connectors.put(connection, connector)
        instances.put(connection, "ins_1", instance)
        flows.add(connection, "flow_1", "f", flow)
        found, row = connectors.find(connection, "shop"), instances.find(connection, "A")
        return found and found.document, row and row.document, flows.document(connection, "flow_1", 1)

    read = db.write_now(work)
    assert read == (connector, instance, flow)
    assert str(read[2].steps[0].config["limit"]) == str(amount)


def test_an_id_wins_over_a_key_and_a_key_over_a_name(db: Database) -> None:
    def work(connection: Connection) -> list[str | None]:
        flows.add(connection, "flow_1", "orders", Flow(name="Sales"))
        flows.add(connection, "flow_2", "sales", Flow(name="orders"))
        flows.add(connection, "flow_3", "flow_1", Flow(name="sales"))
        rows = [flows.find(connection, name) for name in ("flow_1", "orders", "sales", "Sales", "none")]
        return [row.id if row else None for row in rows]

    assert db.write_now(work) == ["flow_1", "flow_1", "flow_2", "flow_1", None]


def test_flow_versions_are_counted_and_removed_with_their_flow(db: Database) -> None:
    def work(connection: Connection) -> tuple[Any, ...]:
        flows.add(connection, "flow_1", "f", Flow(name="F"))
        flows.set_status(connection, "flow_1", 1, "deployed")
        flows.put_version(connection, "flow_1", 2, "draft", Flow(name="F", description="two"))
        row = flows.find(connection, "f")
        assert row is not None
        used = [(flow.id, version, status) for flow, version, status, _ in flows.in_use(connection)]
        flows.remove(connection, "flow_1")
        return (
            row.draft_version,
            row.deployed_version,
            row.versions,
            sorted(used),
            flows.versions(connection, "flow_1"),
        )

    used = [("flow_1", 1, "deployed"), ("flow_1", 2, "draft")]
    assert db.write_now(work) == (2, 1, 2, used, [])


def test_runs_under_way_are_counted_beyond_those_that_ended(db: Database) -> None:
    def work(connection: Connection) -> int:
        for number, status in enumerate(["queued", "running", "success", "failed", "stopped", "partial_success"]):
            run_id = f"run_{number}"
            runs.add(
                connection,
                {
                    "id": run_id, "flow_id": "flow_1", "flow_name": "F", "version": 1, "status": status,
                    "trigger": "manual", "root_run_id": run_id, "queued_at": to_text(now()),
                },
            )  # fmt: skip
        return runs.under_way(connection, "flow_1") + 10 * runs.under_way(connection, "flow_2")

    assert db.write_now(work) == 2


def test_a_lookup_is_written_as_a_whole(db: Database) -> None:
    def work(connection: Connection) -> tuple[Any, ...]:
        lookups.put(connection, "t", [("a", "1"), ("b", "1")])
        before = lookups.stamps(connection)["t"]
        lookups.put(connection, "t", [("c", "3")])
        lookups.put(connection, "empty", [])
        return (
            lookups.load_table(connection, "t"),
            lookups.sizes(connection),
            lookups.stamps(connection)["t"] > before,
        )

    assert db.write_now(work) == ([("c", "3")], [("empty", 0), ("t", 1)], True)


def test_work_that_fails_leaves_nothing(db: Database) -> None:
    def work(connection: Connection) -> None:
        connectors.put(connection, shop())
        raise ConflictError("no")

    with pytest.raises(ConflictError):
        db.write_now(work)
    assert db.read_now(connectors.list_all) == []


async def test_of_many_at_once_one_takes_a_name(db: Database) -> None:
    def take(connection: Connection) -> bool:
        lock_definitions(connection)
        if flows.find(connection, "Orders") is not None:
            return False
        flow_id = new_id("flow")
        flows.add(connection, flow_id, flow_id, Flow(name="Orders"))
        return True

    won = await asyncio.gather(*(db.write(take) for _ in range(12)))
    assert sorted(won) == [False] * 11 + [True]
