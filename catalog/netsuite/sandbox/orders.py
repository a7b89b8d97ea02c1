"""The orders of one account, in memory, and the count of every write."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any

__all__ = ["OrderBook", "StoredOrder"]

_PREFIX = re.compile(r"^[^-_:/.#]*")


class StoredOrder:
    """One order: the bodies written to it, in order. They are folded into one record only when it is read."""

    __slots__ = ("bodies", "external_id", "id", "writes")

    def __init__(self, number: int, external_id: str | None, body: bytes) -> None:
        self.id = number
        self.external_id = external_id
        self.bodies: list[tuple[bytes, bool]] = [(body, True)]
        self.writes = 1

    def record(self) -> dict[str, Any]:
        """The record as it stands: later fields win; lines are replaced only where the write said so."""
        merged: dict[str, Any] = {}
        lines: list[Any] = []
        for body, replaces_lines in self.bodies:
            content = json.loads(body, parse_float=Decimal)
            new = (content.pop("item", None) or {}).get("items", [])
            merged.update(content)
            lines = new if replaces_lines else lines + new
        merged["id"] = str(self.id)
        if self.external_id is not None:
            merged["externalId"] = self.external_id
        total = sum((_amount(line) for line in lines), Decimal(0))
        merged["subtotal"] = total
        merged["total"] = total + _number(merged.get("taxTotal")) + _number(merged.get("shippingCost"))
        merged["item"] = {"items": [{"line": n, **line} for n, line in enumerate(lines, 1)]}
        return merged


class OrderBook:
    """Orders by internal and by external id. ``requests`` counts accepted writes, ``repeated`` those of them
    that met an external id which existed already."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.by_id: dict[int, StoredOrder] = {}
        self.by_external_id: dict[str, StoredOrder] = {}
        self.requests = 0
        self.repeated = 0
        self.deleted = 0
        self._next_id = 1001

    def create(self, external_id: str | None, body: bytes) -> StoredOrder:
        order = StoredOrder(self._next_id, external_id, body)
        self._next_id += 1
        self.by_id[order.id] = order
        if external_id is not None:
            self.by_external_id[external_id] = order
        self.requests += 1
        return order

    def update(self, order: StoredOrder, body: bytes, *, replace_lines: bool) -> None:
        order.bodies.append((body, replace_lines))
        order.writes += 1
        self.requests += 1
        self.repeated += 1

    def delete(self, order: StoredOrder) -> None:
        del self.by_id[order.id]
        if order.external_id is not None:
            del self.by_external_id[order.external_id]
        self.deleted += 1

    def stats(self) -> dict[str, Any]:
        """Counts of orders and writes; the prefix of an external id is what stands before its first mark."""
        orders: Counter[str] = Counter()
        writes: Counter[str] = Counter()
        for external_id, order in self.by_external_id.items():
            found = _PREFIX.match(external_id)
            prefix = found[0] if found else ""
            orders[prefix] += 1
            writes[prefix] += order.writes
        return {
            "orders": len(self.by_external_id),
            "requests": self.requests,
            "repeated": self.repeated,
            "deleted": self.deleted,
            "without_external_id": len(self.by_id) - len(self.by_external_id),
            "by_prefix": dict(orders),
            "requests_by_prefix": dict(writes),
        }

    def page(self, offset: int, limit: int) -> dict[str, Any]:
        """External ids with their number of writes, in order of arrival."""
        names = list(self.by_external_id)[offset : offset + limit]
        items = [{"external_id": n, "writes": self.by_external_id[n].writes} for n in names]
        total = len(self.by_external_id)
        return {"orders": items, "total": total, "has_more": offset + limit < total}


def _amount(line: dict[str, Any]) -> Decimal:
    if line.get("amount") is not None:
        return _number(line["amount"])
    return _number(line.get("rate")) * _number(line.get("quantity") or 1)


def _number(value: Any) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal(0)
