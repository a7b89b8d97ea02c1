"""Builds the ASGI application over open rooms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

import weftline
from weftline.api import problems
from weftline.api.answers.base import ProblemAnswer
from weftline.api.guard import COOKIE, Guard, person_of
from weftline.api.rooms import Rooms
from weftline.api.routes import (
    builder,
    catalog,
    connectors,
    consent,
    deliveries,
    flows,
    health,
    hooks,
    instances,
    keys,
    kinds,
    live,
    lookups,
    marketplace,
    runs,
    sign_in,
    static,
    summary,
    workspace,
)

_GUARDED: tuple[APIRouter, ...] = (
    sign_in.router,
    keys.router,
    summary.router,
    marketplace.router,
    catalog.router,
    connectors.router,
    builder.router,
    instances.router,
    flows.router,
    kinds.router,
    live.router,
    runs.router,
    deliveries.router,
    lookups.router,
    workspace.router,
)


def build(rooms: Rooms, *, static_folder: Path | None = None) -> FastAPI:
    """The API, webhooks and the web UI (the files of ``static_folder``) as one application."""
    app = FastAPI(
        title="Weftline",
        version=weftline.__version__,
        summary="Connectors, instances and process flows",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        responses={"default": {"description": "A problem", "model": ProblemAnswer}},
    )
    app.state.rooms = rooms
    app.state.static_folder = static_folder or static.FOLDER
    problems.install(app)
    app.include_router(health.router)
    app.include_router(sign_in.open_router)
    app.include_router(consent.router)
    for router in _GUARDED:
        app.include_router(router, dependencies=[Depends(person_of)])
    app.router.routes.append(hooks.route)
    app.router.routes.append(static.route)
    app.add_middleware(Guard, access=rooms.access)
    _describe_security(app)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _describe_security(app: FastAPI) -> None:
    plain = app.openapi

    def with_security() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            document.setdefault("components", {})["securitySchemes"] = {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key"},
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
            }
            for path, operations in document["paths"].items():
                if path.startswith("/api/") and path != "/api/sign-in":
                    for operation in operations.values():
                        operation["security"] = [{"key": []}, {"session": []}]
        return app.openapi_schema or {}

    app.openapi = with_security  # type: ignore[method-assign]
