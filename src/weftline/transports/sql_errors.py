"""What a database's errors mean, where their number does not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa

from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
    WeftlineError,
)
from weftline.transports.base import UNSENT

Meaning = type[ConnectError | CredentialRejectedError | RemoteFaultError | RemoteTimeoutError | RequestRejectedError]
HINTS: Mapping[type[WeftlineError], str] = {
    ConnectError: "see that host and port are right, and that the server is up and reachable from here",
    CredentialRejectedError: "see the user name and the password among the instance's credentials",
    RemoteTimeoutError: "narrow the statement, add an index, or raise the time for a statement",
}


@contextmanager
def explained(
    where: str, meaning: Callable[[BaseException], Meaning | None], *, undone: bool = False
) -> Iterator[None]:
    """Errors of the driver and of SQLAlchemy as what they mean; ``meaning`` knows the driver's numbers.

    ``undone``: what the server itself refuses, it has also taken back, so that a repeat repeats nothing.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        cause = error.orig or error
        if error.connection_invalidated:
            kind: Meaning = ConnectError
        elif isinstance(error, sa.exc.IntegrityError | sa.exc.DataError | sa.exc.ProgrammingError):
            kind = RequestRejectedError
        else:
            kind = RequestRejectedError if isinstance(error, sa.exc.NotSupportedError) else RemoteFaultError
        kind = meaning(cause) or kind
        refused = not error.connection_invalidated and kind is not ConnectError
        raise said(kind, where, cause, unsent=undone and refused) from None
    except sa.exc.TimeoutError:
        raise busy(where) from None
    except OSError as error:  # of a driver that lets its socket's errors through
        raise said(meaning(error) or ConnectError, where, error) from None
    except (sa.exc.SQLAlchemyError, TypeError, ValueError, OverflowError) as error:
        raise RequestRejectedError(f"the statement cannot be sent: {_words(error)}") from None


def busy(where: str) -> ConnectError:
    """Nothing was sent, since nobody of ours had time."""
    return ConnectError(
        f"no connection to {where}: all of ours are busy",
        hint="raise the number of connections, or let fewer calls run at once",
        context={UNSENT: True},
    )


def said(kind: Meaning, where: str, cause: BaseException, *, unsent: bool = False) -> WeftlineError:
    """An error in the database's own words."""
    begin = {ConnectError: f"no connection to {where}: ", CredentialRejectedError: f"{where} refused the login: "}
    hint = HINTS.get(kind, "")
    if kind is RequestRejectedError and "certificate" in _words(cause).lower():
        hint = "if a private authority signed the certificate, give its own among the instance's credentials"
    return kind(
        f"{begin.get(kind, f'{where} says: ')}{_words(cause)}", hint=hint, context={UNSENT: True} if unsent else None
    )


def _words(error: BaseException) -> str:
    """What the database said, on one line."""
    parts = error.args[1:] if len(error.args) > 1 and isinstance(error.args[0], int) else error.args[:1]
    return " ".join(" ".join(str(part) for part in parts or [error]).split())[:600]
