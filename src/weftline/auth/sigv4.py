"""AWS Signature Version 4 in headers, for the cloud of that name and for what speaks its protocols."""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC
from typing import ClassVar
from urllib.parse import SplitResult, quote, unquote, unquote_plus

from pydantic import BaseModel

from weftline.auth.address import settle
from weftline.auth.base import AuthMethod
from weftline.auth.fill import credentials_in
from weftline.kernel import now
from weftline.model import Document, Key, Request, field

_OURS = {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "host"}
_UNSIGNED = {"expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"}
"""What proxies on the way may change."""


class SigV4Config(Document):
    """For which service and region, and which credentials are which."""

    service: str = field(title="Service", description="Template", example="execute-api")
    region: str = field(title="Region", description="Template", example="eu-west-1")
    access_key_id: Key = field("access_key_id", title="Access key id's credential", advanced=True)
    secret_access_key: Key = field("secret_access_key", title="Secret access key's credential", advanced=True)
    session_token: Key | None = field(
        None, title="Session token's credential", description="May be left empty by the person", advanced=True
    )
    unsigned_payload: bool = field(
        False, title="Leave bodies unsigned", description="For storage over HTTPS", advanced=True
    )


class SigV4Auth(AuthMethod):
    """A signature over method, address, headers and body, with a key derived for the day, region and service."""

    kind: ClassVar[str] = "sigv4"
    title: ClassVar[str] = "AWS Signature V4"
    Config: ClassVar[type[BaseModel]] = SigV4Config
    config: SigV4Config

    @classmethod
    def credential_keys(cls, config: SigV4Config) -> list[str]:
        session = [] if config.session_token is None else [config.session_token]
        named = credentials_in([config.service, config.region])
        return [config.access_key_id, config.secret_access_key, *session, *named]

    def login(self) -> Mapping[str, str]:
        """The same credentials, for transports that sign by themselves."""
        found = {
            "access_key_id": self.credential(self.config.access_key_id),
            "secret_access_key": self.credential(self.config.secret_access_key),
        }
        session = self._credentials.get(self.config.session_token or "")
        return found | ({"session_token": session} if session else {})

    def sign(self, request: Request) -> None:
        """The Authorization header, the date, and whatever else the service wants to be signed."""
        login = self.login()
        service, region = str(self.fill(self.config.service)), str(self.fill(self.config.region))
        storage = service.startswith("s3")
        parts = _settle(request)
        moment = now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        payload = "UNSIGNED-PAYLOAD"
        if not self.config.unsigned_payload:
            payload = hashlib.sha256(request.body or b"").hexdigest()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
        headers["X-Amz-Date"] = moment
        if "session_token" in login:
            headers["X-Amz-Security-Token"] = login["session_token"]
        if storage or self.config.unsigned_payload:
            headers["X-Amz-Content-SHA256"] = payload
        signed = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
        signed = {name: value for name, value in signed.items() if name not in _UNSIGNED} | {"host": _host(parts)}
        names = ";".join(sorted(signed))
        # Everywhere but in storage the path as it is sent is normalised and encoded once more.
        path = parts.path if storage else quote(_normal(parts.path), safe="/~")
        query = "&".join("=".join(pair) for pair in sorted(_pairs(parts.query)))
        lines = [f"{name}:{signed[name]}\n" for name in sorted(signed)]
        canonical = "\n".join([request.method.upper(), path, query, "".join(lines), names, payload])
        scope = f"{moment[:8]}/{region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = _key(login["secret_access_key"], moment[:8], region, service)
        request.headers = headers | {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={login['access_key_id']}/{scope}, SignedHeaders={names}, "
            f"Signature={hmac.digest(key, text.encode(), 'sha256').hex()}"
        }


def _settle(request: Request) -> SplitResult:
    """The address as it is sent, with everything encoded that the service encodes before it compares."""
    parts = settle(request)
    path = "/".join(quote(unquote(segment, errors="surrogateescape"), safe="~", errors="surrogateescape")
                    for segment in parts.path.split("/"))  # fmt: skip
    pairs = (tuple(quote(unquote_plus(half), safe="~") for half in pair) for pair in _pairs(parts.query))
    parts = parts._replace(path=path, query="&".join("=".join(pair) for pair in pairs))
    request.url = parts.geturl()
    return parts


def _pairs(query: str) -> list[tuple[str, str]]:
    halves = (part.partition("=") for part in query.split("&") if part)
    return [(name, value) for name, _, value in halves]


def _normal(path: str) -> str:
    """Without empty and dot segments (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if kept and path.endswith("/") else "")


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"


def _key(secret: str, day: str, region: str, service: str) -> bytes:
    steps = [day, region, service, "aws4_request"]
    return functools.reduce(
        lambda key, step: hmac.digest(key, step.encode(), "sha256"), steps, f"AWS4{secret}".encode()
    )
