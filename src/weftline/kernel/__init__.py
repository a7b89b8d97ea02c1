"""Floor 1: what every room may use and that knows nothing of the rest."""

from weftline.kernel.clock import from_text, now, seconds_until, to_text
from weftline.kernel.ids import digest, new_id, slugify
from weftline.kernel.redact import MASK, Redactor
from weftline.kernel.registry import Registry, explain
from weftline.kernel.telemetry import configure_logs, logger

__all__ = [
    "MASK",
    "Redactor",
    "Registry",
    "configure_logs",
    "digest",
    "explain",
    "from_text",
    "logger",
    "new_id",
    "now",
    "seconds_until",
    "slugify",
    "to_text",
]
