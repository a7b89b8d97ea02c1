"""The delivery ledger: what is intended, sent, confirmed, failed; written in bulk, before and after.

A delivery's key is (root run, step, record key, body hash): the same content goes to the same target once in a run
and its retries. Its idempotency key is derived from that, so it is the same after every crash.

Order of writes around a send: the intent is durable before the request leaves; the outcome is written within
``FLUSH_S`` of the answer. After a crash the only uncertain records are those in flight and those whose outcome was
not yet written, ``MOST_UNWRITTEN`` at the most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from weftline.kernel import digest, json, now, to_text
from weftline.model import RunFacts
from weftline.shapes import Intent, Known, Settled, Tally
from weftline.store import Connection, Database
from weftline.store import deliveries as rows

FLUSH_S = 0.01
FLUSH_RECORDS = 32
MOST_UNWRITTEN = 96


class Ledger:
    """Opens deliveries and writes their outcomes, all of one process through one batch."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._unwritten: list[dict[str, Any]] = []
        self._writing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def open(
        self, run: RunFacts, step_id: str, chunk_id: str, target: str, source: str | None, payload_id: str | None
    ) -> LedgerDelivery:
        """A door for one payload on its way to one target."""
        return LedgerDelivery(self, self._db, run, step_id, chunk_id, target, source, payload_id)

    async def put(self, row: dict[str, Any]) -> None:
        """Take an outcome; waits for the disk only when too many are unwritten."""
        self._unwritten.append(row)
        waiting = len(self._unwritten)
        if self._writing is None and waiting >= FLUSH_RECORDS:
            self._write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self._on_time)
        if waiting >= MOST_UNWRITTEN and self._writing is not None:
            await asyncio.shield(self._writing)

    async def flush(self) -> None:
        """Every outcome taken so far is written when this returns."""
        while self._unwritten or self._writing is not None:
            await asyncio.shield(self._writing or self._write())

    def _on_time(self) -> None:
        self._timer = None
        if self._writing is None and self._unwritten:
            self._write()

    def _write(self) -> asyncio.Task[None]:
        self._writing = asyncio.get_running_loop().create_task(self._write_batch())
        # Whoever waits sees the error; if nobody does, the outcomes are still here for the next write.
        self._writing.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._writing

    async def _write_batch(self) -> None:
        batch, self._unwritten = self._unwritten, []
        try:
            await self._db.write(lambda connection: rows.settle(connection, batch, to_text(now())))
        except BaseException:
            self._unwritten = batch + self._unwritten
            raise
        finally:
            self._writing = None
        if len(self._unwritten) >= FLUSH_RECORDS:
            self._write()


class LedgerDelivery:
    """One payload on its way to one target; see :class:`weftline.shapes.Delivery`."""

    def __init__(
        self,
        ledger: Ledger,
        db: Database,
        run: RunFacts,
        step_id: str,
        chunk_id: str,
        target: str,
        source: str | None,
        payload_id: str | None,
    ) -> None:
        self._ledger = ledger
        self._db = db
        self._run = run
        self._step_id = step_id
        self._chunk_id = chunk_id
        self._target = target
        self._source = source
        self._payload_id = payload_id
        self.tally = Tally()

    async def open(self, intents: Sequence[Intent]) -> Mapping[Intent, Known]:
        """Write down what is intended, before anything is sent; returns what is known of each."""
        moment = to_text(now())
        keys = [intent.record_key for intent in intents]

        def write(connection: Connection) -> dict[tuple[str, str], dict[str, Any]]:
            new = rows.intend(
                connection,
                [
                    {
                        "root_run_id": self._run.root_run_id, "step_id": self._step_id,
                        "record_key": intent.record_key, "body_hash": intent.body_hash,
                        "run_id": self._run.run_id, "chunk_id": self._chunk_id, "payload_id": self._payload_id,
                        "position": intent.position, "source": self._source, "target": self._target,
                        "state": "intended", "status_code": None, "result_id": None, "attempts": 0, "error": None,
                        "updated_at": moment,
                    }
                    for intent in intents
                ],
            )  # fmt: skip
            # Asked only when something was there before: after a crash, in a retry, or for a record sent twice.
            if new == len(intents):
                return {}
            found = rows.known(connection, self._run.root_run_id, self._step_id, keys)
            return {key: row for key, row in found.items() if row["attempts"] or row["state"] != "intended"}

        found = await self._db.write(write)
        known: dict[Intent, Known] = {}
        for intent in intents:
            row = found.get((intent.record_key, intent.body_hash))
            key = digest(self._run.root_run_id, self._step_id, intent.record_key, intent.body_hash)
            if row is None:
                known[intent] = Known("intended", 0, key)
                continue
            error = json.decode(row["error"]) if row["error"] else None
            known[intent] = Known(row["state"], row["attempts"], key, row["result_id"], error)
            if row["state"] == "confirmed":
                self.tally.confirmed += 1
                self.tally.sent += 1
                self.tally.skipped += 1
        return known

    async def about_to_send(self, intents: Sequence[Intent]) -> None:
        """Mark as sent before sending; durable when it returns."""
        batch = [self._row(Settled(intent, "sent", attempts=0)) for intent in intents]
        await self._db.write(lambda connection: rows.settle(connection, batch, to_text(now())))

    async def settle(self, settled: Settled) -> None:
        """Take an outcome."""
        self.tally.sent += 1
        self.tally.requests += settled.attempts
        if settled.state == "confirmed":
            self.tally.confirmed += 1
        elif settled.state == "failed":
            self.tally.failed += 1
        await self._ledger.put(self._row(settled))

    async def close(self) -> Tally:
        """Everything written; the tally over all records of this delivery."""
        await self._ledger.flush()
        return self.tally

    def _row(self, settled: Settled) -> dict[str, Any]:
        return {
            "b_root": self._run.root_run_id,
            "b_step": self._step_id,
            "b_key": settled.intent.record_key,
            "b_hash": settled.intent.body_hash,
            "b_attempts": settled.attempts,
            "state": settled.state,
            "status_code": settled.status_code,
            "result_id": settled.result_id,
            "error": None if settled.error is None else json.encode_text(settled.error),
            "run_id": self._run.run_id,
        }
