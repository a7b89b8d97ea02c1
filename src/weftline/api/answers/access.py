"""Sign-in, oneself, API keys."""

from __future__ import annotations

from pydantic import Field

from weftline.api.answers.base import Answer


class UserAnswer(Answer):
    """Who is signed in. With an API key, the key's own id and name."""

    id: str
    name: str
    must_change: bool = Field(description="The password must be changed before anything else")


class SignedInAnswer(Answer):
    """After signing in."""

    user: UserAnswer


class MeAnswer(Answer):
    """Who is signed in, and the server's version."""

    user: UserAnswer
    version: str


class KeyAnswer(Answer):
    """An API key, without the key."""

    id: str
    name: str
    prefix: str
    created_at: str
    used_at: str | None


class NewKeyAnswer(KeyAnswer):
    """A new API key; ``key`` is shown this once."""

    key: str


class SignIn(Answer):
    """Name and password."""

    name: str = Field(max_length=200)
    password: str = Field(max_length=4096)


class ChangePassword(Answer):
    """The current password and the new one."""

    current: str = Field(max_length=4096)
    new: str = Field(max_length=4096)


class NewKey(Answer):
    """What the key is for."""

    name: str = Field(min_length=1, max_length=120)
