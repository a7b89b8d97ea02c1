"""The connector shape: pulls records from instances, or sends records to one."""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, model_validator

from weftline.connectors.session import Session
from weftline.errors import RunStoppedError, WeftlineError, did_you_mean
from weftline.model import Batch, Document, Key, Outcome, field
from weftline.model.problem import Problem
from weftline.shapes.base import EffectShape, LintPlace, Pulled, ShapeContext
from weftline.shapes.calls import note_failed_call, page_exchange, tell_waits
from weftline.shapes.connector_lint import lint_endpoint
from weftline.shapes.cursor import CursorChain, FilesChain
from weftline.shapes.sending import Sending

PULL_RECORDS = 1000
PULL_BYTES = 8 * 1024 * 1024
PULL_S = 1.0
"""A durable step of pulling ends at whichever comes first, so that it costs little per record and answers soon."""


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
    incremental: bool = field(
        False,
        title="Only what is new",
        description="Begin where the last run that ended well left off, if the endpoint has a cursor",
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
        self,
        context: ShapeContext,
        batch: Batch | None,
        source: str,
        state: dict[str, Any] | None,
        cursor: dict[str, Any] | None,
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
            chain = await self._chain(context, session, source, scope, cursor)
            filters, known = self.config.filters, None
            if isinstance(chain, CursorChain):
                filters = {**filters, **chain.asks_for}
            elif chain is not None:
                known = chain.known
            tell = tell_waits(context, source)
            pages = session.pages(self.config.endpoint, filters, scope, state, tell, known)
            async with aclosing(pages):
                async for page in pages:
                    pulled.requests += 1
                    if context.wants_exchange():
                        context.exchange(page_exchange(context, session, source, page.request, page.response))
                    raw, count = chain.take(page) if chain else (page.raw, page.count)
                    if count:
                        page_meta = meta | page.meta | {"instance": source, "page": page.number}
                        pulled.refs.append(await context.keep(raw, count, page_meta))
                        pulled.records += count
                        size += len(raw)
                    pulled.next_state = page.next_state
                    if context.stopping():
                        raise RunStoppedError("the run was stopped")
                    if _is_enough(pulled, size, started):
                        break
        except WeftlineError as error:
            note_failed_call(context, session, source, error)
            raise
        pulled.cursor = chain.progress() if chain else None
        pages_text = f"{pulled.requests} pages" if pulled.requests != 1 else "1 page"
        more = "" if pulled.next_state else "; that was the last"
        text = f"{source}: {pulled.records:,} records in {pages_text}{more}"
        context.note("page.pulled", text, records=pulled.records)
        return pulled

    async def _chain(
        self,
        context: ShapeContext,
        session: Session,
        source: str,
        scope: dict[str, Any],
        cursor: dict[str, Any] | None,
    ) -> CursorChain | FilesChain | None:
        """What is known of earlier pulls, where an endpoint reads files or only what is new is wanted."""
        endpoint, filters = self.config.endpoint, self.config.filters
        rule = session.cursor_rule(endpoint, filters, scope) if self.config.incremental else None
        reads_files = session.reads_files(self.config.endpoint)
        if rule is None and not reads_files:
            return None
        stored = None if cursor else await context.cursor(source)
        return CursorChain(rule, stored, cursor) if rule is not None else FilesChain(stored, cursor)

    # --- send ---

    async def send(self, context: ShapeContext, batch: Batch) -> Outcome:
        """Send every record of a batch that is not yet confirmed, some at once, through the delivery ledger."""
        target = self.config.names[0]
        session = await context.session(target)
        sending = Sending(context, session, self.config.endpoint, target)
        return await sending.run(batch, self.config.filters, self.config.concurrency)

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
            problems += lint_endpoint(config, place, slug)
        return problems


def _is_enough(pulled: Pulled, size: int, started: float) -> bool:
    """Whether a durable step has pulled enough, or must end because what follows needs it to be durable."""
    if pulled.next_state is not None and pulled.next_state.get("barrier"):
        return True
    return pulled.records >= PULL_RECORDS or size >= PULL_BYTES or time.monotonic() - started >= PULL_S
