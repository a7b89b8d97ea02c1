"""The connector builder."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.builder import TrialAnswer, TryEndpoint
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open
from weftline.builder import Trial

router = APIRouter(prefix="/api/builder", tags=["builder"], route_class=ExactRoute)


@router.post("/try", response_model=TrialAnswer)
async def try_endpoint(body: TryEndpoint, rooms: Open) -> Response:
    """Call an endpoint for real: requests, answers, records, how paging goes on, and what can be learnt."""
    trial = Trial(body.endpoint, body.parameters, body.record, body.pages)
    return answer(
        await rooms.trials.run(body.connector, trial, body.instance, body.variables, body.credentials, body.auth)
    )
