"""Whether an instance fits its connector, and whether the application lets it in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from weftline.connectors import RetryPolicy, Session, resolve_variables
from weftline.connectors.sessions import Sessions
from weftline.errors import (
    CredentialError,
    CredentialMissingError,
    CredentialRejectedError,
    DocumentError,
    RemoteTimeoutError,
    WeftlineError,
    did_you_mean,
)
from weftline.kernel import explain, from_text
from weftline.model import Connector, Health, Instance, Variable

CHECK_S = 30.0
"""A check takes at most this long."""

CHECK_RETRY = RetryPolicy(tries=2, base_s=0.25, patience_s=15.0)
"""A person waits for a check, so it gives up sooner than a run."""


def validate(connector: Connector, instance: Instance, credentials: Mapping[str, str]) -> None:
    """Variables, method and credentials fit the connector; raises what is wrong with them."""
    resolve_variables(connector, instance)
    for variable in connector.variables:
        value = instance.variables.get(variable.key)
        if value not in (None, ""):
            _check_value(variable, value, f"instance '{instance.name}': '{variable.key}'")
    option = connector.auth_option(instance.auth)
    if option is None and instance.auth is not None:
        keys = [item.key for item in connector.auth]
        raise DocumentError(
            f"instance '{instance.name}': {connector.title} has no authentication method '{instance.auth}'",
            hint=did_you_mean(instance.auth, keys),
        )
    fields = {field.key: field for field in option.credentials} if option else {}
    for key, value in credentials.items():
        if key not in fields:
            method = option.title if option else connector.title
            raise DocumentError(
                f"instance '{instance.name}': {method} has no credential '{key}'",
                hint=did_you_mean(key, fields),
            )
        if value.startswith("${env:"):
            raise DocumentError(
                f"instance '{instance.name}': the credential '{key}' is still the place {value}",
                hint="the command line fills it in from its environment; here, give the value",
            )
    for key, field in fields.items():
        if field.required and not credentials.get(key):
            raise CredentialMissingError(
                f"instance '{instance.name}': the credential '{key}' ({field.title}) is missing", hint=field.help
            )


def merged(
    connector: Connector, old: Instance | None, new: Instance, kept: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """The credentials after a change: those left out or empty are kept, unless the method is another one."""
    before = connector.auth_option(old.auth) if old else None
    option = connector.auth_option(new.auth)
    if before is None or option is None or before.key != option.key:
        kept = {}
    asked = {field.key for field in option.credentials} if option else set()
    return {key: value for key, value in kept.items() if key in asked} | {k: v for k, v in given.items() if v}


ASK_CONSENT = "nobody has let Weftline in yet: open the consent page with 'Authorise'"


async def must_pass(
    sessions: Sessions,
    connector: Connector,
    instance: Instance,
    credentials: Mapping[str, str],
    instance_id: str | None = None,
) -> tuple[Health, str]:
    """Run the connector's check; a CredentialError says why it did not pass.

    With ``instance_id`` it is a saved instance, which uses the token that it has.
    """
    session = _open(sessions, connector, instance, credentials, instance_id)
    known = _without_call(session, instance_id)
    if known is not None:
        return known
    try:
        await _prove(session)
    except CredentialError:
        raise
    except WeftlineError as error:
        raise CredentialRejectedError(
            f"the check of '{instance.name}' did not pass: {error.message}",
            hint=error.hint or "correct its settings, or save it unchecked",
            context={"cause": error.code, **error.context},
        ) from error
    return "healthy", ""


async def outcome(
    sessions: Sessions,
    connector: Connector,
    instance: Instance,
    credentials: Mapping[str, str],
    instance_id: str | None = None,
) -> tuple[Health, str]:
    """As :func:`must_pass`, but what came of it as health and a message, whatever it is."""
    session = _open(sessions, connector, instance, credentials, instance_id)
    known = _without_call(session, instance_id)
    if known is not None:
        return known
    try:
        await _prove(session)
    except CredentialError as error:
        return "needs_authorisation", str(error)
    except WeftlineError as error:
        return "unreachable", str(error)
    return "healthy", ""


def _without_call(session: Session, instance_id: str | None) -> tuple[Health, str] | None:
    """What can be said of an instance that there is no way to check."""
    if session.auth.interactive and instance_id is None:
        return "needs_authorisation", ASK_CONSENT
    return ("unchecked", "") if session.connector.check is None else None


async def _prove(session: Session) -> None:
    try:
        async with asyncio.timeout(CHECK_S):
            await session.check()
    except TimeoutError:
        raise RemoteTimeoutError(
            f"the check of '{session.instance.name}' had no answer after {CHECK_S:.0f} s", hint="try again later"
        ) from None
    finally:
        await session.close()


def _open(
    sessions: Sessions,
    connector: Connector,
    instance: Instance,
    credentials: Mapping[str, str],
    instance_id: str | None,
) -> Session:
    try:
        if instance_id is not None:
            return sessions.saved(connector, instance, credentials, instance_id, CHECK_RETRY)
        return sessions.unsaved(connector, instance, credentials, retry=CHECK_RETRY)
    except ValidationError as error:
        raise DocumentError(
            f"instance '{instance.name}' does not fit {connector.title}: {explain(error)}", hint="see its variables"
        ) from None


def _check_value(variable: Variable, value: Any, where: str) -> None:
    if variable.options and value not in variable.options:
        raise DocumentError(
            f"{where} is '{value}', which is not a choice", hint="choose one of: " + ", ".join(variable.options)
        )
    match variable.type:
        case "number":
            fits = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        case "boolean":
            fits = isinstance(value, bool)
        case "datetime":
            fits = isinstance(value, str) and _is_moment(value)
        case _:
            fits = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
    if not fits:
        raise DocumentError(f"{where} is '{value}', which is not a {variable.type}", hint=variable.help)


def _is_moment(text: str) -> bool:
    try:
        from_text(text)
    except ValueError:
        return False
    return True
