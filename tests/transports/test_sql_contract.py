"""Every database transport does the same: PostgreSQL, MariaDB and the twin in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests import servers
from tests.transports.sql_servers import (
    NAMES,
    Place,
    ask,
    asking,
    execute,
    mysql_database,
    postgresql_database,
    rows,
    transport,
)  # fmt: skip
from weftline.errors import ConnectError, RemoteTimeoutError, RequestRejectedError, TooLargeError
from weftline.kernel import json
from weftline.transports import UNSENT, sql
from weftline.transports.sql import SqlTransport

KINDS = [
    "memory_sql",
    pytest.param("postgresql", marks=pytest.mark.connected),
    pytest.param("mysql", marks=pytest.mark.connected),
]


@pytest.fixture(scope="module")
def postgresql(postgres_server: servers.Postgres) -> Iterator[Place]:
    with postgresql_database(postgres_server, "sql") as place:
        yield place


@pytest.fixture(scope="module")
def mysql() -> Iterator[Place]:
    with mysql_database("sql") as place:
        yield place


@pytest.fixture(params=KINDS)
async def db(request: pytest.FixtureRequest) -> AsyncIterator[SqlTransport]:
    kind = request.param
    login, config = ({}, {}) if kind == "memory_sql" else request.getfixturevalue(kind)
    opened = transport(kind, login, pool_size=2, **config)
    for table in ("items", "pairs"):
        await execute(opened, f"DROP TABLE IF EXISTS {table}")
    yield opened
    await opened.close()


@pytest.fixture
async def items(db: SqlTransport) -> SqlTransport:
    types = NAMES[db.kind]
    await execute(
        db,
        f"CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(80), price {types['exact']}, at {types['moment']},"
        f" day DATE, raw {types['bytes']}, more {types['json']})",
    )
    return db


FULL: dict[str, Any] = {
    "id": 9007199254740993, "name": "Größe 'L' :x", "price": Decimal("1234567890123.1000"),
    "at": "2026-02-03T04:05:06.000007Z", "day": "2026-02-03", "raw": "AAH/", "more": {"a": [1, 2.50]},
}  # fmt: skip


async def test_what_is_inserted_is_read_again_to_the_last_digit(items):
    assert await ask(items, "INSERT", table="items", rows=[FULL]) == {"rows": 1}
    (read,) = await rows(items, "SELECT id, name, day, raw FROM items")
    assert read == {name: FULL[name] for name in ("id", "name", "day", "raw")}
    (read,) = await ask(items, "QUERY", table="items", key="id")
    assert read["id"] == FULL["id"]
    assert read["at"].removesuffix("Z") == FULL["at"].removesuffix("Z")
    more = read["more"] if isinstance(read["more"], dict) else json.decode(read["more"])
    assert more == FULL["more"]
    if items.kind != "memory_sql":  # its numbers are binary
        assert str(read["price"]) == "1234567890123.1000"


async def test_values_are_bound_and_never_read_as_sql(items):
    hostile = "x'); DROP TABLE items; -- :id %s %(a)s"
    await execute(items, "INSERT INTO items (id, name) VALUES (:id, :name)", id=1, name=hostile)
    assert await rows(items, "SELECT name FROM items WHERE name = :name", name=hostile) == [{"name": hostile}]
    await ask(items, "UPSERT", table="items", key="id", rows=[{"id": 1, "name": hostile * 2}])
    assert (await rows(items, "SELECT name FROM items"))[0]["name"] == hostile * 2


async def test_a_colon_or_percent_within_quotes_is_no_place(items):
    assert await rows(items, "SELECT ':id 100%' AS a, :b AS b -- :c\n", b="y") == [{"a": ":id 100%", "b": "y"}]


async def test_places_and_values_must_fit(items):
    with pytest.raises(RequestRejectedError, match=r"no place ':name'.*did you mean 'nam'"):
        await rows(items, "SELECT * FROM items WHERE name = :nam", name="x")
    with pytest.raises(RequestRejectedError, match=r"':id' of the statement has no value"):
        await rows(items, "SELECT * FROM items WHERE id = :id")


async def test_a_list_stands_for_its_items(items):
    await ask(items, "INSERT", table="items", rows=[{"id": n} for n in range(1, 6)])
    read = "SELECT id FROM items WHERE id IN :ids ORDER BY id"
    assert await rows(items, read, ids=[2, 4, 9]) == [{"id": 2}, {"id": 4}]
    assert await rows(items, read, ids=[]) == []


async def test_execute_counts_rows_and_does_all_or_nothing(items):
    sets = [{"id": n, "name": f"n{n}"} for n in range(3)]
    done = await ask(items, "EXECUTE", sql="INSERT INTO items (id, name) VALUES (:id, :name)", values=sets)
    assert done == {"rows": 3}
    assert await execute(items, "UPDATE items SET name = 'z' WHERE id > :id", id=0) == 2
    sets = [{"id": 7, "name": "a"}, {"id": 7, "name": "b"}]
    with pytest.raises(RequestRejectedError):
        await ask(items, "EXECUTE", sql="INSERT INTO items (id, name) VALUES (:id, :name)", values=sets)
    assert await rows(items, "SELECT id FROM items WHERE id = 7") == []


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM items", "INSERT INTO items (id) VALUES (5)", "DROP TABLE items", "SELECT 1; DELETE FROM items"],
)
async def test_query_writes_nothing(items, statement):
    await ask(items, "INSERT", table="items", rows=[{"id": 1}])
    with pytest.raises(RequestRejectedError):
        await rows(items, statement)
    assert await rows(items, "SELECT id FROM items;") == [{"id": 1}]


async def test_upsert_adds_changes_and_may_be_repeated(items):
    sent = [{"id": 1, "name": "one", "price": "1.5"}, {"id": 2, "name": "two"}, {"id": 3}]
    for _ in range(2):
        assert await ask(items, "UPSERT", table="items", key=["id"], rows=sent) == {"rows": 3}
    await ask(items, "UPSERT", table="items", key=["id"], rows=[{"name": "ONE", "id": 1}])
    read = await rows(items, "SELECT id, name, price FROM items ORDER BY id")
    assert [(row["id"], row["name"]) for row in read] == [(1, "ONE"), (2, "two"), (3, None)]
    assert read[0]["price"] == Decimal("1.5")


async def test_unknown_names_are_named(items):
    with pytest.raises(RequestRejectedError, match=r"no column 'nmae'.*did you mean 'name'"):
        await ask(items, "INSERT", table="items", rows=[{"id": 1, "nmae": "x"}])
    with pytest.raises(RequestRejectedError, match=r"no table 'itmes'.*'items'") as caught:
        await ask(items, "INSERT", table="itmes", rows=[{"id": 1}])
    assert caught.value.context["status"] == 404
    with pytest.raises(RequestRejectedError, match=r"name is no unique key of the table 'items'.*id"):
        await ask(items, "UPSERT", table="items", key="name", rows=[{"id": 1, "name": "x"}])
    with pytest.raises(RequestRejectedError, match="column 'day' is no DATE: 'tomorrow'"):
        await ask(items, "INSERT", table="items", rows=[{"id": 1, "day": "tomorrow"}])


async def test_the_databases_own_words_reach_people(items):
    await ask(items, "INSERT", table="items", rows=[{"id": 1}])
    with pytest.raises(RequestRejectedError, match=r"(?i)duplicate|unique"):
        await ask(items, "INSERT", table="items", rows=[{"id": 1}])
    with pytest.raises(RequestRejectedError, match="no_such_table"):
        await rows(items, "SELECT * FROM no_such_table")


async def test_a_new_column_is_seen_without_a_restart(items):
    await ask(items, "INSERT", table="items", rows=[{"id": 1}])
    await execute(items, "ALTER TABLE items ADD COLUMN late VARCHAR(9)")
    await ask(items, "UPSERT", table="items", key="id", rows=[{"id": 1, "late": "x"}])
    assert await rows(items, "SELECT late FROM items") == [{"late": "x"}]


async def test_a_table_is_read_in_the_order_of_its_key(db):
    await execute(db, "CREATE TABLE pairs (a INT, b INT, PRIMARY KEY (a, b))")
    await ask(db, "INSERT", table="pairs", rows=[{"a": n // 3, "b": n % 3} for n in range(9)])
    values = {"limit": 4, "after_a": 0, "after_b": 1}
    read = await ask(db, "QUERY", table="pairs", key="a, b", values=values)
    assert [(row["a"], row["b"]) for row in read] == [(0, 2), (1, 0), (1, 1), (1, 2)]


async def test_an_empty_keyset_begins_at_the_start(items):
    await ask(items, "INSERT", table="items", rows=[{"id": n} for n in range(1, 4)])
    statement = "SELECT id FROM items WHERE :after IS NULL OR id > :after ORDER BY id LIMIT :limit"
    assert await rows(items, statement, after=None, limit=2) == [{"id": 1}, {"id": 2}]
    assert await rows(items, statement, after=2, limit=2) == [{"id": 3}]


def endless(db: SqlTransport) -> str:
    if db.kind == "mysql":
        return f"SELECT count(*) AS c FROM {', '.join(f'information_schema.columns AS c{n}' for n in range(4))}"
    count = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000)"
    return f"{count} SELECT count(*) AS c FROM n AS a, n AS b"


async def test_the_server_ends_what_takes_too_long(db):
    with pytest.raises(RemoteTimeoutError):
        await ask(db, "QUERY", 0.3, sql=endless(db))
    assert await rows(db, "SELECT 1 AS one") == [{"one": 1}]


async def test_a_stream_may_be_left_and_the_connection_serves_again(items):
    await ask(items, "INSERT", table="items", rows=[{"id": n, "name": "x" * 80} for n in range(2000)])
    for _ in range(4):  # more often than there are connections
        async with items.open(asking("QUERY", sql="SELECT a.id, b.name FROM items a, items b")) as answer:
            first = [await anext(answer.pieces) for _ in range(3)]
        assert b"".join(first).startswith(b'[{"id":')
    read = []
    async with items.open(asking("QUERY", sql="SELECT id FROM items ORDER BY id")) as answer:
        read = [piece async for piece in answer.pieces]
    assert len(read) > 8
    assert [row["id"] for row in json.decode(b"".join(read))] == list(range(2000))


async def test_a_cancelled_call_gives_its_connection_back(db):
    for _ in range(3):
        slow = asyncio.create_task(ask(db, "QUERY", 1.0, sql=endless(db)))
        await asyncio.sleep(0)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
    assert await rows(db, "SELECT 1 AS one") == [{"one": 1}]


async def test_what_waits_too_long_for_a_connection_is_never_begun(items, monkeypatch):
    monkeypatch.setattr(sql, "GRACE_S", 0.3)
    ends = asyncio.Event()
    under_way = [asyncio.create_task(_held(items, ends)) for _ in range(2)]
    await asyncio.sleep(0.2)
    with pytest.raises(ConnectError, match="all of ours are busy") as caught:
        await ask(items, "INSERT", 0.1, table="items", rows=[{"id": 1}])
    assert caught.value.context[UNSENT]
    waiting = asyncio.create_task(ask(items, "INSERT", table="items", rows=[{"id": 2}]))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    ends.set()
    await asyncio.gather(*under_way)
    assert await rows(items, "SELECT id FROM items") == []


async def _held(db: SqlTransport, ends: asyncio.Event) -> None:
    """A thread of the transport's, until the event."""
    loop = asyncio.get_running_loop()
    await db._in_thread(20, lambda: asyncio.run_coroutine_threadsafe(ends.wait(), loop).result(), surely=True)


async def test_too_much_for_memory_is_said(items):
    items.config = items.config.model_copy(update={"max_answer_bytes": 1024})
    await ask(items, "INSERT", table="items", rows=[{"id": n, "name": "x" * 80} for n in range(50)])
    with pytest.raises(TooLargeError, match="1,024 bytes"):
        await rows(items, "SELECT name FROM items")


async def test_bodies_that_make_no_sense_are_refused(db):
    for method, body, words in [
        ("GET", {}, "does not know the method GET"), ("QUERY", {}, "either 'sql' or 'table'"),
        ("QUERY", {"table": "x"}, "needs 'key'"), ("EXECUTE", {"sql": "x", "value": {}}, "unknown key 'value'"),
        ("INSERT", {"table": "x", "rows": [1]}, r"rows\.0"),
    ]:  # fmt: skip
        with pytest.raises(RequestRejectedError, match=words):
            await ask(db, method, **body)
    with pytest.raises(RequestRejectedError, match="two columns of the result are named 'a'"):
        await rows(db, "SELECT 1 AS a, 2 AS a")
