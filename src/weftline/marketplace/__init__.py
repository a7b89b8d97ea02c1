"""Floor 11: connectors that can be installed, and what an update changes."""

from weftline.marketplace.catalog import BrokenEntry, Catalog, Entry
from weftline.marketplace.changes import Changes, compare
from weftline.marketplace.merge import Choice, Conflict, Merge, edits

__all__ = ["BrokenEntry", "Catalog", "Changes", "Choice", "Conflict", "Entry", "Merge", "compare", "edits"]
