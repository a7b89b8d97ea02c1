"""SOAP against a small service written for this on the standard library, which checks all it is sent."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import pytest

from tests.faults.server import FaultServer, Part, Seen, head
from weftline.auth.basic import BasicAuth, BasicConfig
from weftline.auth.none import NoAuth
from weftline.errors import (
    CredentialRejectedError,
    RemoteFaultError,
    RequestRejectedError,
    UnreadableBodyError,
)
from weftline.model import Request
from weftline.transports import TRANSPORTS, Login, OutboundPolicy
from weftline.transports.http import HttpConnections

SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
SUM = "urn:sums"
VERSIONS = pytest.mark.parametrize("version", ["1.1", "1.2"])
USER = BasicAuth(BasicConfig(), {"username": "acme <uk>", "password": "p&ss w<rd"}, {})


class Service:
    """Adds two numbers for whoever may; answers in its own prefixes."""

    def __init__(self, version: str, security: str = "") -> None:
        self.version, self.security, self.nonces = version, security, set[str]()

    def __call__(self, seen: Seen) -> list[Part]:
        self.seen = seen
        envelope = ET.fromstring(seen.body)
        name = f"{{{SOAP[self.version]}}}"
        assert envelope.tag == f"{name}Envelope"
        assert [child.tag for child in envelope] in ([f"{name}Body"], [f"{name}Header", f"{name}Body"])
        kinds = {"1.1": "text/xml", "1.2": "application/soap+xml"}
        assert (seen.method, seen.headers["content-type"].partition(";")[0]) == ("POST", kinds[self.version])
        if self.security and not self._may(envelope):
            return self.fault("Client", "wsse:FailedAuthentication", "who are you?")
        (operation,) = envelope[-1]
        a, b = (operation.findtext(f"{{{SUM}}}{part}") for part in "ab")
        if operation.tag != f"{{{SUM}}}Add" or a is None or b is None:
            return self.fault("Client", "", "no such operation")
        if a == "0":
            return self.fault("Server", "", "division by zero")
        return self.answer(f'<m:AddResponse xmlns:m="{SUM}"><m:sum>{int(a) + int(b)} ü</m:sum></m:AddResponse>')

    def _may(self, envelope: ET.Element) -> bool:
        token = envelope.find(f".//{WSSE}UsernameToken")
        assert token is not None
        user, password = token.findtext(f"{WSSE}Username"), token.findtext(f"{WSSE}Password")
        nonce, created = token.findtext(f"{WSSE}Nonce") or "", token.findtext(f"{WSU}Created") or ""
        if nonce in self.nonces:
            return False
        self.nonces.add(nonce)
        expected = "p&ss w<rd"
        if self.security == "digest":
            said = base64.b64decode(nonce) + created.encode() + expected.encode()
            expected = base64.b64encode(hashlib.sha1(said).digest()).decode()
        return (user, password) == ("acme <uk>", expected)

    def fault(self, code: str, sub: str, words: str) -> list[Part]:
        if self.version == "1.1":
            inner = (
                f"<e:Fault><faultcode>{sub or 'e:' + code}</faultcode><faultstring>{words}</faultstring></e:Fault>"
            )
        else:
            code = {"Client": "Sender", "Server": "Receiver"}[code]
            inner = f"<e:Code><e:Value>e:{code}</e:Value>"
            inner += f"<e:Subcode><e:Value>{sub}</e:Value></e:Subcode>" if sub else ""
            inner = f"<e:Fault>{inner}</e:Code><e:Reason><e:Text xml:lang='en'>{words}</e:Text></e:Reason></e:Fault>"
        return self.answer(inner, 500)

    def answer(self, inner: str, status: int = 200) -> list[Part]:
        body = f'<e:Envelope xmlns:e="{SOAP[self.version]}"><e:Header/><e:Body>{inner}</e:Body></e:Envelope>'
        return raw(body.encode(), status)


def raw(body: bytes, status: int = 200, kind: str = "text/xml; charset=utf-8") -> list[Part]:
    return [head(status, {"Content-Type": kind, "Content-Length": str(len(body))}), body, FaultServer.KEEP]


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as made:
        yield made


@pytest.fixture
async def connections() -> AsyncIterator[HttpConnections]:
    made = HttpConnections(OutboundPolicy(allow_private=True))
    yield made
    await made.close()


async def add(
    server: FaultServer, connections: HttpConnections, a: str = "1", login: Login | None = None,
    operation: str = "Add", **config: str,
) -> bytes:  # fmt: skip
    settings = TRANSPORTS.config("soap", {"base_url": server.url} | config)
    transport = TRANSPORTS.get("soap").build(settings, connections, login or NoAuth(None, {}, {}))
    body = f'<?xml version="1.0"?>\n<Add xmlns="{SUM}"><a>{a}</a><b>2</b></Add>'.replace("Add", operation)
    headers = {"Content-Type": "application/xml", "Accept": "application/xml", "SOAPAction": "urn:sums#Add"}
    return (await transport.send(Request("POST", server.url, [], headers, body.encode()))).body


@VERSIONS
async def test_an_operation_is_called(server: FaultServer, connections: HttpConnections, version: str) -> None:
    server.answers["/"] = service = Service(version)
    answer = ET.fromstring(await add(server, connections, version=version))
    assert answer.tag == f"{{{SUM}}}AddResponse"
    assert answer.findtext(f"{{{SUM}}}sum") == "3 ü"
    action = service.seen.headers.get("soapaction") or service.seen.headers["content-type"].partition("action=")[2]
    assert action == '"urn:sums#Add"'


@VERSIONS
@pytest.mark.parametrize("security", ["text", "digest"])
async def test_a_username_token_proves_who_we_are(
    server: FaultServer, connections: HttpConnections, version: str, security: str
) -> None:
    server.answers["/"] = service = Service(version, security)
    config = {"version": version, "security": security, "header": "<x:Tenant xmlns:x='urn:x'>uk</x:Tenant>"}
    for _ in range(2):  # the service takes no nonce twice
        await add(server, connections, login=USER, **config)
    assert "authorization" not in service.seen.headers
    assert b"<x:Tenant" in service.seen.body
    other = BasicAuth(BasicConfig(), {"username": "acme", "password": "guess"}, {})
    with pytest.raises(CredentialRejectedError, match="FailedAuthentication: who are you"):
        await add(server, connections, login=other, **config)
    with pytest.raises(CredentialRejectedError, match="needs a user name"):
        await add(server, connections, **config)


async def test_without_ws_security_the_request_is_signed(server: FaultServer, connections: HttpConnections) -> None:
    server.answers["/"] = service = Service("1.1")
    await add(server, connections, login=USER)
    assert service.seen.headers["authorization"].startswith("Basic ")


@VERSIONS
async def test_faults_are_the_clients_or_the_servers(
    server: FaultServer, connections: HttpConnections, version: str
) -> None:
    server.answers["/"] = Service(version)
    with pytest.raises(RequestRejectedError, match=r"says (Client|Sender): no such operation"):
        await add(server, connections, operation="Subtract", version=version)
    with pytest.raises(RemoteFaultError, match=r"says (Server|Receiver): division by zero"):
        await add(server, connections, a="0", version=version)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'


@pytest.mark.parametrize("body", [BOMB, OUTSIDE, b"<!DOCTYPE x><x/>", b"<a>", b"\xff<a/>", b"<html/>", b"{}",
                                  b"<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>"])  # fmt: skip
async def test_what_is_no_safe_envelope_is_not_read(
    server: FaultServer, connections: HttpConnections, body: bytes
) -> None:
    server.answers["/"] = raw(body)
    with pytest.raises(UnreadableBodyError):
        await add(server, connections)
    server.answers["/"] = raw(body, 503)
    assert await add(server, connections) == body, "a bad status is for the judge"


async def test_an_empty_answer_is_one(server: FaultServer, connections: HttpConnections) -> None:
    server.answers["/"] = raw(b"", 202)
    assert await add(server, connections) == b""
    server.answers["/"] = Service("1.1").answer("")
    assert await add(server, connections) == b""


async def test_what_is_not_xml_passes_as_it_is(server: FaultServer, connections: HttpConnections) -> None:
    """A request for a token, which goes the same way."""
    server.answers["/token"] = raw(b'{"access_token": "a"}', kind="application/json")
    settings = TRANSPORTS.config("soap", {"base_url": server.url})
    transport = TRANSPORTS.get("soap").build(settings, connections, USER)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await transport.send(Request("POST", f"{server.url}/token", [], form, b"grant_type=x"))
    assert (response.body, server.seen[0].body) == (b'{"access_token": "a"}', b"grant_type=x")
    assert "authorization" not in server.seen[0].headers
