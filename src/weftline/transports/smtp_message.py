"""A mail as SEND's body says it, and as the bytes that go over the wire (RFC 5322, 2045 and following).

Headers are encoded one value at a time, and no value may hold a line break: none of them can become another header.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from weftline.errors import RequestRejectedError
from weftline.kernel import json, now
from weftline.kernel.registry import explain
from weftline.model import Document, field

_OWN = {
    "from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version", "received", "return-path",
}  # fmt: skip
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,70}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_LINE = "\r\n"
LONGEST_WORD = 60
"""Longer ones are encoded, so that a line can be folded."""


def _texts(value: Any) -> Any:
    """One text, a list of them, or nothing."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "")]


def _nothing(value: Any) -> Any:
    return "" if value is None else value


Addresses = Annotated[list[str], BeforeValidator(_texts)]
Text = Annotated[str, BeforeValidator(_nothing)]


class Attachment(Document):
    """A file that goes with a mail."""

    name: str = field(title="Name", min_length=1, max_length=255)
    content_type: str = field("application/octet-stream", title="Content type", example="application/pdf")
    base64: Text = field("", title="Content", description="The bytes, as Base64")
    text: Text = field("", title="Text", description="Instead of bytes: a text, in UTF-8")


class Mail(Document):
    """The body of SEND. Addresses are texts such as ``Ann Lee <ann@example.com>``: one, some with commas, a list."""

    from_: Text = field("", alias="from", title="From", description="Empty: the instance's sender")
    to: Addresses = field(list, title="To")
    cc: Addresses = field(list, title="Copy")
    bcc: Addresses = field(list, title="Blind copy", description="They get it, and nobody sees that they do")
    reply_to: Addresses = field(list, title="Reply to")
    subject: Text = field("", title="Subject")
    text: Text = field("", title="Text")
    html: Text = field("", title="HTML", description="With a text, the reader's program chooses")
    headers: dict[str, str] = field(dict, title="Further headers")
    attachments: list[Attachment] = field(list, title="Attachments")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is told to the server: sender and recipients (each once, those of Bcc too), and the mail's bytes."""

    message_id: str
    sender: str
    recipients: list[str]
    content: bytes


def asked(body: bytes | None) -> Mail:
    """The mail that a body describes; :class:`RequestRejectedError` for one that is none."""
    try:
        value = json.decode(body or b"{}")
        if isinstance(value, dict):  # a template that yields nothing
            value = {name: one for name, one in value.items() if one is not None}
        return Mail.model_validate(value)
    except ValidationError as error:
        raise _wrong(explain(error)) from None
    except json.JSONError as error:
        raise _wrong(f"it is no JSON: {error}") from None


def envelope(mail: Mail, sender: str, identity: str) -> Envelope:
    """The mail, ready to go; ``identity`` is the local part of its Message-ID.

    :class:`RequestRejectedError` for what cannot stand in a mail.
    """
    froms = _addresses("from", [mail.from_ or sender])
    if len(froms) != 1:
        raise _wrong("'from' needs one address", "give it, or set the instance's sender")
    lists = {name: _addresses(name, getattr(mail, name)) for name in ("to", "cc", "bcc", "reply_to")}
    recipients = list(dict.fromkeys(_on_the_wire(one) for name in ("to", "cc", "bcc") for one in lists[name]))
    if not recipients:
        raise _wrong("it has no recipient", "give 'to', 'cc' or 'bcc'")
    content = _content(mail)
    message_id = f"<{identity}@{_on_the_wire(froms[0]).rpartition('@')[2]}>"
    lines = [
        f"Date: {format_datetime(now())}",
        f"Message-ID: {message_id}",
        f"From: {_list(froms)}",
        f"To: {_list(lists['to']) if lists['to'] or lists['cc'] else 'undisclosed-recipients:;'}",
        f"Cc: {_list(lists['cc'])}",
        f"Reply-To: {_list(lists['reply_to'])}",
        _header("Subject", mail.subject),
        *(_header(name, value) for name, value in _further(mail.headers)),
    ]
    head = "".join(line + _LINE for line in lines if not line.endswith(": "))
    # One kind of line end: a lone CR or LF ends a line for some servers on the way, and not for others.
    message = b"\r\n".join((head.encode("ascii") + content.as_bytes()).splitlines()) + b"\r\n"
    return Envelope(message_id, _on_the_wire(froms[0]), recipients, message)


def _content(mail: Mail) -> EmailMessage:
    """All of it but the headers that say from whom to whom."""
    if not mail.text and not mail.html and not mail.attachments:
        raise _wrong("it is empty", "give 'text', 'html' or an attachment")
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    if mail.text or not mail.html:
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
    else:
        message.set_content(mail.html, subtype="html")
    for attachment in mail.attachments:
        _attach(message, attachment)
    return message


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    name = attachment.name
    _one_line("an attachment's name", name)
    _one_line(f"the content type of '{name}'", attachment.content_type)
    kind: Any = SMTP.header_factory("Content-Type", attachment.content_type)
    if kind.defects or kind.maintype in ("multipart", "message"):
        raise _wrong(
            f"'{attachment.content_type}' is no content type that '{name}' can have",
            "such as application/pdf; application/octet-stream is always right",
        )
    parameters = dict(kind.params)
    if attachment.text and kind.maintype == "text":
        parameters["charset"] = "utf-8"
    try:
        content = attachment.text.encode() or base64.b64decode(attachment.base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong(f"the attachment '{name}' is not base64: {error}") from None
    message.add_attachment(content, maintype=kind.maintype, subtype=kind.subtype, filename=name, params=parameters)


def _addresses(name: str, texts: Iterable[str]) -> list[Address]:
    found: list[Address] = []
    for text in filter(None, texts):
        _one_line(f"'{name}'", text)
        for shown, spec in getaddresses([text]):
            user, _, domain = spec.rpartition("@")
            try:
                address = Address(shown, addr_spec=spec)
            except Exception:  # the library raises what it likes
                address = Address()
            if not user or not domain or not address.domain or not user.isascii():
                raise _wrong(
                    f"'{name}' has '{text}', which is no address",
                    "such as ann@example.com or Ann Lee <ann@example.com>; a name with a comma needs quotes"
                    if user.isascii() else "only what stands behind the @ may have letters beyond ASCII",
                )  # fmt: skip
            _on_the_wire(address)
            found.append(address)
    return found


def _on_the_wire(address: Address) -> str:
    """As the server knows it: a domain of other letters in those of the DNS."""
    user, _, domain = address.addr_spec.rpartition("@")
    try:
        return f"{user}@{domain.encode('idna').decode() if not domain.isascii() else domain}"
    except UnicodeError:
        raise _wrong(f"'{domain}' is no domain") from None


def _list(addresses: list[Address]) -> str:
    """One address a line: where the library folds such lists itself, it may break them."""
    texts = []
    for address in addresses:
        spec = _on_the_wire(address)
        if not address.display_name:
            texts.append(spec)
        elif _plain(address.display_name):
            texts.append(str(Address(address.display_name, addr_spec=spec)))
        else:
            texts.append(f"{Header(address.display_name, 'utf-8').encode(linesep=_LINE)} <{spec}>")
    return f",{_LINE} ".join(texts)


def _further(headers: dict[str, str]) -> list[tuple[str, str]]:
    for name in headers:
        if not _HEADER.fullmatch(name):
            raise _wrong(f"'{name}' is no name of a header")
        if name.lower() in _OWN or name.lower().startswith("content-"):
            raise _wrong(f"the header '{name}' has a place of its own", "say it there, not among 'headers'")
    return [(name, value) for name, value in headers.items() if value]


def _header(name: str, value: str) -> str:
    _one_line(f"the header '{name}'", value)
    encoded = Header(value, "us-ascii" if _plain(value) else "utf-8", header_name=name).encode(linesep=_LINE)
    return f"{name}: {encoded}"


def _plain(value: str) -> bool:
    """Whether a text may stand as it is, and is read as it is."""
    return value.isascii() and "=?" not in value and all(len(word) <= LONGEST_WORD for word in value.split(" "))


def _one_line(what: str, value: str) -> None:
    if _CONTROL.search(value):
        raise _wrong(
            f"{what} holds a line break or another control character",
            "it would become a header of its own; take it out, such as with | replace('\\n', ' ')",
        )


def _wrong(words: str, hint: str = "") -> RequestRejectedError:
    return RequestRejectedError(f"the mail cannot be sent: {words}", hint=hint)
