"""The socket ``AuthMethod``: how credentials sign a request. Pure: no sockets, no clock but the request's moment."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.auth.fill import fill
from weftline.errors import CredentialMissingError
from weftline.model import Request, Response

EXPIRY_SLACK_S = 60.0
"""A token is renewed this long before it expires, so that none expires on its way."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and, if known, when it expires (seconds since the epoch)."""

    value: str = field(repr=False)
    expires_at: float | None = None
    slack_s: float = EXPIRY_SLACK_S
    refresh: str = field(default="", repr=False)
    """A refresh token, for methods that renew with one; it is sealed with the token and shared by all workers."""
    extra: dict[str, str] = field(default_factory=dict, repr=False)
    """Further values of the token endpoint's answer that signing needs (a cookie, an instance's address)."""

    @classmethod
    def lasting(
        cls, value: str, lifetime: object, refresh: str = "", extra: Mapping[str, str] | None = None
    ) -> Token:
        """A token that lasts so many seconds, as a token endpoint says them; unknown when that is no number."""
        try:
            seconds = float(str(lifetime))
        except ValueError:
            return cls(value, refresh=refresh, extra=dict(extra or {}))
        # One that lives shorter than the slack would be renewed for every call.
        slack_s = min(EXPIRY_SLACK_S, seconds / 2)
        return cls(value, time.time() + seconds, slack_s, refresh, dict(extra or {}))

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
    interactive: ClassVar[bool] = False
    """Whether a person must consent first; such kinds implement :class:`Consent`, too."""

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
        """Get a token; for methods with ``uses_token``. ``self.token`` is the one to be replaced, if there was one.

        Its requests are sent by the session's own transport, over the same policy and limits as any call.
        """
        yield from ()
        return Token("")

    def challenged(self, response: Response) -> bool:
        """Learn from a 401 (a digest's nonce, say); True when the same request, signed anew, is worth a try."""
        return False

    def login(self) -> Mapping[str, str]:
        """What a transport needs to log in when it connects, rather than a signature on every request.

        Known names: ``username``, ``password``, ``private_key`` (PEM), ``passphrase`` (of the key), ``certificate``
        (PEM, the client's own chain), ``ca`` (PEM, authorities to trust), ``host_fingerprint`` (``SHA256:...``),
        ``access_key_id``, ``secret_access_key``, ``session_token``.
        """
        return {}

    def credential(self, key: str) -> str:
        """A credential's value; :class:`CredentialMissingError` names it when it is empty."""
        value = self._credentials.get(key, "")
        if not value:
            raise CredentialMissingError(
                f"the credential '{key}' is empty", hint="enter it in the instance's credentials"
            )
        return value

    def fill(self, template: Any, **more: Any) -> Any:
        """A template of the config over the instance's variables, ``credentials.<key>`` and ``more``."""
        return fill(template, self.variables, self.credential, self.secrets, more)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def secrets(self) -> list[str]:
        """Values that must never be seen."""
        found = [value for value in self._credentials.values() if value]
        if self.token is not None:
            found += [value for value in (self.token.value, self.token.refresh, *self.token.extra.values()) if value]
        return found


@dataclass(frozen=True, slots=True)
class ConsentPlace:
    """Where a person's browser goes to consent, and what must be kept (sealed) until it is back."""

    url: str
    verifier: str = field(repr=False)
    """The code verifier (RFC 7636), a device code, or whatever :meth:`Consent.exchange` needs."""
    user_code: str = ""
    """What the person types at ``url``, for devices' codes; empty when the browser comes back by itself."""
    interval_s: float = 5.0
    """For devices' codes: seconds between two questions."""
    expires_s: float = 600.0


class Consent(ABC):
    """The part of an interactive :class:`AuthMethod` that asks a person."""

    @abstractmethod
    def consent(self, redirect_uri: str, state: str) -> Generator[Request, Response, ConsentPlace]:
        """Where the person consents; a generator, since some kinds must ask the application first."""

    @abstractmethod
    def exchange(
        self, place: ConsentPlace, redirect_uri: str, answer: Mapping[str, str]
    ) -> Generator[Request, Response, Token | None]:
        """The first token, after consent. ``answer`` is the query that the browser came back with (``code``, or
        ``error``), empty for devices' codes; None: not yet, ask again after ``interval_s``.

        Raises :class:`CredentialRejectedError` with what the application said when the person refused.
        """
