"""Listings of a store: rows in order, filtered, cut into pages that are kept as bytes."""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import zstandard

__all__ = ["FILTERS", "LARGEST_PAGE", "FilterError", "Listing", "Row"]

LARGEST_PAGE = 250
# Above this many rows the ready pages are kept compressed: a store of 20,000 orders takes 150 MB otherwise.
COMPRESS_ABOVE = 5000
OTHER_PAGES_KEPT = 64
_TIMES = ("created_at", "updated_at", "processed_at")
FILTERS = frozenset(
    {"status", "financial_status", "fulfillment_status", "since_id", "ids", "order"}
    | {f"{name}_{end}" for name in _TIMES for end in ("min", "max")}
)
_UNPAID = ("authorized", "partially_paid")


class FilterError(ValueError):
    """A filter with a value that cannot be read; ``field`` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Row(NamedTuple):
    """What filters look at."""

    id: int
    created_at: float
    updated_at: float
    status: str
    financial_status: str
    fulfillment_status: str | None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Row:
        status = "cancelled" if record.get("cancelled_at") else "closed" if record.get("closed_at") else "open"
        return cls(
            record["id"],
            datetime.datetime.fromisoformat(record["created_at"]).timestamp(),
            datetime.datetime.fromisoformat(record["updated_at"]).timestamp(),
            status,
            record.get("financial_status", ""),
            record.get("fulfillment_status"),
        )


class Listing:
    """One kind of record. ``make`` gives the record at a place; places ascend with the id and with time.

    ``has_status``: the listing shows only open records unless asked, as it does for orders. ``newest_first`` is
    the order when the request names none; after ``since_id`` it is always the id that ascends.
    """

    def __init__(
        self,
        name: str,
        count: int,
        make: Callable[[int], dict[str, Any]],
        *,
        has_status: bool = False,
        newest_first: bool = False,
    ) -> None:
        self.name = name
        self._make = make
        self._has_status = has_status
        self._newest_first = newest_first
        self._compress = zstandard.ZstdCompressor(level=1).compress if count > COMPRESS_ABOVE else None
        self._decompress = zstandard.ZstdDecompressor().decompress
        self._rows: list[Row] = []
        self._ready: dict[int, bytes] = {}
        self._other: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._selections: dict[tuple[tuple[str, str], ...], Sequence[int]] = {}
        self._places: dict[int, int] = {}
        self._prepare(count)

    def _prepare(self, count: int) -> None:
        """Make every record once: the facts for the filters, and the full pages of the whole listing as bytes."""
        self._all = range(count - 1, -1, -1) if self._newest_first else range(count)
        rows: dict[int, Row] = {}
        for start in range(0, count, LARGEST_PAGE):
            records = [self._make(place) for place in self._all[start : start + LARGEST_PAGE]]
            rows |= zip(self._all[start : start + LARGEST_PAGE], map(Row.of, records), strict=True)
            page = self._encode(records)
            self._ready[start] = self._compress(page) if self._compress else page
        self._rows = [rows[place] for place in range(count)]
        self._places = {row.id: place for place, row in enumerate(self._rows)}

    def _encode(self, records: list[dict[str, Any]]) -> bytes:
        return msgspec.json.encode({self.name: records})

    def place_of(self, number: int) -> int | None:
        """The place of the record with this id."""
        return self._places.get(number)

    def record(self, place: int) -> dict[str, Any]:
        return self._make(place)

    def select(self, filters: tuple[tuple[str, str], ...]) -> Sequence[int]:
        """The places of the rows that pass the filters, in the order of the listing."""
        found = self._selections.get(filters)
        if found is None:
            if len(self._selections) > 256:
                self._selections.clear()
            found = self._selections[filters] = self._select(dict(filters))
        return found

    def _select(self, filters: dict[str, str]) -> Sequence[int]:
        tests = list(self._tests(filters))
        places: Sequence[int] = self._all
        order = filters.get("order", "")
        if "since_id" in filters or order.endswith(" asc"):
            places = range(len(self._rows))
        elif order:
            places = range(len(self._rows) - 1, -1, -1)
        return [p for p in places if all(test(self._rows[p]) for test in tests)] if tests else places

    def _tests(self, filters: dict[str, str]) -> list[Callable[[Row], bool]]:
        tests: list[Callable[[Row], bool]] = []
        status = filters.get("status", "open")
        if self._has_status and status != "any":
            tests.append(lambda row: row.status == status)
        if (paid := filters.get("financial_status", "any")) != "any":
            wanted = _UNPAID if paid == "unpaid" else (paid,)
            tests.append(lambda row: row.financial_status in wanted)
        if (sent := filters.get("fulfillment_status", "any")) != "any":
            states = {"shipped": ("fulfilled",), "partial": ("partial",), "unshipped": (None,)}
            passed = states.get(sent, (None, "partial"))
            tests.append(lambda row: row.fulfillment_status in passed)
        if "since_id" in filters:
            since = _number("since_id", filters["since_id"])
            tests.append(lambda row: row.id > since)
        if "ids" in filters:
            ids = {_number("ids", part) for part in filters["ids"].split(",") if part.strip()}
            tests.append(lambda row: row.id in ids)
        for name in _TIMES:
            column = "updated_at" if name == "updated_at" else "created_at"
            tests += _between(column, filters.get(f"{name}_min"), filters.get(f"{name}_max"), name)
        return tests

    def page(self, filters: tuple[tuple[str, str], ...], start: int, limit: int, fields: str) -> tuple[bytes, int]:
        """A page as JSON bytes, and how many records it holds."""
        places = self.select(filters)
        chosen = places[start : start + limit]
        if places == self._all and limit == LARGEST_PAGE and not fields and start in self._ready:
            ready = self._ready[start]
            return (self._decompress(ready) if self._compress else ready), len(chosen)
        key = (filters, start, limit, fields)
        page = self._other.get(key)
        if page is None:
            names = [name.strip() for name in fields.split(",") if name.strip()]
            records = [self._make(place) for place in chosen]
            if names:
                records = [{name: record[name] for name in names if name in record} for record in records]
            page = self._other[key] = self._encode(records)
            if len(self._other) > OTHER_PAGES_KEPT:
                self._other.popitem(last=False)
        return page, len(chosen)


def _between(column: str, low: str | None, high: str | None, name: str) -> list[Callable[[Row], bool]]:
    tests: list[Callable[[Row], bool]] = []
    if low is not None:
        first = _time(f"{name}_min", low)
        tests.append(lambda row: bool(getattr(row, column) >= first))
    if high is not None:
        last = _time(f"{name}_max", high)
        tests.append(lambda row: bool(getattr(row, column) <= last))
    return tests


def _time(field: str, text: str) -> float:
    try:
        # A "+" of the offset that was not percent-encoded arrives as a space.
        moment = datetime.datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise FilterError(field, "is not a date and time in ISO 8601") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()


def _number(field: str, text: str) -> int:
    if not text.strip().isdecimal():
        raise FilterError(field, "must be a whole number")
    return int(text)
