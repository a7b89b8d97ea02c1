"""The connector shape: pulls records from instances, or sends records to one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, model_validator

from weftline.connectors.session import Prepared, Session
from weftline.errors import FlowError, RunStoppedError, WeftlineError, did_you_mean
from weftline.model import Batch, Document, FailedRecord, Key, Outcome, field
from weftline.model.problem import Problem
from weftline.shapes.base import (
    EffectShape,
    Intent,
    Known,
    LintPlace,
    Pulled,
    Settled,
    ShapeContext,
    fail,
)
from weftline.shapes.calls import note_failed_call, page_exchange, sent_exchange, tell_waits

PULL_RECORDS = 1000
PULL_BYTES = 8 * 1024 * 1024
PULL_S = 1.0
"""A durable step of pulling ends at whichever comes first, so that it costs little per record and answers soon."""

GIVE_UP_AFTER = 20
"""Records in a row that the remote could not take, each after its own retries, before the chunk is given up."""


class ConnectorConfig(Document):
    """Which instances and which endpoint, and with what parameters."""

    instance: str | None = field(None, title="Instance", description="Name of the instance", example="Acme UK")
    instances: list[str] = field(
        list, title="Instances", description="Several instances of one connector, each a source of its own"
    )
    endpoint: Key = field(title="Endpoint", example="orders.list")
    filters: dict[str, Any] = field(
        dict, title="Filters", description="Values for the endpoint's optional parameters; may be templates"
    )
    concurrency: int = field(8, title="Requests at once", ge=1, le=256)

    @model_validator(mode="after")
    def _one_way_to_name(self) -> Self:
        if bool(self.instance) == bool(self.instances):
            raise ValueError("give either 'instance' or 'instances'")
        return self

    @property
    def names(self) -> list[str]:
        """Every instance named."""
        return self.instances or ([self.instance] if self.instance else [])


@dataclass(slots=True)
class _Sent:
    """What became of one record."""

    answer: dict[str, Any] | None = None
    failed: FailedRecord | None = None


class ConnectorShape(EffectShape):
    """Receive records from an application, or send records to one."""

    kind: ClassVar[str] = "connector"
    title: ClassVar[str] = "Connector"
    icon: ClassVar[str] = "plug-connected"
    category: ClassVar[Literal["connect", "transform", "route", "control"]] = "connect"
    Config: ClassVar[type[BaseModel]] = ConnectorConfig
    config: ConnectorConfig

    def sources(self) -> list[str] | None:
        """The instances it pulls from; None when the endpoint sends (the connector's word, not the step's)."""
        if self.workshop.facts.direction(self.config.names[0], self.config.endpoint) == "send":
            return None
        return self.config.names

    # --- receive ---

    async def pull(
        self, context: ShapeContext, batch: Batch | None, source: str, state: dict[str, Any] | None
    ) -> Pulled:
        """Fetch pages until a durable step is worth it, or the chain ends."""
        session = await context.session(source)
        scope = context.scope(batch or Batch([]))
        scope["payload"] = batch.records[0] if batch and batch.records else {}
        meta = {} if batch is None else {k: v for k, v in batch.meta.items() if k != "payload_id"}
        pulled = Pulled([], None)
        size = 0
        started = time.monotonic()
        try:
            tell = tell_waits(context, source)
            async for page in session.pages(self.config.endpoint, self.config.filters, scope, state, on_wait=tell):
                pulled.requests += 1
                if context.wants_exchange():
                    context.exchange(page_exchange(context, session, source, page.request, page.response))
                if page.count:
                    page_meta = meta | {"instance": source, "page": page.number}
                    pulled.refs.append(await context.keep(page.raw, page.count, page_meta))
                    pulled.records += page.count
                    size += len(page.raw)
                pulled.next_state = page.next_state
                if context.stopping():
                    raise RunStoppedError("the run was stopped")
                if pulled.records >= PULL_RECORDS or size >= PULL_BYTES or time.monotonic() - started >= PULL_S:
                    break
        except WeftlineError as error:
            note_failed_call(context, session, source, error)
            raise
        pages = f"{pulled.requests} pages" if pulled.requests != 1 else "1 page"
        more = "" if pulled.next_state else "; that was the last"
        context.note("page.pulled", f"{source}: {pulled.records:,} records in {pages}{more}", records=pulled.records)
        return pulled

    # --- send ---

    async def send(self, context: ShapeContext, batch: Batch) -> Outcome:
        """Send every record of a batch that is not yet confirmed, some at once, through the delivery ledger."""
        target = self.config.names[0]
        session = await context.session(target)
        prepared, failed = self._prepare(context, session, batch)
        delivery = context.delivery(target, batch)
        intents = {position: _intent(item, batch, position) for position, item in prepared.items()}
        repeats = _drop_repeats(prepared, intents)
        if repeats:
            context.note("record.repeated", f"{target}: {repeats} records stand twice in a page and are sent once")
        known = await delivery.open(list(intents.values()))
        rule = session.idempotency(self.config.endpoint)
        slots = context.slots(self.config.concurrency)
        results: dict[int, _Sent] = {}
        unlucky = 0

        async def one(position: int) -> None:
            nonlocal unlucky
            item, intent = prepared[position], intents[position]
            result, exhausted = await self._send_one(
                context, session, delivery, rule, item, intent, known[intent], batch.records[position]
            )
            results[position] = result
            unlucky = unlucky + 1 if exhausted else 0
            if exhausted and unlucky >= GIVE_UP_AFTER:
                raise exhausted

        try:
            await _in_slots([lambda p=position: one(p) for position in prepared], slots, context)
        finally:
            await delivery.close()
        failed += [result.failed for _, result in sorted(results.items()) if result.failed is not None]
        answers = [result.answer for _, result in sorted(results.items()) if result.answer is not None]
        meta = {name: value for name, value in batch.meta.items() if name != "payload_id"}
        return Outcome({"out": [Batch(answers, meta)]}, failed, repeats)

    def _prepare(
        self, context: ShapeContext, session: Session, batch: Batch
    ) -> tuple[dict[int, Prepared], list[FailedRecord]]:
        scope = context.scope(batch)
        prepared: dict[int, Prepared] = {}
        failed: list[FailedRecord] = []
        for position, record in enumerate(batch.records):
            scope["payload"] = record
            try:
                prepared[position] = session.prepare(self.config.endpoint, record, scope, self.config.filters)
            except WeftlineError as error:
                failed.append(fail(record, error, position))
        return prepared, failed

    async def _send_one(
        self,
        context: ShapeContext,
        session: Session,
        delivery: Any,
        rule: str,
        item: Prepared,
        intent: Intent,
        known: Known,
        record: Any,
    ) -> tuple[_Sent, WeftlineError | None]:
        """Send one record unless the ledger says that it arrived. The second value is set when retries ran out."""
        if known.state == "confirmed":
            return _Sent({"status": None, "id": known.result_id, "key": intent.record_key, "body": None}), None
        if known.state in ("sent", "uncertain") and rule == "none":
            arrived = await session.lookup(self.config.endpoint, item)
            if arrived is None:
                error = FlowError(
                    f"'{intent.record_key}' may or may not have arrived at {self.config.names[0]} before a crash",
                    hint="the endpoint names no look-up and no idempotency; check there, then retry or dismiss it",
                )
                await delivery.settle(Settled(intent, "uncertain", attempts=0, error=error.to_record()))
                return _Sent(failed=fail(record, error, intent.position)), None
            if arrived:
                await delivery.settle(Settled(intent, "confirmed", attempts=0))
                return _Sent({"status": None, "id": None, "key": intent.record_key, "body": None}), None
        if rule == "none":
            await delivery.about_to_send([intent])
        try:
            answer = await session.send(
                self.config.endpoint, item, known.idempotency_key, on_wait=tell_waits(context, self.config.names[0])
            )
        except WeftlineError as error:
            attempts = int(error.context.get("attempts", 1))
            status = error.context.get("status")
            error.context.setdefault("record_key", intent.record_key)
            note_failed_call(context, session, self.config.names[0], error, intent.record_key, item)
            if error.recovery in ("abort", "reauth"):
                raise
            end: Literal["uncertain", "failed"] = "uncertain" if error.context.get("uncertain") else "failed"
            settled = Settled(intent, end, status, None, attempts, error.to_record())
            await delivery.settle(settled)
            exhausted = error if error.recovery in ("retry", "wait") else None
            return _Sent(failed=fail(record, error, intent.position)), exhausted
        await delivery.settle(Settled(intent, "confirmed", answer.status, answer.result_id, answer.attempts))
        if context.wants_exchange():
            target = self.config.names[0]
            context.exchange(sent_exchange(context, session, target, item, answer, intent.record_key))
        return _Sent(
            {"status": answer.status, "id": answer.result_id, "key": intent.record_key, "body": answer.decoded()}
        ), None

    # --- lint ---

    def sample(self, place: LintPlace) -> Any:
        """A sample record of the endpoint, if the connector ships one."""
        instance = place.context.instance(self.config.names[0])
        return None if instance is None else place.context.sample(instance.connector, self.config.endpoint)

    @classmethod
    def lint(cls, config: ConnectorConfig, place: LintPlace) -> list[Problem]:
        """Instances and endpoint exist and fit together."""
        problems: list[Problem] = []
        slugs: set[str] = set()
        for name in config.names:
            instance = place.context.instance(name)
            if instance is None:
                hint = did_you_mean(name, place.context.instance_names())
                text = f"step '{place.step_id}' uses the instance '{name}', which does not exist"
                problems.append(Problem("error", place.step_id, "instance", text, hint))
                continue
            slugs.add(instance.connector)
        if len(slugs) > 1:
            text = f"step '{place.step_id}' names instances of several connectors: {', '.join(sorted(slugs))}"
            problems.append(Problem("error", place.step_id, "instances", text, "one shape pulls from one connector"))
        for slug in slugs:
            problems += _lint_endpoint(config, place, slug)
        return problems


def _lint_endpoint(config: ConnectorConfig, place: LintPlace, slug: str) -> list[Problem]:
    connector = place.context.connector(slug)
    if connector is None:
        return []
    endpoint = connector.endpoint(config.endpoint)
    if endpoint is None:
        known = [item.key for item in connector.endpoints]
        text = f"step '{place.step_id}': {connector.title} has no endpoint '{config.endpoint}'"
        return [Problem("error", place.step_id, "endpoint", text, did_you_mean(config.endpoint, known))]
    parameters = {parameter.key: parameter for parameter in endpoint.parameters}
    problems = [
        Problem(
            "error",
            place.step_id,
            f"filters.{name}",
            f"step '{place.step_id}': '{config.endpoint}' has no filter '{name}'",
            did_you_mean(name, parameters),
        )
        for name in config.filters
        if name not in parameters
    ]
    problems += [
        Problem(
            "error",
            place.step_id,
            f"filters.{name}",
            f"step '{place.step_id}': the filter '{name}' of '{config.endpoint}' needs a value",
        )
        for name, parameter in parameters.items()
        if parameter.required and parameter.default is None and name not in config.filters
    ]
    if endpoint.direction == "send" and len(config.names) > 1:
        problems.append(
            Problem("error", place.step_id, "instances", f"step '{place.step_id}' sends to several instances at once",
                    "use one connector shape per target")
        )  # fmt: skip
    return problems


def _intent(item: Prepared, batch: Batch, position: int) -> Intent:
    place = batch.positions[position] if batch.positions else position
    key = item.record_key or f"{batch.meta.get('payload_id', '')[:16]}:{place}"
    return Intent(key, item.body_hash, place)


def _drop_repeats(prepared: dict[int, Prepared], intents: dict[int, Intent]) -> int:
    """Take out records of the same key and content as an earlier one; how many there were."""
    first: dict[tuple[str, str], int] = {}
    repeats = [
        position
        for position, intent in intents.items()
        if first.setdefault((intent.record_key, intent.body_hash), position) != position
    ]
    for position in repeats:
        del prepared[position], intents[position]
    return len(repeats)


async def _in_slots(jobs: Sequence[Any], slots: asyncio.Semaphore, context: ShapeContext) -> None:
    """Run the jobs, as many at once as there are slots. At the first error no new job begins; those under way end."""
    error: BaseException | None = None
    under_way: set[asyncio.Task[None]] = set()

    def done(task: asyncio.Task[None]) -> None:
        nonlocal error
        slots.release()
        under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            error = error or task.exception()

    for job in jobs:
        await slots.acquire()
        if error is None and context.stopping():
            error = RunStoppedError("the run was stopped")
        if error is not None:
            slots.release()
            break
        task = asyncio.ensure_future(job())
        under_way.add(task)
        task.add_done_callback(done)
    if under_way:
        await asyncio.wait(under_way)
        await asyncio.sleep(0)  # the callbacks of the last ones
    if error is not None:
        raise error
