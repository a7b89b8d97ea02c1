"""What a token endpoint answers (RFC 6749, section 5): a token, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from weftline.auth.base import Token
from weftline.errors import CredentialRejectedError, RateLimitedError, RemoteFaultError, UnreadableBodyError
from weftline.expr import to_text
from weftline.kernel import Redactor, json, seconds_until
from weftline.model import Response

SEE_CLIENT = "see client id, client secret and scopes of the instance"


def read_token(
    response: Response,
    *,
    secrets: Iterable[str] = (),
    hint: str = SEE_CLIENT,
    keep: Iterable[str] = (),
    refresh: str = "",
    lifetime_s: float | None = None,
) -> Token:
    """The token of an answer.

    ``keep``: further fields to keep in ``extra``. ``refresh``: the refresh token that stays when no new one is
    given. ``lifetime_s``: how long a token lives if the answer does not say so. ``secrets`` are masked in what an
    error tells of the answer. Raises what :func:`refuse` raises.
    """
    refuse(response, secrets, hint)
    answer = decoded(response)
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        raise UnreadableBodyError("the token endpoint's answer has no access_token", hint="see the token URL")
    extra = {name: to_text(answer[name]) for name in keep if answer.get(name) is not None}
    expires_in = answer.get("expires_in")
    return Token.lasting(
        answer["access_token"],
        lifetime_s if expires_in is None else expires_in,
        str(answer.get("refresh_token") or refresh),
        extra,
    )


def refuse(
    response: Response, secrets: Iterable[str] = (), hint: str = SEE_CLIENT, who: str = "the token endpoint"
) -> None:
    """Raise what an answer of 400 and above means: :class:`RateLimitedError` (wait), :class:`RemoteFaultError` (try
    again) or :class:`CredentialRejectedError` with the reason that it gives."""
    status = response.status
    if status in (408, 425, 429):
        raise RateLimitedError(
            f"{who} answered {status}",
            hint="calls wait until it answers",
            retry_after_s=seconds_until(response.headers.get("retry-after", "")),
        )
    if status >= 500:
        raise RemoteFaultError(f"{who} answered {status}", hint="the application has a fault")
    if status >= 400:
        told = Redactor(secrets).text(reason(decoded(response)))
        raise CredentialRejectedError(f"{who} refused the client ({status}{': ' + told if told else ''})", hint=hint)


def reason(answer: Any) -> str:
    """Why an OAuth 2 endpoint refused, in its own words; empty when it does not say."""
    if not isinstance(answer, dict):
        return ""
    return str(answer.get("error_description") or answer.get("error") or "")[:500]


def decoded(response: Response) -> Any:
    """The JSON body; None if it is none."""
    try:
        return json.decode(response.body)
    except json.JSONError:
        return None
