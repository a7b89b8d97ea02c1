"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory


def migrate(engine: sa.Engine) -> None:
    """Apply every migration that is missing. Safe to call from several processes at once."""
    with engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            # Two servers that start together must not migrate together.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('weftline.migrate'))"))
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def schema_state(engine: sa.Engine) -> tuple[str | None, str]:
    """The schema that a database has (None: none yet) and the newest one. Changes nothing."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    newest = ScriptDirectory.from_config(config).get_current_head() or ""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest
