"""What is sent and what comes back: a prepared record, its answer, and the answers to many records in one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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


class BulkAnswers:
    """Reads the answer to a request of many records; compiled once per session."""

    def __init__(self, plan: EndpointPlan, rule: BulkRule) -> None:
        self._plan = plan
        self._rule = rule
        self._list = None if rule.answers_path is None else compile_path(rule.answers_path)
        self._key = compile_path(rule.answer_key) if rule.answer_key else None
        self._success = compile_expression(rule.success)
        self._message = compile_template(rule.message) if rule.message else None
        self._result = compile_template(rule.result) if rule.result else None

    def read(self, response: Response, attempts: int, prepared: Sequence[Prepared]) -> list[Answer | WeftlineError]:
        """Per record its answer, or why it was refused. An answer that cannot be told apart fails none and confirms
        none: it raises, and the records count as not settled."""
        good = Answer(response.status, None, attempts, response.elapsed_s, response, self._plan.meta(response, None))
        if self._list is None:
            return [good for _ in prepared]
        found = self._list.get(self._plan.format.decode(response.body, where=self._plan.where), None)
        if not isinstance(found, list):
            raise UnreadableBodyError(
                f"the answer of {self._plan.where} has no list '{self._rule.answers_path}' of answers per record",
                hint="see the endpoint's bulk rule",
            )
        ordered = zip(self._in_order(found, prepared), prepared, strict=True)
        return [self._one(item, record, good) for item, record in ordered]

    def _in_order(self, found: list[Any], prepared: Sequence[Prepared]) -> list[Any]:
        """The answers in the order of the records; None for a record that none belongs to."""
        if self._key is not None:
            by_key = {to_text(self._key.get(item, "")): item for item in found}
            return [by_key.get(record.record_key) for record in prepared]
        # Fewer or more than were sent: nobody can say which is whose.
        return found if len(found) == len(prepared) else [None] * len(prepared)

    def _one(self, item: Any, record: Prepared, good: Answer) -> Answer | WeftlineError:
        where = self._plan.where
        if item is None:
            return RequestRejectedError(
                f"the answer of {where} says nothing of '{record.record_key}'",
                hint="look whether it arrived there; a retry sends it again",
                context={"uncertain": True},
            )
        scope = {"item": item}
        if self._success.evaluate(scope):
            result = None if self._result is None else self._result.render(scope)
            return replace(good, result_id=None if result is None else to_text(result))
        said = said_in(item) if self._message is None else str(self._message.render(scope))
        return RequestRejectedError(
            f"{where} refused '{record.record_key}'{': ' + said if said else ''}",
            hint="see what the application says about the record",
        )
