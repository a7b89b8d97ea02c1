"""Floor 2: documents and plain data that floors above share; no I/O."""

from weftline.model.connector import (
    AuthOption,
    BulkRule,
    Connector,
    CursorRule,
    Endpoint,
    IdempotencyRule,
    JudgeRule,
    LearnFrom,
    Pacing,
    Parameter,
    RequestTemplate,
    Variable,
    version_key,
)
from weftline.model.events import Exchange, RunEvent
from weftline.model.fields import Document, Key, Slug, field
from weftline.model.flow import Flow, FlowSettings, FlowVariable, Link, Step, VersionStatus, expand_links
from weftline.model.instance import Health, Instance, RateLimit
from weftline.model.outcome import FailedRecord, Outcome
from weftline.model.payload import Batch, PayloadRef
from weftline.model.run import FINAL, DeliveryState, RunFacts, RunStatus, StartRequest
from weftline.model.wire import Page, Request, Response, Streamed

__all__ = [
    "FINAL",
    "AuthOption",
    "Batch",
    "BulkRule",
    "Connector",
    "CursorRule",
    "DeliveryState",
    "Document",
    "Endpoint",
    "Exchange",
    "FailedRecord",
    "Flow",
    "FlowSettings",
    "FlowVariable",
    "Health",
    "IdempotencyRule",
    "Instance",
    "JudgeRule",
    "Key",
    "LearnFrom",
    "Link",
    "Outcome",
    "Pacing",
    "Page",
    "Parameter",
    "PayloadRef",
    "RateLimit",
    "Request",
    "RequestTemplate",
    "Response",
    "RunEvent",
    "RunFacts",
    "RunStatus",
    "Slug",
    "StartRequest",
    "Step",
    "Streamed",
    "Variable",
    "VersionStatus",
    "expand_links",
    "field",
    "version_key",
]
