"""The overview."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.summary import SummaryAnswer
from weftline.api.exact import ExactRoute, answer
from weftline.api.overview import read_overview
from weftline.api.rooms import Open

router = APIRouter(prefix="/api/summary", tags=["summary"], route_class=ExactRoute)


@router.get("", response_model=SummaryAnswer)
async def get_summary(rooms: Open) -> Response:
    """How things are today, in a sentence and in numbers."""
    found = await rooms.db.read(read_overview)
    return answer(SummaryAnswer.model_validate(found).model_dump())
