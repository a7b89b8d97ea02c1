"""SOAP 1.1 and 1.2 over HTTP: an envelope around what is sent, its body out of what comes back."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar, Literal
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from pydantic import BaseModel

from weftline.errors import CredentialRejectedError, RemoteFaultError, RequestRejectedError, UnreadableBodyError
from weftline.kernel import now
from weftline.model import Request, Response, field
from weftline.transports.base import Transport
from weftline.transports.http import HttpConfig, HttpTransport

ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_REFUSED = {"FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken", "FailedCheck", "MessageExpired"}
STAMP_LASTS = timedelta(minutes=5)


class SoapConfig(HttpConfig):
    """The service's address, its version of SOAP, and what stands in the header."""

    version: Literal["1.1", "1.2"] = field("1.1", title="SOAP version")
    header: str = field(
        "", title="Header", description="XML that goes into every envelope's header", multiline=True, advanced=True
    )
    security: Literal["none", "text", "digest"] = field(
        "none",
        title="WS-Security",
        description="A UsernameToken of the user name and password, the latter as text or as a digest; then they are "
        "not sent as HTTP credentials, too",
    )


class SoapTransport(HttpTransport):
    """SOAP over HTTP. A body in XML is what goes into the envelope; the header ``SOAPAction`` names the operation.

    The answer's body is what its envelope holds. Faults are raised: the client's as refused, the server's as a fault.
    Requests that are not XML (for a token, say) pass as they are.
    """

    kind: ClassVar[str] = "soap"
    title: ClassVar[str] = "SOAP"
    Config: ClassVar[type[BaseModel]] = SoapConfig
    config: SoapConfig
    signs: ClassVar[bool] = True

    open = Transport.open  # what an envelope holds is known when it is closed

    async def send(self, request: Request) -> Response:
        """What the answer's body holds; a fault is an error."""
        wrapped = _header(request, "content-type")
        if request.body is None or "xml" not in wrapped.lower():
            return await super().send(request)
        request = self._enveloped(request)
        if self.config.security == "none":
            self._login.sign(request)
        response = await super().send(request)
        if "xml" in response.headers.get("content-type", "xml") and response.body.strip():
            self._opened(response, request.url)
        return response

    def _enveloped(self, request: Request) -> Request:
        wrapped = request.copy()
        wrapped.method = "POST"
        action = _header(request, "soapaction").strip('"')
        names = {"content-type", "soapaction", "accept"}
        wrapped.headers = {name: value for name, value in request.headers.items() if name.lower() not in names}
        if self.config.version == "1.1":
            wrapped.headers |= {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        else:
            about = f'; action="{action}"' if action else ""
            wrapped.headers["Content-Type"] = f"application/soap+xml; charset=utf-8{about}"
        header = self.config.header + self._token()
        wrapped.body = (
            f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{ENVELOPES[self.config.version]}">'
            f"{f'<soap:Header>{header}</soap:Header>' if header else ''}<soap:Body>"
        ).encode() + _without_declaration(request.body or b"") + b"</soap:Body></soap:Envelope>"  # fmt: skip
        return wrapped

    def _token(self) -> str:
        """A UsernameToken (WS-Security 1.0), with a nonce and a moment, so that it cannot be used again."""
        if self.config.security == "none":
            return ""
        login = self._login.login()
        user, password = login.get("username", ""), login.get("password", "")
        if not user:
            raise CredentialRejectedError(
                "WS-Security needs a user name and a password", hint="choose an authentication method that has both"
            )
        nonce, moment = secrets.token_bytes(16), now()
        created, expires = (f"{time:%Y-%m-%dT%H:%M:%S}Z" for time in (moment, moment + STAMP_LASTS))
        form = "PasswordText"
        if self.config.security == "digest":
            form = "PasswordDigest"  # SHA-1 is what the standard says
            said = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False).digest()
            password = base64.b64encode(said).decode()
        return (
            f'<wsse:Security soap:mustUnderstand="1" xmlns:wsse="{_WSS}wssecurity-secext-1.0.xsd" '
            f'xmlns:wsu="{_WSS}wssecurity-utility-1.0.xsd"><wsu:Timestamp><wsu:Created>{created}</wsu:Created>'
            f"<wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp><wsse:UsernameToken>"
            f"<wsse:Username>{escape(user)}</wsse:Username>"
            f'<wsse:Password Type="{_WSS}username-token-profile-1.0#{form}">{escape(password)}</wsse:Password>'
            f'<wsse:Nonce EncodingType="{_WSS}soap-message-security-1.0#Base64Binary">'
            f"{base64.b64encode(nonce).decode()}</wsse:Nonce><wsu:Created>{created}</wsu:Created>"
            "</wsse:UsernameToken></wsse:Security>"
        )

    def _opened(self, response: Response, url: str) -> None:
        """Put what the envelope holds into the response, in place of the envelope."""
        try:
            envelope = fromstring(response.body, forbid_dtd=True)
        except (ET.ParseError, DefusedXmlException, ValueError) as error:
            if response.status >= 300:  # a page of something on the way: its status says enough
                return
            raise UnreadableBodyError(
                f"the answer of {url} is not safe, well-formed XML: {type(error).__name__} {str(error)[:200]}",
                hint="see that this is the service's own address, not that of its description (WSDL)",
            ) from None
        body = next((child for child in envelope if _local(child) == "Body"), None)
        if _local(envelope) != "Envelope" or body is None:
            if response.status >= 300:
                return
            raise UnreadableBodyError(
                f"the answer of {url} is no SOAP envelope; it is <{_local(envelope)}>", hint="see the base URL"
            )
        fault = next((child for child in body if _local(child) == "Fault"), None)
        if fault is not None:
            raise _fault(fault, response.status)
        inner = list(body)
        response.body = ET.tostring(inner[0], encoding="utf-8") if inner else b""


def _fault(fault: Any, status: int) -> RequestRejectedError | RemoteFaultError | CredentialRejectedError:
    texts = {_local(part): " ".join("".join(part.itertext()).split()) for part in fault.iter()}
    codes = [texts[name].rpartition(":")[2] for name in ("faultcode", "Value") if texts.get(name)]
    codes += [(part.text or "").strip().rpartition(":")[2] for part in fault.iter() if _local(part) == "Value"]
    said = texts.get("faultstring") or texts.get("Text") or "no reason given"
    detail = texts.get("detail") or texts.get("Detail") or ""
    words = f"the service says {codes[0] if codes else 'Fault'}: {said}{f' ({detail})' if detail else ''}"[:500]
    context = {"status": status}
    if _REFUSED & set(codes):
        return CredentialRejectedError(words, hint="see the instance's user name and password", context=context)
    # 1.1 lets codes go on behind a dot: Client.Authentication.
    if any(code.partition(".")[0] in ("Server", "Receiver") for code in codes):
        return RemoteFaultError(words, hint="the service has a fault; it is tried again", context=context)
    return RequestRejectedError(words, hint="see what the service says about the record", context=context)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _header(request: Request, name: str) -> str:
    return next((value for key, value in request.headers.items() if key.lower() == name), "")


def _without_declaration(body: bytes) -> bytes:
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.partition(b"?>")[2] if text.startswith(b"<?xml") else text
