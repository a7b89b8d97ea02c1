"""Payloads: what travels through a flow.

A payload is a list of records (a page, a batch) or one document; either way shapes see records. Only its
:class:`PayloadRef` crosses a durable step; bytes stay in the payload store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Batch", "PayloadRef"]


@dataclass(frozen=True, slots=True)
class PayloadRef:
    """Where a payload lies: id (hash of its bytes), stored size in bytes, number of records, and its meta."""

    id: str
    size_bytes: int
    records: int
    meta: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON, for a durable step."""
        return {"id": self.id, "size_bytes": self.size_bytes, "records": self.records, "meta": self.meta}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> PayloadRef:
        """What :meth:`to_json` wrote."""
        return cls(value["id"], value["size_bytes"], value["records"], value["meta"])


@dataclass(slots=True)
class Batch:
    """A payload opened: its records as values, and the meta that travels with it.

    ``positions[i]`` is the place of record i in the stored payload it came from, so that a filter leaves every
    record traceable; ``meta`` holds ``instance`` (name of the source), ``page`` and what steps set.
    """

    records: list[Any]
    meta: dict[str, Any] = field(default_factory=dict)
    positions: list[int] | None = None

    def with_records(self, records: list[Any], positions: list[int] | None = None) -> Batch:
        """The same meta over other records."""
        return Batch(records, self.meta, self.positions if positions is None else positions)
