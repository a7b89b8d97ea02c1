"""Floor 6: all SQL. One module per noun; each function takes a connection and composes into one transaction."""

from sqlalchemy.engine import Connection

from weftline.store.database import Database, open_engine
from weftline.store.migrate import migrate, schema_state

__all__ = ["Connection", "Database", "migrate", "open_engine", "schema_state"]
