"""The test console: one endpoint called for real, and all that a person wants to see of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from weftline.builder.learn import Suggestion, learn
from weftline.builder.schema import infer
from weftline.connectors import Session
from weftline.errors import DocumentError, WeftlineError, did_you_mean
from weftline.importers.draft import without_secrets
from weftline.kernel import json, now
from weftline.model import Endpoint, Page, Request, Response

Json = dict[str, Any]

MOST_PAGES = 3
SHOWN_RECORDS = 20
"""Of each page."""
SCHEMA_RECORDS = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: an endpoint with its parameters, and the record for one that sends."""

    endpoint: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    record: Any = None
    pages: int = MOST_PAGES


async def try_endpoint(session: Session, trial: Trial) -> Json:
    """Call an endpoint; what was sent and answered (masked), page by page, and what can be learnt from it.

    Gives ``pages`` (number, request, response, count, records, decision, elapsed_ms), ``problem`` (None, or message,
    hint, code and exchange), ``schema`` of the records, a ``sample`` (blank where a secret may stand), and
    ``suggestions`` (field, value, why).
    Whatever goes wrong at the application is a ``problem``; only what cannot be asked raises.
    """
    endpoint = session.connector.endpoint(trial.endpoint)
    if endpoint is None:
        keys = [one.key for one in session.connector.endpoints]
        raise DocumentError(f"there is no endpoint '{trial.endpoint}'", hint=did_you_mean(trial.endpoint, keys))
    pages: list[Json] = []
    records: list[Any] = []
    found: list[Suggestion] = []
    problem: Json | None = None
    try:
        if endpoint.direction == "receive":
            await _receive(session, endpoint, trial, pages, records, found)
        else:
            pages.append(await _send(session, endpoint, trial))
    except WeftlineError as error:
        problem = error.to_record() | {"exchange": error.exchange or None}
    return {
        "pages": pages,
        "problem": problem,
        "schema": infer(records) if records else None,
        "sample": without_secrets(records[0]) if records else None,
        "suggestions": [{"field": one.field, "value": one.value, "why": one.why} for one in found],
    }


async def _receive(
    session: Session, endpoint: Endpoint, trial: Trial, pages: list[Json], records: list[Any],
    found: list[Suggestion],
) -> None:  # fmt: skip
    scope: Json = {"payload": trial.record or {}, "meta": {}, "vars": {}, "run": {}, "now": now()}
    walked: list[Page] = []
    try:
        async with aclosing(session.pages(endpoint.key, trial.parameters, scope)) as chain:
            async for page in chain:
                if walked:
                    pages[-1]["decision"] = _goes_on(session, walked[-1].request, page.request)
                walked.append(page)
                got = json.decode(page.raw)
                records += got[: SCHEMA_RECORDS - len(records)]
                pages.append(_shown(session, page.number, page.request, page.response) | {
                    "count": page.count, "records": session.redactor().value(got[:SHOWN_RECORDS]),
                    "decision": "there is a next page" if page.next_state else _ends(endpoint, page),
                })  # fmt: skip
                if len(walked) >= min(trial.pages, MOST_PAGES):
                    break
    except WeftlineError as error:
        # The records were not where they should be: what came may tell where they are.
        response = error.answered
        if response is not None and not walked:
            found += learn(endpoint, {}, response, _decoded(response))
        raise
    if walked:
        first = walked[0]
        query = dict((first.response.sent or first.request).query)
        found += learn(endpoint, query, first.response, _decoded(first.response))


async def _send(session: Session, endpoint: Endpoint, trial: Trial) -> Json:
    if trial.record is None:
        raise DocumentError(
            f"'{endpoint.key}' sends: give it a record", hint="its sample is a good one to begin with"
        )
    scope: Json = {"meta": {}, "vars": {}, "run": {}, "now": now()}
    prepared = session.prepare(endpoint.key, trial.record, scope, trial.parameters)
    answer = await session.send(endpoint.key, prepared, f"trial {now().isoformat()}")
    shown = _shown(session, 1, prepared.request, answer.response)
    return shown | {"count": 1, "records": [], "decision": "", "result": answer.result_id, "key": prepared.record_key}


def _shown(session: Session, number: int, request: Request, response: Response) -> Json:
    return {
        "number": number,
        "request": session.masked(response.sent or request),
        "response": session.masked_response(response),
        "elapsed_ms": int(response.elapsed_s * 1000),
    }


def _goes_on(session: Session, this: Request, following: Request) -> str:
    """What the next page is asked for with."""
    before, after = session.masked(this), session.masked(following)
    if before["url"] != after["url"]:
        return f"goes on at {after['url']}"
    changed = [f"{name}={value}" for name, value in after["query"] if [name, value] not in before["query"]]
    if changed:
        return f"goes on with {' and '.join(changed)}"
    return "goes on with another body" if before["body"] != after["body"] else "goes on"


def _ends(endpoint: Endpoint, page: Page) -> str:
    paging = endpoint.pagination
    if paging.get("kind", "none") == "none":
        return "ends here: the endpoint has no pagination"
    if page.count == 0:
        return "ends here: the page has no records"
    size = paging.get("size") or paging.get("limit")
    if isinstance(size, int) and page.count < size:
        return f"ends here: {page.count} records are fewer than {size}"
    return "ends here: the answer tells of no next page"


def _decoded(response: Response) -> Any:
    try:
        return json.decode(response.body)
    except (json.JSONError, UnicodeDecodeError):
        return None
