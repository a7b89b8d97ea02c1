"""The whole tree of errors.

Each class fixes a ``code`` (a stable slug that documents and clients may rely on) and a ``recovery``: what the
engine does about it. The place that knows the recovery chooses the class; only the engine acts on it.

    WeftlineError
    ├─ DefinitionError (abort)   DocumentError · FlowError · ExpressionError · MappingError · UnknownKindError
    ├─ CredentialError (reauth)  CredentialMissingError · CredentialRejectedError
    ├─ RemoteError               ConnectError (retry) · RemoteTimeoutError (retry) · RemoteFaultError (retry)
    │                            RateLimitedError (wait) · RequestRejectedError (skip) · UnreadableBodyError (abort)
    │                            PageLoopError (abort) · OutboundRefusedError (abort)
    ├─ ShapeError (abort)        RecordError (skip) · LimitExceededError
    ├─ EngineError               RunStoppedError (abort) · RunNotFoundError · StillInUseError · ConflictError
    ├─ StorageError (retry)      PayloadMissingError (abort)
    ├─ AccessError (abort)       NotSignedInError · NotAllowedError · TooManyTriesError
    ├─ NotFoundError (abort) · TooLargeError (abort)
    └─ SetupError (abort)        SettingsError · MissingExtraError · PluginConflictError
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

__all__ = [
    "AccessError",
    "ConflictError",
    "ConnectError",
    "CredentialError",
    "CredentialMissingError",
    "CredentialRejectedError",
    "DefinitionError",
    "DocumentError",
    "EngineError",
    "ExpressionError",
    "FlowError",
    "LimitExceededError",
    "MappingError",
    "MissingExtraError",
    "NotAllowedError",
    "NotFoundError",
    "NotSignedInError",
    "OutboundRefusedError",
    "PageLoopError",
    "PayloadMissingError",
    "PluginConflictError",
    "RateLimitedError",
    "RecordError",
    "Recovery",
    "RemoteError",
    "RemoteFaultError",
    "RemoteTimeoutError",
    "RequestRejectedError",
    "RunStoppedError",
    "SettingsError",
    "SetupError",
    "ShapeError",
    "StillInUseError",
    "StorageError",
    "TooLargeError",
    "TooManyTriesError",
    "UnknownKindError",
    "UnreadableBodyError",
    "WeftlineError",
    "did_you_mean",
]

Recovery = Literal["abort", "retry", "wait", "reauth", "skip"]


def did_you_mean(got: str, known: Iterable[str]) -> str:
    """The end of a sentence that names the closest known word, or all of them when none is close."""
    names = sorted(known)
    close = difflib.get_close_matches(got, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return "known: " + ", ".join(names) if names else "none is known"


class WeftlineError(Exception):
    """Base of every error that a person may see.

    ``message`` says what happened and names the thing; ``hint`` says what to do; ``context`` holds ids and
    positions (never a secret); ``retry_after_s`` is set when the remote named a time.
    """

    code: ClassVar[str] = "weftline"
    recovery: ClassVar[Recovery] = "abort"
    http_status: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        context: Mapping[str, Any] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.context: dict[str, Any] = dict(context or {})
        self.retry_after_s = retry_after_s
        self.exchange: dict[str, Any] | None = None
        """The request and answer that led to it, masked, for people to see; not part of the record."""
        self.answered: Any = None
        """The answer itself (a Response), for those who learn from it; never shown."""

    def to_record(self) -> dict[str, Any]:
        """The JSON kept in run logs and sent as a problem document."""
        return {
            "code": self.code,
            "recovery": self.recovery,
            "message": self.message,
            "hint": self.hint,
            "context": dict(self.context),
        }

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class DefinitionError(WeftlineError):
    """A document (connector, flow, workspace file, map) is wrong."""

    code = "definition"
    http_status = 422


class DocumentError(DefinitionError):
    """A file or document does not follow its schema; ``context`` may hold file, line and key."""

    code = "definition.document"


class FlowError(DefinitionError):
    """A flow cannot run as drawn."""

    code = "definition.flow"


class ExpressionError(DefinitionError):
    """An expression or reference does not compile, or failed while it ran."""

    code = "definition.expression"


class MappingError(DefinitionError):
    """A map rule could not be applied to a record."""

    code = "definition.mapping"
    recovery: ClassVar[Recovery] = "skip"


class UnknownKindError(DefinitionError):
    """A document names a kind that no room knows."""

    code = "definition.unknown_kind"

    def __init__(self, room: str, got: str, known: Iterable[str]) -> None:
        super().__init__(
            f"'{got}' is not a kind of {room}",
            hint=did_you_mean(got, known),
            context={"room": room, "got": got},
        )


class CredentialError(WeftlineError):
    """The instance cannot prove who it is."""

    code = "credential"
    recovery: ClassVar[Recovery] = "reauth"
    http_status = 422


class CredentialMissingError(CredentialError):
    """A credential field that the authentication method needs is empty."""

    code = "credential.missing"


class CredentialRejectedError(CredentialError):
    """The remote refused the credential."""

    code = "credential.rejected"


class RemoteError(WeftlineError):
    """Something between us and the remote went wrong."""

    code = "remote"
    recovery: ClassVar[Recovery] = "retry"
    http_status = 502


class ConnectError(RemoteError):
    """No connection could be made, or it broke before an answer came."""

    code = "remote.connect"


class RemoteTimeoutError(RemoteError):
    """The remote did not answer in time."""

    code = "remote.timeout"


class RemoteFaultError(RemoteError):
    """The remote failed on its own account (5xx)."""

    code = "remote.fault"


class RateLimitedError(RemoteError):
    """The remote asks us to wait."""

    code = "remote.rate_limited"
    recovery: ClassVar[Recovery] = "wait"


class RequestRejectedError(RemoteError):
    """The remote understood the request and refused this record (4xx)."""

    code = "remote.rejected"
    recovery: ClassVar[Recovery] = "skip"


class UnreadableBodyError(RemoteError):
    """The answer is not of the format that the endpoint promises."""

    code = "remote.unreadable"
    recovery: ClassVar[Recovery] = "abort"


class PageLoopError(RemoteError):
    """The remote sends the same page or token again, or more pages than the cap allows."""

    code = "remote.page_loop"
    recovery: ClassVar[Recovery] = "abort"


class OutboundRefusedError(RemoteError):
    """The outbound policy forbids the address."""

    code = "remote.outbound_refused"
    recovery: ClassVar[Recovery] = "abort"
    http_status = 422


class ShapeError(WeftlineError):
    """A shape could not do its work."""

    code = "shape"
    http_status = 422


class RecordError(ShapeError):
    """One record could not pass a shape; the others go on."""

    code = "shape.record"
    recovery: ClassVar[Recovery] = "skip"


class LimitExceededError(ShapeError):
    """A bound on size, depth or time was reached."""

    code = "shape.limit"


class EngineError(WeftlineError):
    """The engine cannot do what was asked."""

    code = "engine"


class RunStoppedError(EngineError):
    """A person stopped the run."""

    code = "engine.stopped"


class StillInUseError(EngineError):
    """Something cannot be removed while others use it; the message lists them."""

    code = "engine.in_use"
    http_status = 409


class ConflictError(EngineError):
    """The thing already exists or has changed meanwhile."""

    code = "engine.conflict"
    http_status = 409


class StorageError(WeftlineError):
    """The store does not answer."""

    code = "storage"
    recovery: ClassVar[Recovery] = "retry"
    http_status = 503


class PayloadMissingError(StorageError):
    """A payload is no longer (or not yet) in the payload store."""

    code = "storage.payload_missing"
    recovery: ClassVar[Recovery] = "abort"
    http_status = 404


class AccessError(WeftlineError):
    """Not allowed."""

    code = "access"
    http_status = 403


class NotSignedInError(AccessError):
    """No valid session or API key came with the request."""

    code = "access.not_signed_in"
    http_status = 401


class NotAllowedError(AccessError):
    """Signed in, but this act is not allowed."""

    code = "access.not_allowed"


class TooManyTriesError(AccessError):
    """Too many sign-ins failed; ``retry_after_s`` says how long to wait."""

    code = "access.too_many_tries"
    http_status = 429


class TooLargeError(WeftlineError):
    """What was sent to us is larger than we take."""

    code = "too_large"
    http_status = 413


class NotFoundError(WeftlineError):
    """Nothing of that name or id is here."""

    code = "not_found"
    http_status = 404


class SetupError(WeftlineError):
    """Weftline itself is not set up rightly."""

    code = "setup"


class SettingsError(SetupError):
    """A setting is missing or has a wrong value."""

    code = "setup.settings"


class MissingExtraError(SetupError):
    """A kind needs a driver that is not installed."""

    code = "setup.missing_extra"

    def __init__(self, extra: str, needed_by: str) -> None:
        super().__init__(f"{needed_by} needs the extra '{extra}'", hint=f"install it with: uv sync --extra {extra}")


class PluginConflictError(SetupError):
    """Two packages register the same kind."""

    code = "setup.plugin_conflict"
