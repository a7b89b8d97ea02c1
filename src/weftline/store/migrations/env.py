"""Alembic's door: runs on the connection that :func:`weftline.store.migrate.migrate` hands in."""

from alembic import context

from weftline.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite"
)
context.run_migrations()
