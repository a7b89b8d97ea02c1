"""Every table. Times are ISO 8601 text in UTC (they sort); JSON is text, so that decimals keep every digit."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Serial = BigInteger().with_variant(Integer, "sqlite")

# --- what is installed and configured ------------------------------------------------------------------------------

connectors = Table(
    "connectors",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("document", Text, nullable=False),
    # As the marketplace had it; null for one of the workspace's own.
    Column("base", Text),
    Column("installed_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
)

connector_history = Table(
    "connector_history",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("slug", Text, nullable=False, index=True),
    Column("version", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("base", Text),
    Column("replaced_at", Text, nullable=False),
)

instances = Table(
    "instances",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("connector", Text, ForeignKey("connectors.slug"), nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("health", Text, nullable=False, server_default="unchecked"),
    Column("health_message", Text, nullable=False, server_default=""),
    Column("checked_at", Text),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("updated_at", Text, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
)

budgets = Table(
    "budgets",
    metadata,
    Column("key", Text, primary_key=True),
    # Seconds since the epoch: reckoned with on every reservation, so not text.
    Column("next_at", Float, nullable=False, server_default="0"),
    Column("paused_until", Float, nullable=False, server_default="0"),
    Column("reason", Text, nullable=False, server_default=""),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("instance_id", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("message", Text, nullable=False, server_default=""),
    Column("expires_at", Text, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("instance_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("told", Text, nullable=False, server_default="[]"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Text, nullable=False, index=True),
)

lookups = Table(
    "lookups",
    metadata,
    Column("name", Text, primary_key=True),
    Column("updated_at", Text, nullable=False),
)

lookup_rows = Table(
    "lookup_rows",
    metadata,
    Column("lookup", Text, ForeignKey("lookups.name", ondelete="CASCADE"), primary_key=True),
    Column("left_value", Text, primary_key=True),
    Column("right_value", Text, nullable=False),
    Index(None, "lookup", "right_value"),
)

flows = Table(
    "flows",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("enabled", Boolean, nullable=False, server_default=sa.true()),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
)

flow_versions = Table(
    "flow_versions",
    metadata,
    Column("flow_id", Text, ForeignKey("flows.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("deployed_at", Text),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("flow_id", Text, ForeignKey("flows.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("created_at", Text, nullable=False),
)

schedules = Table(
    "schedules",
    metadata,
    Column("flow_id", Text, ForeignKey("flows.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("next_at", Text, nullable=False, index=True),
    Column("config", Text, nullable=False),
)

# --- runs ----------------------------------------------------------------------------------------------------------

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("flow_id", Text, nullable=False),
    Column("flow_name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("root_run_id", Text, nullable=False),
    Column("retry_of", Text),
    Column("payload_id", Text),
    Column("variables", Text, nullable=False, server_default="{}"),
    Column("meta", Text, nullable=False, server_default="{}"),
    Column("queued_at", Text, nullable=False),
    Column("started_at", Text),
    Column("ended_at", Text),
    Column("stop_requested", Boolean, nullable=False, server_default=sa.false()),
    Column("warnings", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Index(None, "flow_id", "id"),
    Index(None, "flow_id", "queued_at"),
    Index(None, "status", "id"),
)

chunks = Table(
    "chunks",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("step_id", Text, nullable=False),
    Column("source", Text),
    Column("refs", Text, nullable=False),
    Column("records", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("step_id", Text, nullable=False),
    Column("source", Text),
    Column("refs", Text, nullable=False),
    Column("state", Text),
    Column("cursor", Text),
    Column("done", Boolean, nullable=False, server_default=sa.false()),
)

cursors = Table(
    "cursors",
    metadata,
    Column("flow_id", Text, primary_key=True),
    Column("step_id", Text, primary_key=True),
    Column("instance_id", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
)

step_runs = Table(
    "step_runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("chunk_id", Text, primary_key=True),
    Column("step_id", Text, primary_key=True),
    Column("source", Text),
    Column("records_in", Integer, nullable=False, server_default="0"),
    Column("records_out", Integer, nullable=False, server_default="0"),
    Column("dropped", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("confirmed", Integer, nullable=False, server_default="0"),
    Column("skipped", Integer, nullable=False, server_default="0"),
    Column("requests", Integer, nullable=False, server_default="0"),
    Column("elapsed_ms", Integer, nullable=False, server_default="0"),
    Column("ports", Text, nullable=False, server_default="{}"),
    Column("error", Text),
    Column("started_at", Text, nullable=False, index=True),
    Column("ended_at", Text),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("root_run_id", Text, primary_key=True),
    Column("step_id", Text, primary_key=True),
    Column("record_key", Text, primary_key=True),
    Column("body_hash", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("chunk_id", Text, nullable=False),
    Column("payload_id", Text),
    Column("position", Integer, nullable=False),
    Column("source", Text),
    Column("target", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("status_code", Integer),
    Column("result_id", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Column("updated_at", Text, nullable=False),
    Index(None, "record_key"),
    sqlite_with_rowid=False,
)

run_events = Table(
    "run_events",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("run_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("step_id", Text),
    Column("chunk_id", Text),
    Column("message", Text, nullable=False),
    Column("data", Text, nullable=False, server_default="{}"),
    Index(None, "run_id", "id"),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("run_id", Text, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("chunk_id", Text, nullable=False),
    Column("instance", Text, nullable=False),
    Column("record_key", Text),
    Column("at", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("elapsed_ms", Integer, nullable=False),
    Column("request", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("error", Text),
    Index(None, "run_id", "step_id", "id"),
)

payloads = Table(
    "payloads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    Column("body", LargeBinary),
    Column("created_at", Text, nullable=False, index=True),
)

# --- people and processes ------------------------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False, server_default=sa.false()),
    Column("created_at", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_hash", Text, nullable=False, unique=True),
    Column("prefix", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("used_at", Text),
)

workers = Table(
    "workers",
    metadata,
    Column("executor_id", Text, primary_key=True),
    Column("started_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("facts", Text, nullable=False, server_default="{}"),
)
