"""Exact JSON in and out: decimals and big integers pass the API without becoming floats."""

from __future__ import annotations

import json as standard
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from weftline.kernel import json


class _ExactRequest(Request):
    async def json(self) -> Any:
        if not hasattr(self, "_exact"):
            body = await self.body()
            try:
                self._exact = json.decode(body)
            except (json.JSONError, UnicodeDecodeError) as error:
                raise standard.JSONDecodeError(str(error), body.decode(errors="replace"), 0) from None
        return self._exact


class ExactRoute(APIRoute):
    """A route whose bodies are decoded with :mod:`weftline.kernel.json`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler over an exact request."""
        handle = super().get_route_handler()

        async def exactly(request: Request) -> Response:
            return await handle(_ExactRequest(request.scope, request.receive))

        return exactly


def answer(value: Any, status: int = 200) -> Response:
    """``value`` as a JSON response. Its model is declared on the route for OpenAPI and checked by the tests."""
    return Response(json.encode(_plain(value)), status, media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _plain(value.model_dump(mode="python", by_alias=True, exclude_defaults=True))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
