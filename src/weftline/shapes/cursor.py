"""Cursors: taking only what is new since the last run, and each record once.

A cursor is JSON: ``from`` (what this pull asks for), ``value`` (the largest seen), ``seen`` (key to value of the
records at the boundary, which the next pull will be sent again). The boundary is as wide as the rule's overlap.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from weftline.errors import UnreadableBodyError
from weftline.expr import compile_path, to_text
from weftline.kernel import from_text, json
from weftline.kernel import to_text as moment_text
from weftline.model import CursorRule, Page
from weftline.pagination.files import listed_in

Json = dict[str, Any]

_COMMA = re.compile(r"\s*,\s*(?![^\[]*\])")

MOST_SEEN = 20_000
"""Keys of the boundary that are remembered; the oldest of more are forgotten, and may come again."""


class CursorChain:
    """One pull's way along its cursor."""

    def __init__(self, rule: CursorRule, stored: Json | None, progress: Json | None) -> None:
        self._rule = rule
        self._path = compile_path(rule.path)
        self._key = [compile_path(path) for path in _COMMA.split(rule.key)]
        state = progress or {"from": None, "value": None, "seen": {}}
        if progress is None and stored is not None:
            state = {"from": self._before(stored["value"]), "value": stored["value"], "seen": stored["seen"]}
        self._from: Any = state["from"]
        self._value: Any = state["value"]
        self._seen: dict[str, Any] = dict(state["seen"])

    @property
    def asks_for(self) -> Json:
        """The parameter that asks for what is new; none at the very first time."""
        return {} if self._from is None else {self._rule.parameter: self._from}

    def take(self, page: Page) -> tuple[bytes, int]:
        """The page's records that are new, as JSON, and how many."""
        if not page.count:
            return page.raw, 0
        fresh = self._new(json.decode(page.raw))
        return (page.raw if len(fresh) == page.count else json.encode(fresh)), len(fresh)

    def _new(self, records: list[Any]) -> list[Any]:
        fresh = []
        for record in records:
            value, keys = self._path.get(record, None), [path.get(record, None) for path in self._key]
            if value is None or None in keys:
                missing = self._rule.path if value is None else self._rule.key
                raise UnreadableBodyError(
                    f"a record has no '{missing}', which the endpoint's cursor needs",
                    hint="see the cursor's path and key in the connector file",
                )
            value, text = _plain(value), json.encode_text(keys) if len(keys) > 1 else to_text(keys[0])
            if self._seen.get(text) == value:
                continue
            fresh.append(record)
            self._seen[text] = value
            if self._value is None or _order(value) > _order(self._value):
                self._value = value
        self._forget()
        return fresh

    def progress(self) -> Json | None:
        """What goes on, in the next step of this pull and in the next run; None while nothing was ever seen."""
        return None if self._value is None else {"from": self._from, "value": self._value, "seen": self._seen}

    def _before(self, value: Any) -> Any:
        if self._rule.type != "datetime" or not self._rule.overlap_s:
            return value
        return moment_text(_moment(value) - timedelta(seconds=self._rule.overlap_s))

    def _forget(self) -> None:
        if self._value is None:
            return
        edge = _order(self._before(self._value))
        self._seen = {key: value for key, value in self._seen.items() if _order(value) >= edge}
        if len(self._seen) > MOST_SEEN:
            newest = sorted(self._seen.items(), key=lambda item: _order(item[1]))[-MOST_SEEN:]
            self._seen = dict(newest)


class FilesChain:
    """The files that were read and lie there still: each is read once, until it changes."""

    def __init__(self, stored: Json | None, progress: Json | None) -> None:
        state = progress or stored or {"value": "", "seen": {}}
        self._value: str = state["value"]
        self.known: dict[str, str] = dict(state["seen"])

    def take(self, page: Page) -> tuple[bytes, int]:
        """All records of the page, and how many; takes note of a listing, or of a file that was read."""
        if page.request.method == "LIST":
            there = {file["path"] for file in listed_in(page.response)}
            self.known = {path: moment for path, moment in self.known.items() if path in there}
        elif page.request.method == "READ":
            moment = page.response.headers.get("x-file-modified-at", "")
            self.known[unquote(page.request.url)] = moment
            self._value = max(self._value, moment)
        return page.raw, page.count

    def progress(self) -> Json | None:
        """What goes on, in the next step of this pull and in the next run.

        It is ``kept`` however the run ends: what was read of a file a retry has, so no other run may read it again.
        """
        return {"value": self._value, "seen": self.known, "kept": True} if self._value else None


def is_further(new: Json, old: Json | None) -> bool:
    """Whether a cursor stands further than another: of two runs at once the slower one moves nothing back."""
    return old is None or _order(new["value"]) >= _order(old["value"])


def _plain(value: Any) -> Any:
    return moment_text(value) if isinstance(value, datetime) else value


def _moment(value: Any) -> datetime:
    moment = from_text(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _order(value: Any) -> tuple[int, Any]:
    """Numbers by size, moments by time, other text by letters."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return 0, value
    try:
        return 1, _moment(value)
    except ValueError:
        return 2, str(value)
