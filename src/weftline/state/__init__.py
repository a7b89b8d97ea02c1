"""Floor 7: what flows remember or look up between runs."""

from weftline.state.lookups import StoredLookups

__all__ = ["StoredLookups"]
