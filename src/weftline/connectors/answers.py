"""What is sent and what comes back: a prepared record, its answer, and the answers to many records in one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from weftline.connectors.judge import said_in
from weftline.connectors.plan import EndpointPlan
from weftline.errors import RequestRejectedError, UnreadableBodyError, WeftlineError
from weftline.expr import compile_expression, compile_path, compile_template, to_text
from weftline.kernel import json
from weftline.model import BulkRule, Request, Response


@dataclass(slots=True)
class Prepared:
    """A request for one record, before it is signed, with the record's key and a hash of what will be sent."""

    request: Request
    record_key: str
    body_hash: str
    item: Any = None
    """What stands for it in a request of many records."""


@dataclass(slots=True)
class Answer:
    """What a send yielded."""

    status: int
    result_id: str | None
    attempts: int
    elapsed_s: float
    response: Response
    meta: dict[str, Any] = field(default_factory=dict)

    def decoded(self) -> Any:
        """The body as values, if it is JSON."""
        try:
            return json.decode(self.response.body) if self.response.body else None
        except (json.JSONError, UnicodeDecodeError):
            return None


def read_bulk(
    plan: EndpointPlan, response: Response, attempts: int, prepared: Sequence[Prepared]
) -> list[Answer | WeftlineError]:
    """Per record its answer, or why it was refused. An answer that cannot be told apart fails none and confirms none:
    it raises, and the records count as not settled."""
    rule = plan.endpoint.bulk
    meta = plan.meta(response, None)

    def good(result_id: str | None) -> Answer:
        return Answer(response.status, result_id, attempts, response.elapsed_s, response, meta)

    if rule is None or rule.answers_path is None:
        return [good(None) for _ in prepared]
    body = plan.format.decode(response.body, where=plan.where)
    found = compile_path(rule.answers_path).get(body, None) if rule.answers_path else body
    if not isinstance(found, list):
        raise UnreadableBodyError(
            f"the answer of {plan.where} has no list '{rule.answers_path}' of answers per record",
            hint="see the endpoint's bulk rule",
        )
    return [
        _one(plan, rule, item, record, good)
        for item, record in zip(_in_order(rule, found, prepared), prepared, strict=True)
    ]


def _in_order(rule: BulkRule, found: list[Any], prepared: Sequence[Prepared]) -> list[Any]:
    """The answers in the order of the records; None for a record that none belongs to."""
    if rule.answer_key:
        path = compile_path(rule.answer_key)
        by_key = {to_text(path.get(item, "")): item for item in found}
        return [by_key.get(record.record_key) for record in prepared]
    # Fewer or more than were sent: nobody can say which is whose.
    return found if len(found) == len(prepared) else [None] * len(prepared)


def _one(plan: EndpointPlan, rule: BulkRule, item: Any, record: Prepared, good: Any) -> Answer | WeftlineError:
    if item is None:
        return RequestRejectedError(
            f"the answer of {plan.where} says nothing of '{record.record_key}'",
            hint="look whether it arrived there; a retry sends it again",
            context={"uncertain": True},
        )
    scope = {"item": item}
    if compile_expression(rule.success).evaluate(scope):
        result = compile_template(rule.result).render(scope) if rule.result else None
        answer: Answer = good(None if result is None else to_text(result))
        return answer
    said = str(compile_template(rule.message).render(scope)) if rule.message else said_in(item)
    return RequestRejectedError(
        f"{plan.where} refused '{record.record_key}'{': ' + said if said else ''}",
        hint="see what the application says about the record",
    )
