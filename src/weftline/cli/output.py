"""How results are printed: tables for people, JSON for programs; both on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from weftline.errors import WeftlineError
from weftline.kernel import json

STATUS_STYLE = {
    "success": "green",
    "healthy": "green",
    "confirmed": "green",
    "partial_success": "yellow",
    "running": "cyan",
    "queued": "cyan",
    "failed": "red",
    "needs_authorisation": "red",
    "unreachable": "red",
    "error": "red",
    "warning": "yellow",
    "stopped": "yellow",
    "parked": "yellow",
}
PIPE_WIDTH = 200
WORDS = {"partial_success": "partial success", "needs_authorisation": "needs authorisation"}


def console() -> Console:
    """Where people read; made when asked, so that it follows a redirected stdout, which has no width to keep to."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def say(text: str) -> None:
    """A line for people, on stdout."""
    console().print(escape(text), soft_wrap=True)


def warn(text: str) -> None:
    """A line for people that must not spoil stdout."""
    sys.stderr.write(text + "\n")


def print_json(value: Any) -> None:
    """JSON with an indent."""
    import msgspec

    sys.stdout.write(msgspec.json.format(json.encode(value), indent=2).decode() + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: Iterable[str] = ()) -> None:
    """A table; the columns named in ``numbers`` stand to the right. The first column, the name, is never folded."""
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    right = set(numbers)
    for column in columns:
        is_number = column in right
        whole = is_number or column == columns[0]
        shown.add_column(column, justify="right" if is_number else "left", overflow="fold", no_wrap=whole)
    for row in rows:
        shown.add_row(*(cell(value) for value in row))
    console().print(shown)


def cell(value: Any) -> str:
    """One value in a table; words of status in their colour."""
    if value is None or value == "":
        return "[dim]-[/dim]"
    text = str(value)
    style = STATUS_STYLE.get(text)
    text = escape(WORDS.get(text, text))
    return f"[{style}]{text}[/{style}]" if style else text


def moment(text: str | None) -> str | None:
    """An instant of the API without its fraction of a second."""
    return None if text is None else text[:19].replace("T", " ") + "Z"


def error_line(error: WeftlineError) -> str:
    """An error as the one line that a person reads."""
    line = f"weftline: {error.message}"
    return f"{line} -> {error.hint}" if error.hint else line
