"""PostgreSQL and MariaDB from the catalog: each in a session against a real server, and both in one flow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests import servers
from tests.engine.conftest import Work
from tests.transports.sql_servers import (
    NAMES,
    POLICY,
    Place,
    ask,
    execute,
    mysql_database,
    postgresql_database,
    rows,
    transport,
)  # fmt: skip

from weftline.app import App
from weftline.connectors import Answer, RetryPolicy, Session
from weftline.connectors.lint import lint
from weftline.connectors.pacing import Pacer
from weftline.errors import WeftlineError
from weftline.kernel import json
from weftline.model import Connector, Instance
from weftline.model.yaml import read_document
from weftline.settings import load
from weftline.transports.http import HttpConnections
from weftline.transports.sql import SqlTransport
from weftline.workspace import Workspace

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
SERVED = ["postgresql", "mysql"]
WAITING = "SELECT count(*) FROM information_schema.INNODB_LOCK_WAITS"
HOSTILE = "x'); DROP TABLE items; -- :id %s {{ payload }}"


@pytest.fixture(scope="module")
def places(postgres_server: servers.Postgres) -> Iterator[dict[str, Place]]:
    with ExitStack() as stack:
        yield {
            "postgresql": stack.enter_context(postgresql_database(postgres_server, "catalog")),
            "mysql": stack.enter_context(mysql_database("catalog")),
        }


def instance(slug: str, place: Place, name: str = "Data") -> Instance:
    return Instance(name=name, connector=slug, variables=place[1])


async def fresh(kind: str, place: Place) -> SqlTransport:
    """The database with an empty table ``items``."""
    database = transport(kind, place[0], **place[1])
    await execute(database, "DROP TABLE IF EXISTS items")
    await execute(
        database,
        f"CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(80) NOT NULL, price {NAMES[kind]['exact']},"
        f" updated_at {NAMES[kind]['moment']})",
    )
    return database


@pytest.fixture(params=SERVED)
async def database(request: pytest.FixtureRequest, places: dict[str, Place]) -> AsyncIterator[SqlTransport]:
    opened = await fresh(request.param, places[request.param])
    yield opened
    await opened.close()


@pytest.fixture
async def session(database: SqlTransport, places: dict[str, Place]) -> AsyncIterator[Session]:
    slug, place = database.kind, places[database.kind]
    connector = read_document(CATALOG / slug / "connector.yaml", Connector)
    connections = HttpConnections(POLICY)
    opened = Session(connector, instance(slug, place), "data", place[0], connections, Pacer())
    yield opened
    await opened.close()
    await connections.close()


async def pull(session: Session, endpoint: str, scope: dict[str, Any] | None = None, **given: Any) -> list[list[Any]]:
    """The pages; each goes on from a state that crossed a durable step."""
    pages: list[list[Any]] = []
    state: dict[str, Any] | None = None
    while True:
        async for page in session.pages(endpoint, given, scope or {}, state):
            pages.append(json.decode(page.raw))
            state = page.next_state
            break
        if state is None:
            return pages
        state = json.decode(json.encode(state))


async def push(session: Session, endpoint: str, records: list[Any], **given: Any) -> list[Any]:
    """Per record None, or what was said against it."""
    prepared = [session.prepare(endpoint, record, {}, given) for record in records]
    answers: list[Any] = []
    if session.most_in_one(endpoint) == 1:
        for one in prepared:
            answers.append(await session.send(endpoint, one, ""))
    else:
        answers = list(await session.send_many(endpoint, prepared))
    return [answer.message if isinstance(answer, WeftlineError) else None for answer in answers]


@pytest.mark.parametrize("slug", SERVED)
def test_the_linter_has_nothing_to_say(slug):
    folder = CATALOG / slug
    assert lint(read_document(folder / "connector.yaml", Connector), folder) == []


@pytest.mark.connected
async def test_a_check_logs_in(session):
    await session.check()


@pytest.mark.connected
async def test_a_query_is_read_with_bound_values_and_in_pages(session, database):
    await ask(database, "INSERT", table="items", rows=[{"id": n, "name": HOSTILE} for n in range(1, 8)])
    scope = {"payload": {"name": HOSTILE, "ids": [1, 3]}}
    (page,) = await pull(
        session, "rows.query", scope,
        sql="SELECT id FROM items WHERE name = {{ payload.name }} AND id IN {{ payload.ids }} ORDER BY id",
    )  # fmt: skip
    assert page == [{"id": 1}, {"id": 3}]
    by_key = "SELECT id FROM items WHERE (:after IS NULL OR id > :after) AND id < {{ 7 }} ORDER BY id LIMIT :limit"
    assert await pull(session, "rows.query", sql=by_key, size=3) == [
        [{"id": 1}, {"id": 2}, {"id": 3}], [{"id": 4}, {"id": 5}, {"id": 6}], []
    ]  # fmt: skip
    by_offset = "SELECT id FROM items ORDER BY id LIMIT :limit OFFSET :offset"
    assert [len(page) for page in await pull(session, "rows.query", sql=by_offset, size=4)] == [4, 3]


@pytest.mark.connected
async def test_a_table_and_a_view_are_read_in_pages(session, database):
    await ask(database, "INSERT", table="items", rows=[{"id": n, "name": "n"} for n in range(1, 6)])
    await execute(database, "DROP VIEW IF EXISTS some_items")
    await execute(database, "CREATE VIEW some_items AS SELECT id FROM items WHERE id > 1")
    assert [[row["id"] for row in page] for page in await pull(session, "table.read", table="items", size=2)] == [
        [1, 2], [3, 4], [5]
    ]  # fmt: skip
    assert [len(page) for page in await pull(session, "table.read", table="some_items", size=3)] == [3, 1]
    await execute(database, "DROP VIEW some_items")


@pytest.mark.connected
async def test_new_rows_come_as_they_were_changed(session, database):
    moments = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:02.000001Z", None, "2026-01-01T00:00:02.000001Z"]
    found = [{"id": 9 - n, "name": "n", "updated_at": moment} for n, moment in enumerate(moments)]
    await ask(database, "INSERT", table="items", rows=found)
    pages = await pull(session, "table.new", table="items", size=1)
    assert [row["id"] for page in pages for row in page] == [9, 6, 8]
    pages = await pull(session, "table.new", table="items", since="2026-01-01T00:00:02.000001Z")
    assert [row["id"] for page in pages for row in page] == [6, 8]
    pages = await pull(session, "table.new_by_number", table="items", size=2, since=8)
    assert [row["id"] for page in pages for row in page] == [8, 9]
    rule = session.cursor_rule("table.new", {"table": "items", "changed": "at", "key": "a, b"}, {})
    assert (rule.path, rule.key, rule.overlap_s) == ("at", "a, b", 60)


@pytest.mark.connected
async def test_rows_are_upserted_many_at_once_and_a_bad_one_fails_alone(session, database):
    sent = [{"id": n, "name": HOSTILE, "price": Decimal("1.10")} for n in range(150)]
    for _ in range(2):
        assert await push(session, "rows.upsert", sent, table="items") == [None] * 150
    changed: list[Any] = [{"id": 1, "name": "one"}, {"id": 2, "name": None}, {"id": 999, "name": "new"}]
    good, bad, new = await push(session, "rows.upsert", changed, table="items")
    assert (good, new) == (None, None)
    assert "null" in bad.lower()
    read = await rows(database, "SELECT id, name FROM items WHERE id IN (1, 2, 999) ORDER BY id")
    assert [row["name"] for row in read] == ["one", HOSTILE, "new"]
    assert (await rows(database, "SELECT count(*) AS n FROM items"))[0]["n"] == 151
    assert session.prepare("rows.upsert", sent[7], {}, {"table": "items"}).record_key == "7"
    assert session.prepare("rows.upsert", sent[7], {}, {"table": "items", "key": "id, name"}).record_key == ""


@pytest.mark.connected
async def test_the_last_of_a_key_has_the_last_word_and_records_choose_their_table(session, database):
    await execute(database, "DROP TABLE IF EXISTS others")
    await execute(database, "CREATE TABLE others (id BIGINT PRIMARY KEY, name VARCHAR(80))")
    records = [
        {"id": 1, "name": "a"}, {"id": 1, "name": "b", "price": 2}, {"id": 1, "name": "c"},
    ]  # fmt: skip
    assert await push(session, "rows.upsert", records, table="items") == [None] * 3
    assert await rows(database, "SELECT name FROM items") == [{"name": "c"}]
    both = [{"id": 5, "name": "others"}, {"id": 5, "name": "items"}]
    assert await push(session, "rows.upsert", both, table="{{ payload.name }}") == [None, None]
    assert await rows(database, "SELECT name FROM others") == [{"name": "others"}]
    await execute(database, "DROP TABLE others")


@pytest.mark.connected
async def test_rows_are_inserted_and_a_repeat_is_refused_alone(session, database):
    assert await push(session, "rows.insert", [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], table="items") == [
        None, None
    ]  # fmt: skip
    again, new = await push(session, "rows.insert", [{"id": 2, "name": "b"}, {"id": 3, "name": "c"}], table="items")
    assert "duplicate" in again.lower()
    assert new is None
    assert await rows(database, "SELECT id FROM items ORDER BY id") == [{"id": 1}, {"id": 2}, {"id": 3}]


@pytest.mark.connected
async def test_a_statement_is_executed_per_record(session, database):
    add = "INSERT INTO items (id, name) VALUES ({{ payload.id }}, {{ payload.name }})"
    records = [{"id": 1, "name": HOSTILE}, {"id": 2, "name": "b"}]
    assert await push(session, "statement.execute", records, sql=add) == [None, None]
    change = "UPDATE items SET price = {{ payload.price }} WHERE id = {{ payload.id }}"
    await push(session, "statement.execute_repeatable", [{"id": 1, "price": Decimal("12.3400")}], sql=change)
    read = await rows(database, "SELECT name, price FROM items ORDER BY id")
    assert [(row["name"], row["price"]) for row in read] == [(HOSTILE, Decimal("12.3400")), ("b", None)]


@pytest.mark.connected
async def test_who_loses_a_deadlock_tries_again(places):
    database = await fresh("mysql", places["mysql"])
    await ask(database, "INSERT", table="items", rows=[{"id": n, "name": "old"} for n in range(1, 30)])
    connector = read_document(CATALOG / "mysql" / "connector.yaml", Connector)
    connections, patience = HttpConnections(POLICY), RetryPolicy(tries=3, base_s=0.05, cap_s=0.1)
    session = Session(
        connector, instance("mysql", places["mysql"]), "data", places["mysql"][0], connections, Pacer(), patience
    )
    prepared = [session.prepare("rows.upsert", {"id": n, "name": "new"}, {}, {"table": "items"}) for n in (1, 2)]
    # Of two that block each other MariaDB ends the one that has changed less: ours.
    with database.engine.connect() as other:
        other.exec_driver_sql("UPDATE items SET name = 'other' WHERE id > 1")
        ours = asyncio.create_task(session.send_many("rows.upsert", prepared))
        while not other.exec_driver_sql(WAITING).scalar():
            await asyncio.sleep(0.2)  # asked more often, MariaDB tells what it told before
        await asyncio.to_thread(other.exec_driver_sql, "UPDATE items SET name = 'other' WHERE id = 1")
        other.commit()
    answers = await ours
    assert [answer.attempts for answer in answers if isinstance(answer, Answer)] == [2, 2]
    read = await rows(database, "SELECT name FROM items WHERE id < 4 ORDER BY id")
    assert [row["name"] for row in read] == ["new", "new", "other"]
    for one in (database, session, connections):
        await one.close()


# --- a flow ---


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    folder = tmp_path_factory.mktemp("databases")
    app = await App.open(load({"WEFTLINE_DATA_DIR": str(folder), "WEFTLINE_CATALOG_DIR": str(CATALOG)}))
    yield app
    await app.close()


class Copy(Work):
    """A flow that brings what is new of a table of PostgreSQL to one of MariaDB."""

    def __init__(self, app: App) -> None:
        self.app, self.engine = app, app.engine

    async def flow(self, places: dict[str, Place]) -> str:
        read = {"table": "items", "changed": "updated_at"}
        document = {
            "connectors": [{"slug": slug} for slug in SERVED],
            "instances": [
                instance(slug, places[slug], name).model_dump(mode="json") | {"credentials": places[slug][0]}
                for slug, name in (("postgresql", "Source"), ("mysql", "Target"))
            ],
            "flows": [
                {
                    "name": "Copy", "deploy": True,
                    "steps": [
                        {"id": "new", "shape": "connector", "instance": "Source", "endpoint": "table.new",
                         "incremental": True, "filters": read | {"size": 40}},
                        {"id": "put", "shape": "connector", "instance": "Target", "endpoint": "rows.upsert",
                         "filters": {"table": "items"}},
                    ],
                }
            ],
        }  # fmt: skip
        await self.app.workspace.apply(Workspace.model_validate(document))
        return str((await self.app.flows.get("Copy"))["id"])


@pytest.mark.connected
@pytest.mark.asyncio(loop_scope="module")
async def test_only_what_is_new_goes_from_one_database_to_another(opened: App, places: dict[str, Place]) -> None:
    source, target = [await fresh(kind, places[kind]) for kind in SERVED]
    copy = Copy(opened)
    flow_id = await copy.flow(places)
    at = "2026-02-03T04:05:{:02d}.123456Z"
    add = [{"id": n, "name": f"n{n}", "price": "19.9000", "updated_at": at.format(n % 50)} for n in range(100)]
    await ask(source, "INSERT", table="items", rows=add)
    first = await copy.run(flow_id)
    assert (first["status"], first["pulled"], first["confirmed"]) == ("success", 100, 100)
    # One changed, one new, and one that its transaction brings late, behind the cursor.
    for row in [{"id": 3, "name": "changed", "updated_at": at.format(55)},
                {"id": 100, "name": "new", "updated_at": at.format(56)},
                {"id": 101, "name": "late", "updated_at": at.format(20)}]:  # fmt: skip
        await ask(source, "UPSERT", table="items", key="id", rows=[row])
    second = await copy.run(flow_id)
    assert (second["status"], second["pulled"], second["confirmed"]) == ("success", 3, 3)
    third = await copy.run(flow_id)
    assert (third["status"], third["pulled"]) == ("success", 0)
    everything = "SELECT id, name, price FROM items ORDER BY id"
    assert await rows(target, everything) == await rows(source, everything)
    for database in (source, target):
        await database.close()
