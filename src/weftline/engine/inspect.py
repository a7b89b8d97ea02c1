"""Shows what a step saw and gave for a chunk.

Pure shapes give the same for the same input, so nothing between two effects is stored: it is computed again from the
chunk's payload, with the flow version and the time of the run.
"""

from __future__ import annotations

from typing import Any, Literal

from weftline.engine.plan import Graph
from weftline.engine.runs import ActiveRuns
from weftline.errors import NotFoundError
from weftline.model import Batch, PayloadRef
from weftline.payloads import PayloadStore
from weftline.shapes import PureShape
from weftline.store import Database
from weftline.store import runs as rows

Json = dict[str, Any]


class Inspector:
    """Reads payloads of runs for people."""

    def __init__(self, db: Database, payloads: PayloadStore, active: ActiveRuns) -> None:
        self._db = db
        self._payloads = payloads
        self._active = active

    async def chunks(self, run_id: str, step_id: str | None) -> list[Json]:
        """The chunks of a run that begin at, or pass, a step."""
        found = await self._db.read(lambda connection: rows.list_chunks(connection, run_id))
        if step_id is not None and found:
            graph = (await self._active.get(run_id)).graph
            found = [chunk for chunk in found if step_id in _reached(graph, chunk["step_id"])]
        return [
            {
                "id": chunk["id"],
                "step_id": chunk["step_id"],
                "source": chunk["source"],
                "records": chunk["records"],
                "payloads": chunk["refs"],
                "created_at": chunk["created_at"],
            }
            for chunk in found
        ]

    async def payload(
        self,
        run_id: str,
        chunk_id: str,
        step_id: str,
        *,
        side: Literal["in", "out"],
        number: int,
        offset: int,
        limit: int,
    ) -> Json:
        """Records that a step saw (``in``) or gave (``out``) of one payload of a chunk."""
        chunk = await self._db.read(lambda connection: rows.find_chunk(connection, run_id, chunk_id))
        if chunk is None or number >= len(chunk["refs"]):
            raise NotFoundError(f"the run has no payload {number} in chunk '{chunk_id}'")
        ref = PayloadRef.from_json(chunk["refs"][number])
        running = await self._active.get(run_id)
        records = await self._payloads.records(ref.id)
        start = Batch(records, dict(ref.meta), list(range(len(records))))
        seen: list[tuple[str, Batch]] = []
        _trace(running.graph, chunk["step_id"], start, running.scope, step_id, side, seen)
        shown = [{"port": port, "record": record} for port, batch in seen for record in batch.records]
        return {
            "records": [item["record"] for item in shown[offset : offset + limit]],
            "ports": [item["port"] for item in shown[offset : offset + limit]],
            "total": len(shown),
            "meta": seen[0][1].meta if seen else ref.meta,
        }


def _reached(graph: Graph, step_id: str) -> set[str]:
    """The step and every step that the same durable step carries on to."""
    found: set[str] = set()
    todo = [step_id]
    while todo:
        current = todo.pop()
        if current in found or current not in graph.nodes:
            continue
        found.add(current)
        node = graph.nodes[current]
        if isinstance(node.shape, PureShape):
            todo += [target for targets in node.links.values() for target in targets]
    return found


def _trace(
    graph: Graph, at: str, batch: Batch, scope: Any, wanted: str, side: str, seen: list[tuple[str, Batch]]
) -> None:
    node = graph.nodes[at]
    if at == wanted and side == "in":
        seen.append(("in", batch))
        return
    if not isinstance(node.shape, PureShape):
        return
    outcome = node.shape.run(batch, scope(batch))
    for port, pieces in outcome.ports.items():
        for piece in pieces:
            if at == wanted:
                seen.append((port, piece))
                continue
            for target in node.links.get(port, []):
                _trace(graph, target, piece, scope, wanted, side, seen)
