"""The workspace as one document."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.workspace import ApplyWorkspace, PlanAnswer, PlanWorkspace
from weftline.api.exact import ExactRoute, answer
from weftline.api.rooms import Open
from weftline.workspace import Action, Workspace

router = APIRouter(prefix="/api/workspace", tags=["workspace"], route_class=ExactRoute)


@router.post("/plan", response_model=PlanAnswer)
async def plan_workspace(body: PlanWorkspace, rooms: Open) -> Response:
    """What applying the document would do; nothing is changed."""
    return _actions(await rooms.workspace.plan(body.document))


@router.post("/apply", response_model=PlanAnswer)
async def apply_workspace(body: ApplyWorkspace, rooms: Open) -> Response:
    """Bring the workspace to what the document says: all of it or nothing."""
    return _actions(await rooms.workspace.apply(body.document))


@router.get("/export", response_model=Workspace)
async def export_workspace(rooms: Open) -> Response:
    """The workspace as a document; credentials stand as ``${env:NAME}`` places."""
    return answer(await rooms.workspace.export())


def _actions(actions: list[Action]) -> Response:
    return answer({"actions": [action.to_json() for action in actions]})
