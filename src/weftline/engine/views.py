"""What people see of runs: rows summed up as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from weftline.errors import NotFoundError
from weftline.kernel import json, now
from weftline.model import FINAL
from weftline.store import Connection, deliveries, runlog
from weftline.store import flows as flow_rows
from weftline.store import runs as rows

Json = dict[str, Any]


def run_rows(connection: Connection, found: list[Json]) -> list[Json]:
    """Runs with their records pulled, sent, confirmed and failed."""
    totals: dict[str, list[Json]] = {}
    for total in rows.step_totals(connection, [row["id"] for row in found]):
        totals.setdefault(total["run_id"], []).append(total)
    return [_row(row, totals.get(row["id"], [])) for row in found]


def run_detail(connection: Connection, run_id: str, *, with_document: bool) -> Json:
    """One run with its sources and steps."""
    row = rows.find(connection, run_id)
    if row is None:
        raise NotFoundError(f"there is no run '{run_id}'")
    totals = rows.step_totals(connection, [run_id])
    detail = _row(row, totals) | {
        "root_run_id": row["root_run_id"],
        "variables": row["variables"],
        "meta": row["meta"],
        "sources": _sources(totals),
        "steps": _steps(totals, rows.port_counts(connection, run_id)),
        "waiting": None if row["status"] in FINAL else _waiting(connection, run_id),
        "seconds": _seconds(row),
    }
    if with_document:
        flow = flow_rows.document(connection, row["flow_id"], row["version"])
        detail["document"] = None if flow is None else flow.model_dump(mode="python", exclude_defaults=True)
    return detail


def delivery_page(connection: Connection, run_id: str, **options: Any) -> Json:
    """A page of a run's deliveries (those of its whole chain of retries)."""
    row = rows.find(connection, run_id)
    if row is None:
        raise NotFoundError(f"there is no run '{run_id}'")
    items, following = deliveries.page(connection, row["root_run_id"], **options)
    return {"items": items, "next": following}


def _row(row: Json, totals: list[Json]) -> Json:
    shown = {
        name: row[name]
        for name in (
            "id", "flow_id", "flow_name", "version", "status", "trigger", "queued_at", "started_at", "ended_at",
            "retry_of", "warnings", "error",
        )
    }  # fmt: skip
    return shown | _sums(totals)


def _sums(totals: list[Json]) -> dict[str, int]:
    return {
        "pulled": sum(total["records_out"] for total in totals if _is_pull(total)),
        "sent": sum(total["sent"] for total in totals),
        "confirmed": sum(total["confirmed"] for total in totals),
        "failed": sum(total["failed"] for total in totals),
    }


def _is_pull(total: Json) -> bool:
    # A pull takes no records in and asks for pages; a shape that makes records takes some in.
    return bool(total["requests"] and not total["records_in"])


def _sources(totals: list[Json]) -> list[Json]:
    by_source: dict[str, list[Json]] = {}
    for total in totals:
        if total["source"]:
            by_source.setdefault(total["source"], []).append(total)
    return [
        {"instance": name} | _sums(found) | {"skipped": sum(total["skipped"] for total in found)}
        for name, found in by_source.items()
    ]


def _steps(totals: list[Json], ports: dict[str, dict[str, int]]) -> list[Json]:
    steps: dict[str, Json] = {}
    for total in totals:
        step = steps.setdefault(
            total["step_id"],
            dict.fromkeys(rows.COUNTS, 0)
            | {
                "step_id": total["step_id"],
                "started_at": total["started_at"],
                "ended_at": total["ended_at"],
                "ports": ports.get(total["step_id"], {}),
                "error": None,
            },
        )
        for name in rows.COUNTS:
            step[name] += total[name]
        step["started_at"] = min(step["started_at"], total["started_at"])
        step["ended_at"] = max(filter(None, (step["ended_at"], total["ended_at"])), default=None)
        if total["error"]:
            step["error"] = json.decode(total["error"])
    return list(steps.values())


def _waiting(connection: Connection, run_id: str) -> Json | None:
    event = runlog.newest_event(connection, run_id, "wait")
    if event is None:
        return None
    until = event["data"].get("until")
    if not until or datetime.fromisoformat(until) < now():
        return None
    return {"instance": event["data"].get("instance"), "until": until, "reason": event["message"]}


def _seconds(row: Json) -> float | None:
    if row["started_at"] is None:
        return None
    end = datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else now()
    return round((end - datetime.fromisoformat(row["started_at"])).total_seconds(), 3)
