"""A batch on its way to one target, record by record or many in one request, through the delivery ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from weftline.connectors import Answer, Prepared, Session
from weftline.errors import FlowError, RunStoppedError, WeftlineError
from weftline.model import Batch, FailedRecord, Outcome
from weftline.shapes.base import Delivery, Intent, Known, Settled, ShapeContext, fail
from weftline.shapes.calls import note_failed_call, sent_exchange, tell_waits

GIVE_UP_AFTER = 20
"""Requests in a row that the remote could not take, each after its own retries, before the chunk is given up."""


@dataclass(slots=True)
class _Item:
    """One record of the batch and what became of it."""

    position: int
    record: Any
    prepared: Prepared
    intent: Intent
    known: Known | None = None
    answer: dict[str, Any] | None = None
    failed: FailedRecord | None = None


class Sending:
    """Sends one batch to one endpoint of one instance."""

    def __init__(self, context: ShapeContext, session: Session, endpoint: str, target: str) -> None:
        self._context = context
        self._session = session
        self._endpoint = endpoint
        self._target = target
        self._rule = session.idempotency(endpoint)
        self._unlucky = 0

    async def run(self, batch: Batch, parameters: Mapping[str, Any], concurrency: int) -> Outcome:
        """Every record that is not yet confirmed; the outcome has the answers and the records that were refused."""
        items, failed = self._prepare(batch, parameters)
        repeats = _drop_repeats(items)
        if repeats:
            text = f"{self._target}: {repeats} records stand twice in a page and are sent once"
            self._context.note("record.repeated", text)
        delivery = self._context.delivery(self._target, batch)
        known = await delivery.open([item.intent for item in items])
        for item in items:
            item.known = known[item.intent]
        try:
            groups = await self._groups(delivery, items)
            jobs = [self._job(delivery, group) for group in groups]
            await _in_slots(jobs, self._context.slots(concurrency), concurrency, self._context)
        finally:
            await delivery.close()
        failed += [item.failed for item in items if item.failed is not None]
        answers = [item.answer for item in items if item.answer is not None]
        meta = {name: value for name, value in batch.meta.items() if name != "payload_id"}
        return Outcome({"out": [Batch(answers, meta)]}, failed, repeats)

    # --- before ---

    def _prepare(self, batch: Batch, parameters: Mapping[str, Any]) -> tuple[list[_Item], list[FailedRecord]]:
        scope = self._context.scope(batch)
        items: list[_Item] = []
        failed: list[FailedRecord] = []
        for position, record in enumerate(batch.records):
            scope["payload"] = record
            try:
                prepared = self._session.prepare(self._endpoint, record, scope, parameters)
            except WeftlineError as error:
                failed.append(fail(record, error, position))
                continue
            items.append(_Item(position, record, prepared, _intent(prepared, batch, position)))
        return items, failed

    async def _groups(self, delivery: Delivery, items: list[_Item]) -> list[list[_Item]]:
        """What goes into one request each; records that the ledger has as confirmed go into none."""
        open_items = [item for item in items if not await self._is_settled(delivery, item)]
        most = self._session.most_in_one(self._endpoint)
        return [open_items[start : start + most] for start in range(0, len(open_items), most)]

    async def _is_settled(self, delivery: Delivery, item: _Item) -> bool:
        """Whether a record has arrived before, or nobody can say so."""
        known, key = item.known, item.intent.record_key
        assert known is not None  # noqa: S101
        if known.state == "confirmed":
            item.answer = {"status": None, "id": known.result_id, "key": key, "body": None}
            return True
        if known.state not in ("sent", "uncertain") or self._rule != "none":
            return False
        arrived = await self._session.lookup(self._endpoint, item.prepared)
        if arrived is None:
            error = FlowError(
                f"'{key}' may or may not have arrived at {self._target} before a crash",
                hint="the endpoint names no look-up and no idempotency; check there, then retry or dismiss it",
            )
            await delivery.settle(Settled(item.intent, "uncertain", attempts=0, error=error.to_record()))
            item.failed = fail(item.record, error, item.intent.position)
            return True
        if arrived:
            await delivery.settle(Settled(item.intent, "confirmed", attempts=0))
            item.answer = {"status": None, "id": None, "key": key, "body": None}
            return True
        return False

    # --- sending ---

    def _job(self, delivery: Delivery, group: list[_Item]) -> Callable[[], Coroutine[Any, Any, None]]:
        async def job() -> None:
            exhausted = await self._send(delivery, group)
            self._unlucky = self._unlucky + 1 if exhausted else 0
            if exhausted and self._unlucky >= GIVE_UP_AFTER:
                raise exhausted

        return job

    async def _send(self, delivery: Delivery, group: list[_Item]) -> WeftlineError | None:
        """One request; the error when its retries ran out."""
        if self._rule == "none":
            await delivery.about_to_send([item.intent for item in group])
        tell = tell_waits(self._context, self._target)
        try:
            if len(group) == 1 and self._session.most_in_one(self._endpoint) == 1:
                key = group[0].known.idempotency_key if group[0].known else ""
                answers: Sequence[Answer | WeftlineError] = [
                    await self._session.send(self._endpoint, group[0].prepared, key, on_wait=tell)
                ]
            else:
                prepared = [item.prepared for item in group]
                answers = await self._session.send_many(self._endpoint, prepared, on_wait=tell)
        except WeftlineError as error:
            if error.recovery in ("abort", "reauth"):
                error.context["record_key"] = group[0].intent.record_key
                self._note(error, group[0])
                raise
            for item in group:
                await self._failed(delivery, item, error)
            self._note(error, group[0])
            return error if error.recovery in ("retry", "wait") else None
        for item, answer in zip(group, answers, strict=True):
            if isinstance(answer, WeftlineError):
                await self._failed(delivery, item, answer)
                self._note(answer, item)
            else:
                await self._confirmed(delivery, item, answer)
        return None

    async def _confirmed(self, delivery: Delivery, item: _Item, answer: Answer) -> None:
        await delivery.settle(Settled(item.intent, "confirmed", answer.status, answer.result_id, answer.attempts))
        key = item.intent.record_key
        if self._context.wants_exchange():
            self._context.exchange(
                sent_exchange(self._context, self._session, self._target, item.prepared, answer, key)
            )
        item.answer = {"status": answer.status, "id": answer.result_id, "key": key, "body": answer.decoded()}
        if answer.meta:
            item.answer["meta"] = answer.meta

    async def _failed(self, delivery: Delivery, item: _Item, error: WeftlineError) -> None:
        error.context["record_key"] = item.intent.record_key
        end: Literal["uncertain", "failed"] = "uncertain" if error.context.get("uncertain") else "failed"
        attempts = int(error.context.get("attempts", 1))
        status = error.context.get("status")
        await delivery.settle(Settled(item.intent, end, status, None, attempts, error.to_record()))
        item.failed = fail(item.record, error, item.intent.position)

    def _note(self, error: WeftlineError, item: _Item) -> None:
        note_failed_call(self._context, self._session, self._target, error, item.intent.record_key, item.prepared)


def _intent(item: Prepared, batch: Batch, position: int) -> Intent:
    place = batch.positions[position] if batch.positions else position
    key = item.record_key or f"{batch.meta.get('payload_id', '')[:16]}:{place}"
    return Intent(key, item.body_hash, place)


def _drop_repeats(items: list[_Item]) -> int:
    """Take out records of the same key and content as an earlier one; how many there were."""
    first: dict[tuple[str, str], _Item] = {}
    kept = [item for item in items if first.setdefault((item.intent.record_key, item.intent.body_hash), item) is item]
    repeats = len(items) - len(kept)
    items[:] = kept
    return repeats


async def _in_slots(
    jobs: Sequence[Callable[[], Coroutine[Any, Any, None]]],
    slots: asyncio.Semaphore,
    most: int,
    context: ShapeContext,
) -> None:
    """Run the jobs, ``most`` at once, each in a slot. At the first error no new job begins; those under way end."""
    error: BaseException | None = None
    left = iter(jobs)

    async def work() -> None:
        nonlocal error
        for job in left:
            async with slots:
                if error is None and context.stopping():
                    error = RunStoppedError("the run was stopped")
                if error is not None:
                    return
                try:
                    await job()
                except Exception as raised:
                    error = error or raised

    workers = [asyncio.create_task(work()) for _ in range(min(most, len(jobs)))]
    try:
        if workers:
            await asyncio.wait(workers)
    except asyncio.CancelledError as cancelled:
        error = error or cancelled
        raise
    if error is not None:
        raise error
