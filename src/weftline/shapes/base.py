"""The socket ``Shape``: a kind of box on the canvas.

A *pure* shape turns a batch into batches and touches nothing else; the engine fuses it into the neighbouring
durable step and may run it again at any time (to show what it did, say). An *effect* shape touches the world; it
is handed a :class:`ShapeContext` and its work stands at a durable step's border.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel

if TYPE_CHECKING:
    from weftline.connectors.session import Session
from weftline.errors import WeftlineError
from weftline.mapping import Lookups
from weftline.model import Batch, Connector, Exchange, FailedRecord, Instance, Outcome, PayloadRef, RunFacts
from weftline.model.problem import Problem

Scope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Port:
    """A named exit of a shape; an ``error`` port is drawn in red."""

    key: str
    title: str
    role: Literal["normal", "error"] = "normal"


class WorkspaceFacts(Protocol):
    """What is known of the workspace when a flow is built or linted."""

    def instance(self, name: str) -> Instance | None:
        """The instance of that name."""

    def connector(self, slug: str) -> Connector | None:
        """The installed connector of that slug."""

    def instance_names(self) -> Sequence[str]:
        """Every instance's name, for suggestions."""

    def lookup_names(self) -> Sequence[str]:
        """Every lookup's name."""

    def direction(self, instance: str, endpoint: str) -> str | None:
        """Whether an instance's endpoint receives or sends; None when either is unknown."""

    def sample(self, slug: str, endpoint: str) -> Any:
        """A sample record of an endpoint, or None."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a shape may need to be built: nothing that talks to the world."""

    lookups: Lookups
    facts: WorkspaceFacts


@dataclass(frozen=True, slots=True)
class LintPlace:
    """Where the linter stands: a step, the step whose records reach it, and what is known of those records.

    ``sample`` is a record as it is likely to arrive here, or None when nothing is known.
    """

    step_id: str
    context: WorkspaceFacts
    sample: Any = None


class Shape(ABC):
    """Base of all shapes; a new one is one file with a Config and one row in ``BUILTIN``."""

    kind: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    """Name of an icon of the Tabler set."""
    category: ClassVar[Literal["connect", "transform", "route", "control"]]
    effect: ClassVar[bool] = False
    Config: ClassVar[type[BaseModel]]

    def __init__(self, config: Any, workshop: Workshop) -> None:
        self.config = config
        self.workshop = workshop

    @classmethod
    def ports(cls, config: Any) -> list[Port]:
        """The exits that this config gives; the first is the one that a plain sequence leaves by."""
        return [Port("out", "Out")]

    @classmethod
    def lint(cls, config: Any, place: LintPlace) -> list[Problem]:
        """What is wrong with this config in this workspace."""
        return []

    def preview(self, sample: Any) -> Any:
        """The record as it is likely to leave, given one that arrives; None when unknown."""
        return sample


class PureShape(Shape):
    """A shape that only computes."""

    @abstractmethod
    def run(self, batch: Batch, scope: Scope) -> Outcome:
        """``batch`` to batches per port. ``scope`` holds run, vars, now and meta; set ``scope['payload']`` yourself.

        Must give the same for the same input, whenever it runs.
        """


@dataclass(slots=True)
class Tally:
    """What an effect did so far, in records; absolute for its chunk, so that writing it twice does no harm."""

    sent: int = 0
    confirmed: int = 0
    failed: int = 0
    skipped: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Intent:
    """A record about to be sent: its key at the target, the hash of the request, its place in the payload."""

    record_key: str
    body_hash: str
    position: int


@dataclass(frozen=True, slots=True)
class Settled:
    """How a send ended."""

    intent: Intent
    state: Literal["sent", "confirmed", "failed", "uncertain"]
    status_code: int | None = None
    result_id: str | None = None
    attempts: int = 1
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger already knew of an intent when its delivery was opened."""

    state: str
    attempts: int
    idempotency_key: str
    result_id: str | None = None
    error: dict[str, Any] | None = None


class Delivery(Protocol):
    """One payload on its way to one target: the shape's door to the delivery ledger."""

    async def open(self, intents: Sequence[Intent]) -> Mapping[Intent, Known]:
        """Write down what is intended, before anything is sent; returns what is known of each."""

    async def about_to_send(self, intents: Sequence[Intent]) -> None:
        """Mark as sent before sending, where a repeat would do harm. Durable when it returns."""

    async def settle(self, settled: Settled) -> None:
        """Take an outcome. Written in small batches; waits when too many are unwritten."""

    async def close(self) -> Tally:
        """Everything written; the tally over all records of this delivery."""


class ShapeContext(Protocol):
    """What an effect shape may do in the world."""

    run: RunFacts
    step_id: str
    chunk_id: str

    async def session(self, instance: str) -> Session:
        """The instance, ready to be called."""

    def scope(self, batch: Batch) -> Scope:
        """The scope for expressions over this batch."""

    def delivery(self, target: str, batch: Batch) -> Delivery:
        """A door to the ledger for this batch."""

    def exchange(self, exchange: Exchange) -> None:
        """Keep a request and its answer for people to see (the room decides how many)."""

    def wants_exchange(self) -> bool:
        """Whether another successful exchange of this step would still be kept; failures always are."""

    def note(self, kind: str, message: str, *, level: str = "info", **data: Any) -> None:
        """A line in the run log."""

    def stopping(self) -> bool:
        """Whether a person asked the run to stop."""

    def slots(self, amount: int) -> Any:
        """An async semaphore of ``amount`` permits that all chunks of this run share at this step."""

    async def cursor(self, instance: str) -> dict[str, Any] | None:
        """Where this step's last run that ended well left off at an instance."""

    async def keep(self, raw: bytes, count: int, meta: dict[str, Any]) -> PayloadRef:
        """Store a payload: a JSON list of ``count`` records."""


@dataclass(slots=True)
class Pulled:
    """What one durable step of pulling gave: payloads, and where to go on (None: the chain is at its end)."""

    refs: list[PayloadRef]
    next_state: dict[str, Any] | None
    records: int = 0
    requests: int = 0
    cursor: dict[str, Any] | None = None
    """How far an incremental pull is; handed to the next call, and to the next run once this one ended well."""


class EffectShape(Shape):
    """A shape that touches the world."""

    effect: ClassVar[bool] = True

    def sample(self, place: LintPlace) -> Any:
        """A record as it is likely to leave; None when unknown."""
        return None

    @abstractmethod
    def sources(self) -> list[str] | None:
        """The instances it pulls from (each becomes a chunk of its own); None if it does not pull."""

    @abstractmethod
    async def pull(
        self,
        context: ShapeContext,
        batch: Batch | None,
        source: str,
        state: dict[str, Any] | None,
        cursor: dict[str, Any] | None,
    ) -> Pulled:
        """Fetch the next few pages of ``source``; ``state`` and ``cursor`` are what the call before gave."""

    @abstractmethod
    async def send(self, context: ShapeContext, batch: Batch) -> Outcome:
        """Send a batch; the outcome's failed records are those that the target refused."""


def fail(record: Any, error: WeftlineError, position: int | None = None) -> FailedRecord:
    """A failed record from the error that failed it."""
    return FailedRecord(record, error.to_record(), position)
