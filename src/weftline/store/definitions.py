"""The lock that keeps changes of definitions apart."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from weftline.store.dialects import lock


def lock_definitions(connection: Connection) -> None:
    """Wait until nobody else changes definitions, and keep others from it for the rest of this transaction.

    What one change checks (no flow uses this instance, this name is free) must still hold when it is committed.
    """
    lock(connection, "weftline.definitions")
