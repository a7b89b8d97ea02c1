"""How things are, in one sentence and a few numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from weftline.kernel import now, to_text
from weftline.store import Connection, summary

HOURS = 24
Json = dict[str, Any]


def read_overview(connection: Connection, moment: datetime | None = None) -> Json:
    """The answer of GET /api/summary; "today" begins at midnight UTC."""
    moment = moment or now()
    today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    first_hour = moment.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    runs = summary.runs_since(connection, to_text(today))
    hours = summary.settled_by_hour(connection, to_text(min(first_hour, today)))
    throughput = []
    for number in range(HOURS):
        at = to_text(first_hour + timedelta(hours=number))
        confirmed, failed = hours.get(at[:13], (0, 0))
        throughput.append({"at": at, "confirmed": confirmed, "failed": failed})
    day = to_text(today)[:10]
    counted = [counts for hour, counts in hours.items() if hour.startswith(day)]
    records = {
        "confirmed": sum(counts[0] for counts in counted),
        "failed": sum(counts[1] for counts in counted),
        "waiting": summary.unsettled(connection),
    }
    attention = _attention(connection, moment)
    return {
        "sentence": _sentence(runs, records, len(attention)),
        "runs_today": runs,
        "records_today": records,
        "throughput": throughput,
        "attention": attention,
    }


def _attention(connection: Connection, moment: datetime) -> list[Json]:
    found = [
        {
            "kind": "instance",
            "message": f"{row['name']}: {row['health_message'] or row['health'].replace('_', ' ')}",
            "link": f"/instances/{row['id']}",
        }
        for row in summary.ill_instances(connection)
    ]
    for row in summary.troubled_runs(connection, to_text(moment - timedelta(days=7))):
        ended = "failed" if row["status"] == "failed" else "ended with records that failed"
        found.append({"kind": "run", "message": f"{row['flow_name']} {ended}", "link": f"/runs/{row['id']}"})
    return found


def _sentence(runs: dict[str, int], records: Json, attention: int) -> str:
    under_way = runs.get("running", 0) + runs.get("queued", 0)
    parked = runs.get("parked", 0)
    ended = sum(runs.values()) - under_way - parked
    parts = []
    if under_way:
        parts.append(f"{under_way} {_plural('run', under_way)} under way")
    if ended:
        parts.append(f"{ended} {_plural('run', ended)} ended today")
    if parked:
        parts.append(f"{parked} parked" if parts else f"{parked} {_plural('run', parked)} parked")
    if not parts:
        parts.append("No run today")
    if records["confirmed"] or records["failed"]:
        parts.append(f"{records['confirmed']:,} {_plural('record', records['confirmed'])} confirmed")
    if records["failed"]:
        parts.append(f"{records['failed']:,} failed")
    text = ", ".join(parts)
    if attention:
        return f"{text}; {attention} {_plural('thing', attention)} {'needs' if attention == 1 else 'need'} attention."
    return f"{text}; nothing needs attention."


def _plural(word: str, count: int) -> str:
    return word if count == 1 else word + "s"
