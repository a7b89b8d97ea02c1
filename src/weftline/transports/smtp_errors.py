"""What a mail server's refusals mean. A reply below 400, or none at all, is not for here."""

from __future__ import annotations

from collections.abc import Mapping

from weftline.errors import (
    ConnectError,
    CredentialRejectedError,
    RateLimitedError,
    RemoteFaultError,
    RequestRejectedError,
    WeftlineError,
)
from weftline.transports.base import UNSENT
from weftline.transports.smtp_connection import Reply

_LOGIN = {530, 534, 535, 538}


def refused(where: str, what: str, reply: Reply, wait_s: float) -> WeftlineError:
    """A refusal of ``what`` (said after "refused"): later, never, or not from us. The server has taken nothing."""
    text = f"{where} refused {what}: {reply}"
    context = {"status": reply.code, UNSENT: True}
    if reply.code in _LOGIN:
        return CredentialRejectedError(
            text, hint="see the user name and the password, and whether it wants TLS before a login", context=context
        )
    if reply.code == 421:
        return RateLimitedError(text, hint="it wants a pause; mails wait", context=context, retry_after_s=wait_s)
    if reply.code == 452 and reply.text.startswith("4.5.3"):
        return RequestRejectedError(text, hint="it takes fewer recipients in one mail", context=context)
    if 400 <= reply.code < 500:
        return RemoteFaultError(text, hint="it is tried again later", context=context, retry_after_s=wait_s)
    if reply.code >= 500:
        return RequestRejectedError(text, hint="see what the server says; nobody got the mail", context=context)
    return ConnectError(
        f"{where} answers {what} with {reply}, which is no answer to it",
        hint="see that a mail server listens there",
        context={UNSENT: True},
    )


def login_refused(where: str, who: str, reply: Reply, wait_s: float) -> WeftlineError:
    """A refused login: a wrong credential, or a server that cannot look it up now."""
    if 400 <= reply.code < 500:
        return refused(where, f"the login of '{who}'", reply, wait_s)
    # Not in the server's words, which may repeat what it was sent.
    return CredentialRejectedError(
        f"{where} refused the login of '{who}' ({reply.code})",
        hint="see the user name and the password among the instance's credentials",
        context={"status": reply.code},
    )


def recipients_refused(where: str, replies: Mapping[str, Reply], accepted: int) -> RequestRejectedError:
    """Some are refused for good, and nobody got the mail."""
    told = ", ".join(f"{recipient}: {reply}" for recipient, reply in replies.items())
    count = f" ({accepted} others would have got it)" if accepted else ""
    return RequestRejectedError(
        f"{where} refused the recipient{'s' * (len(replies) > 1)} {told}{count}",
        hint="nobody got the mail; correct the address, or let the instance send to the others",
        context={"status": next(iter(replies.values())).code, "refused": list(replies)},
    )
