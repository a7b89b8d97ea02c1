"""The socket ``AuthMethod``: how credentials sign a request. Pure: no sockets, no clock but the request's moment."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.errors import CredentialMissingError
from weftline.model import Request, Response

EXPIRY_SLACK_S = 60.0
"""A token is renewed this long before it expires, so that none expires on its way."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and, if known, when it expires (seconds since the epoch)."""

    value: str
    expires_at: float | None = None
    slack_s: float = EXPIRY_SLACK_S

    @classmethod
    def lasting(cls, value: str, lifetime: object) -> Token:
        """A token that lasts so many seconds, as a token endpoint says them; unknown when that is no number."""
        try:
            seconds = float(str(lifetime))
        except ValueError:
            return cls(value)
        # One that lives shorter than the slack would be renewed for every call.
        return cls(value, time.time() + seconds, min(EXPIRY_SLACK_S, seconds / 2))

    @property
    def is_fresh(self) -> bool:
        """Whether it may still be used."""
        return self.expires_at is None or time.time() < self.expires_at - self.slack_s


class AuthMethod(ABC):
    """One way to authenticate.

    Methods that need a token implement :meth:`renew`: a generator that yields requests, is sent their responses, and
    returns a token; the session drives it, once however many calls wait.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    uses_token: ClassVar[bool] = False

    def __init__(self, config: Any, credentials: Mapping[str, str], variables: Mapping[str, Any]) -> None:
        self.config = config
        self._credentials = credentials
        self.variables = variables
        self.token: Token | None = None

    @classmethod
    def credential_keys(cls, config: Any) -> list[str]:
        """The credentials that a config needs; the linter holds a connector file's list against them."""
        return []

    @abstractmethod
    def sign(self, request: Request) -> None:
        """Put into the request what proves who we are. Called for every request, just before it is sent."""

    def renew(self) -> Generator[Request, Response, Token]:
        """Get a token; for methods with ``uses_token``."""
        yield from ()
        return Token("")

    def credential(self, key: str) -> str:
        """A credential's value; :class:`CredentialMissingError` names it when it is empty."""
        value = self._credentials.get(key, "")
        if not value:
            raise CredentialMissingError(
                f"the credential '{key}' is empty", hint="enter it in the instance's credentials"
            )
        return value

    def secrets(self) -> list[str]:
        """Values that must never be seen."""
        found = [value for value in self._credentials.values() if value]
        return [*found, self.token.value] if self.token else found
