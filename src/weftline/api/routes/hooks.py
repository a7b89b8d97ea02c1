"""Webhooks: a raw route without models, as fast as can be. The body is durable before the answer goes out."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from weftline.api.problems import problem
from weftline.errors import NotAllowedError, TooLargeError
from weftline.triggers import Call
from weftline.triggers.webhooks import MAX_BODY_BYTES


async def receive_hook(request: Request) -> Response:
    """Take a call."""
    try:
        body = await _body(request)
    except ClientDisconnect:
        return Response(status_code=400)
    call = Call(
        request.path_params["webhook_id"],
        request.method,
        dict(request.headers),
        dict(request.query_params),
        body,
    )
    try:
        answer = await request.app.state.rooms.webhooks.receive(call)
    except NotAllowedError as error:
        return problem(error, 405)
    return Response(answer.body, answer.status, media_type=answer.content_type)


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
        raise _too_large()
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_BODY_BYTES:
            raise _too_large()
        pieces.append(piece)
    return b"".join(pieces)


def _too_large() -> TooLargeError:
    return TooLargeError(
        f"the body is larger than {MAX_BODY_BYTES // (1024 * 1024)} MB", hint="send the records in several calls"
    )


route = Route("/hooks/{webhook_id}", receive_hook, methods=["GET", "POST"])
