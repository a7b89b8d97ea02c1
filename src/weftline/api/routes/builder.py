"""The connector builder."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Response

from weftline.api.answers.builder import (
    BuilderProblem,
    ImportConnector,
    ImportedAnswer,
    LintConnector,
    TrialAnswer,
    TryEndpoint,
)
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open
from weftline.builder import Trial, problems_of
from weftline.importers import import_description
from weftline.model import Connector

router = APIRouter(prefix="/api/builder", tags=["builder"], route_class=ExactRoute)


@router.post("/try", response_model=TrialAnswer)
async def try_endpoint(body: TryEndpoint, rooms: Open) -> Response:
    """Call an endpoint for real: requests, answers, records, how paging goes on, and what can be learnt."""
    trial = Trial(body.endpoint, body.parameters, body.record, body.pages)
    return answer(
        await rooms.trials.run(body.connector, trial, body.instance, body.variables, body.credentials, body.auth)
    )


@router.post("/lint", response_model=list[BuilderProblem])
async def lint_connector(body: LintConnector) -> Response:
    """What is wrong with a connector file, each at its place; an empty list is a file that may be saved."""
    return answer(problems_of(body.document))


@router.post("/import", response_model=ImportedAnswer)
async def import_connector(body: ImportConnector) -> Response:
    """A description of an API (OpenAPI, Postman, ...) as a connector file; nothing is saved."""
    found = await asyncio.to_thread(import_description, body.text.encode(), body.name, body.kind)
    document = found.connector.model_dump(mode="json", exclude_defaults=True) | {"samples": found.samples}
    return answer(
        {
            "document": document,
            "operations": found.operations,
            "todo": [{"where": one.where, "what": one.what} for one in found.todo],
            "evidence": found.evidence,
        }
    )


@router.get("/schema", response_model=dict[str, Any])
async def get_connector_schema() -> Response:
    """JSON Schema of the connector file: the builder's forms are drawn from it."""
    return answer(Connector.model_json_schema())
