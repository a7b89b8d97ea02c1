"""Logs of the process itself (not of runs): one line per event, plain or JSON."""

from __future__ import annotations

import logging
import sys

from weftline.kernel import json
from weftline.kernel.clock import now, to_text


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": to_text(now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.encode_text(line)


def configure_logs(level: str, *, as_json: bool) -> None:
    """Set up the process's log output on stderr. ``level`` is debug, info, warning or error."""
    output = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    output.setFormatter(_JsonLines() if as_json else plain)
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level.upper())
    for noisy in ("uvicorn.access", "aiohttp.access", "dbos", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> logging.Logger:
    """The logger of a room."""
    return logging.getLogger(f"weftline.{name}")
