"""Weftline: an open, self-hosted integration platform."""

__version__ = "0.1.0"
__all__ = ["__version__"]
