"""What all tests share: a fresh store on both databases, and the summary of servers that tests ran against."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from hypothesis import settings

from tests import servers, summary
from tests.summary import (
    pytest_runtest_logreport,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from weftline.store import Database, migrate, open_engine
from weftline.store.tables import metadata

__all__ = [  # hooks
    "pytest_runtest_logreport",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
]

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.connected)]
# How long one example takes says what else the machine does.
settings.register_profile("weftline", deadline=None)
settings.load_profile("weftline")
FIRST = (
    "tests/engine/crash/",
    "tests/e2e/",
    "tests/cli/",
    "tests/house/test_docs.py",
    "tests/transports/test_files_contract.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In several processes the longest files come first, so that none of them is the last to end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Every application that a test opens in this process hashes passwords; servers of their own do so in earnest."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("weftline.access.passwords.PasswordHasher", lambda: cheap)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.Postgres]:
    """A PostgreSQL server on which databases may be created."""
    with servers.postgres() as server:
        summary.note("PostgreSQL", server.words)
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: servers.Postgres) -> Iterator[str]:
    """A migrated database, one for the whole of the test run; see ``database_url`` for an empty one."""
    with servers.database(postgres_server, f"weftline_test_{os.getpid()}") as url:
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: that is quicker than to migrate for every test."""
    path = tmp_path_factory.mktemp("template") / "weftline.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database without rows, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        summary.note("SQLite", f"SQLite {sqlite3.sqlite_version}, in files")
        path = tmp_path / "weftline.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_url")
    _empty(url)
    return url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An open store without rows, on SQLite and on PostgreSQL."""
    with ExitStack() as stack:
        opened = Database.open(database_url)
        stack.callback(opened.close)
        yield opened


def _empty(url: str) -> None:
    """Leave no row of ours and none of a durable engine: quicker than to truncate, or to make its schema anew."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            ours = [f'"{table.name}"' for table in reversed(metadata.sorted_tables)]
            made = "SELECT tablename FROM pg_tables WHERE schemaname = 'dbos' AND tablename <> 'dbos_migrations'"
            engines = [f'dbos."{name}"' for name in connection.execute(sa.text(made)).scalars()]
            connection.execute(sa.text("; ".join(f"DELETE FROM {name}" for name in ours + engines)))
            first = "setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            connection.execute(sa.text(f"SELECT {first} FROM pg_sequences"))
    finally:
        engine.dispose()
