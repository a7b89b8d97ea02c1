"""What people see of a connector's calls: exchanges, waits, failures; secrets masked."""

from __future__ import annotations

from datetime import datetime

from weftline.connectors import Answer, Prepared, Session
from weftline.connectors.pacing import OnWait
from weftline.errors import WeftlineError
from weftline.kernel import to_text
from weftline.model import Exchange, Request, Response
from weftline.shapes.base import ShapeContext


def tell_waits(context: ShapeContext, instance: str) -> OnWait:
    """Tells the run log that calls wait."""

    def tell(until: datetime, reason: str) -> None:
        context.note("wait", f"{instance}: {reason}", instance=instance, until=to_text(until))

    return tell


def page_exchange(
    context: ShapeContext, session: Session, instance: str, request: Request, response: Response
) -> Exchange:
    return Exchange(
        context.run.run_id,
        context.step_id,
        context.chunk_id,
        instance,
        session.masked(response.sent or request),
        session.masked_response(response),
        response.status,
        int(response.elapsed_s * 1000),
    )


def sent_exchange(
    context: ShapeContext, session: Session, instance: str, item: Prepared, answer: Answer, record_key: str
) -> Exchange:
    return Exchange(
        context.run.run_id,
        context.step_id,
        context.chunk_id,
        instance,
        session.masked(answer.response.sent or item.request),
        session.masked_response(answer.response),
        answer.status,
        int(answer.elapsed_s * 1000),
        record_key,
    )


def note_failed_call(
    context: ShapeContext,
    session: Session,
    instance: str,
    error: WeftlineError,
    record_key: str | None = None,
    item: Prepared | None = None,
) -> None:
    seen = error.exchange or {}
    request = seen.get("request") or (session.masked(item.request) if item else {})
    context.exchange(
        Exchange(
            context.run.run_id,
            context.step_id,
            context.chunk_id,
            instance,
            request,
            seen.get("response") or {},
            int(seen.get("status") or 0),
            int(seen.get("elapsed_ms") or 0),
            record_key,
            error.to_record(),
        )
    )
