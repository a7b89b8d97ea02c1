"""Health, for those who keep the server running."""

from __future__ import annotations

from fastapi import APIRouter, Response

from weftline.api.answers.health import HealthAnswer, ReadyAnswer
from weftline.api.exact import answer
from weftline.api.rooms import Open
from weftline.errors import StorageError

router = APIRouter(prefix="/health", tags=["health"])


@router.get("", response_model=HealthAnswer)
async def health() -> Response:
    """The process answers."""
    return answer({"status": "ok"})


@router.get("/ready", response_model=ReadyAnswer)
async def ready(rooms: Open) -> Response:
    """Whether store and engine can work; 503 if not."""
    try:
        await rooms.db.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
        store = "ok"
    except StorageError as error:
        store = error.message
    engine = "closing" if rooms.closing.is_set() else "ok"
    is_ready = store == engine == "ok"
    return answer(
        {"status": "ok" if is_ready else "failing", "store": store, "engine": engine}, 200 if is_ready else 503
    )
