"""Coming in, going out, oneself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

import weftline
from weftline.access import Person
from weftline.access.access import SESSION_LIFE
from weftline.api.answers.access import ChangePassword, MeAnswer, SignedInAnswer, SignIn
from weftline.api.exact import ExactRoute, answer
from weftline.api.guard import COOKIE, person_of
from weftline.api.rooms import Open
from weftline.errors import NotAllowedError

open_router = APIRouter(tags=["access"], route_class=ExactRoute)
router = APIRouter(tags=["access"], route_class=ExactRoute)


@open_router.post("/api/sign-in", response_model=SignedInAnswer)
async def sign_in(body: SignIn, request: Request, rooms: Open) -> Response:
    """Sign in with name and password; the session comes as a cookie."""
    address = request.client.host if request.client else "unknown"
    person, token = await rooms.access.sign_in(body.name, body.password, address)
    response = answer({"user": _user(person)})
    _set_cookie(response, request, rooms, token)
    return response


@router.post("/api/sign-out", status_code=204)
async def sign_out(request: Request, rooms: Open) -> Response:
    """End the session."""
    if request.state.token:
        await rooms.access.sign_out(request.state.token)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response


@router.get("/api/me", response_model=MeAnswer)
async def me(request: Request, rooms: Open, person: Annotated[Person, Depends(person_of)]) -> Response:
    """Who is signed in."""
    response = answer({"user": _user(person), "version": weftline.__version__})
    if request.state.token:
        # The session lives on while it is used, and so must the cookie.
        _set_cookie(response, request, rooms, request.state.token)
    return response


@router.post("/api/me/password", status_code=204)
async def change_password(
    body: ChangePassword, request: Request, rooms: Open, person: Annotated[Person, Depends(person_of)]
) -> Response:
    """Change one's password; all other sessions of the user end."""
    if person.via == "key":
        raise NotAllowedError("an API key has no password", hint="sign in with name and password")
    await rooms.access.change_password(person, request.state.token, body.current, body.new)
    return Response(status_code=204)


def _user(person: Person) -> dict[str, object]:
    return {"id": person.id, "name": person.name, "must_change": person.must_change}


def _set_cookie(response: Response, request: Request, rooms: Open, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=rooms.settings.secure_cookies or request.url.scheme == "https",
    )
