"""A mail as its bytes: made of plain values, so that no value can become a header of its own."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses, localtime, make_msgid

from pydantic import ConfigDict, Field, ValidationError

from weftline.errors import RequestRejectedError
from weftline.kernel import explain, json
from weftline.model import Document

_OURS = {
    "from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version", "content-type",
    "content-transfer-encoding", "content-disposition",
}  # fmt: skip
Addresses = str | list[str]


class Attachment(Document):
    """A file: its bytes as base64, or text."""

    name: str
    content_type: str = "application/octet-stream"
    base64: str | None = None
    text: str | None = None


class Mail(Document):
    """The body of SEND."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    sender: str = Field(alias="from")
    to: Addresses = ""
    cc: Addresses = ""
    bcc: Addresses = ""
    reply_to: Addresses = ""
    subject: str = ""
    text: str | None = None
    html: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    attachments: list[Attachment] | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server is told, and the mail itself."""

    sender: str
    recipients: list[str]
    message: bytes
    message_id: str


def envelope(body: bytes | None) -> Envelope:
    """The mail of a request's body; :class:`RequestRejectedError` says what is wrong with it."""
    try:
        mail = Mail.model_validate(json.decode(body or b"null"))
    except ValidationError as error:
        raise RequestRejectedError(
            f"the mail is not right: {explain(error)}", hint="see the endpoint's body"
        ) from None
    try:
        return _envelope(mail)
    except (ValueError, MessageError, HeaderParseError, LookupError) as error:
        raise RequestRejectedError(
            f"the mail cannot be written: {error}", hint="see its addresses, headers and attachments"
        ) from None


def _envelope(mail: Mail) -> Envelope:
    senders = _addresses(mail.sender, "from")
    if len(senders) != 1:
        raise ValueError("'from' needs one address")
    sender = senders[0]
    places = {name: _addresses(getattr(mail, name), name) for name in ("to", "cc", "bcc")}
    recipients = list(dict.fromkeys(address.addr_spec for found in places.values() for address in found))
    if not recipients:
        raise ValueError("it has no recipient: 'to', 'cc' and 'bcc' are empty")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    for name in ("to", "cc"):
        if places[name]:
            message[name.capitalize()] = places[name]
    if reply_to := _addresses(mail.reply_to, "reply_to"):
        message["Reply-To"] = reply_to
    message["Subject"] = mail.subject
    message["Date"] = localtime()
    message["Message-ID"] = message_id = make_msgid(domain=sender.domain)
    for name, value in mail.headers.items():
        if name.lower() in _OURS:
            raise ValueError(f"the header '{name}' is set by a field of its own")
        message[name] = value
    _write(message, mail)
    return Envelope(sender.addr_spec, recipients, message.as_bytes(), message_id)


def _write(message: EmailMessage, mail: Mail) -> None:
    if mail.text is not None or mail.html is None:
        message.set_content(mail.text or "")
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html")
    else:
        message.set_content(mail.html, subtype="html")
    for attachment in mail.attachments or []:
        kind, _, subtype = attachment.content_type.partition(";")[0].strip().partition("/")
        if not kind or not subtype:
            raise ValueError(f"'{attachment.content_type}' of '{attachment.name}' is no content type")
        message.add_attachment(_bytes(attachment), maintype=kind, subtype=subtype, filename=attachment.name)


def _bytes(attachment: Attachment) -> bytes:
    if attachment.base64 is None:
        return (attachment.text or "").encode()
    try:
        return base64.b64decode(attachment.base64, validate=True)
    except binascii.Error:
        raise ValueError(f"the attachment '{attachment.name}' is not base64") from None


def _addresses(given: Addresses, name: str) -> Sequence[Address]:
    """Addresses with their names, as one text with commas or as a list."""
    texts = [text for text in ([given] if isinstance(given, str) else given) if text.strip()]
    if any("\n" in text or "\r" in text for text in texts):
        raise ValueError(f"'{name}' has a line break")
    found = []
    for shown, address in getaddresses(texts):
        user, at, domain = address.rpartition("@")
        if not at or not user or not domain or " " in address:
            raise ValueError(f"'{name}' has '{address or texts[0]}', which is no address")
        found.append(Address(shown, user, domain))
    return found
