"""HTTP digest authentication (RFC 7616, and RFC 2069 for servers that offer no qop)."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.auth.address import settle
from weftline.auth.base import AuthMethod
from weftline.auth.basic import BasicConfig
from weftline.model import Request, Response

_SCHEMES = re.compile(r"(?:^|,)\s*(?=[A-Za-z][\w-]*\s+[A-Za-z]+\s*=)")
_PARAMETERS = re.compile(r'([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_ALGORITHMS = {"SHA-256": "sha256", "SHA-256-SESS": "sha256", "MD5": "md5", "MD5-SESS": "md5"}
"""The strongest first."""


class DigestConfig(BasicConfig):
    """Which credentials are the user name and the password."""


@dataclass(frozen=True)
class _Challenge:
    """What a server asked for, and our own half: one random word a nonce, and a count of its uses."""

    realm: str
    nonce: str
    algorithm: str
    """As the server spells it."""
    qop: str
    opaque: str | None
    stale: bool
    hides_user: bool
    cnonce: str = field(default_factory=lambda: random.token_hex(16))
    counter: Any = field(default_factory=lambda: itertools.count(1))

    def digest(self, *parts: str | bytes) -> str:
        joined = b":".join(part.encode() if isinstance(part, str) else part for part in parts)
        return hashlib.new(_ALGORITHMS[self.algorithm.upper()], joined, usedforsecurity=False).hexdigest()


class DigestAuth(AuthMethod):
    """A digest of the password and of what a server asked for last, in every request."""

    kind: ClassVar[str] = "digest"
    title: ClassVar[str] = "Digest"
    Config: ClassVar[type[BaseModel]] = DigestConfig

    def __init__(self, config: DigestConfig, credentials: Mapping[str, str], variables: Mapping[str, Any]) -> None:
        super().__init__(config, credentials, variables)
        self._challenge: _Challenge | None = None

    @classmethod
    def credential_keys(cls, config: DigestConfig) -> list[str]:
        return [config.username, config.password]

    def sign(self, request: Request) -> None:
        """The Authorization header; nothing before the first challenge."""
        username, password = self.credential(self.config.username), self.credential(self.config.password)
        asked = self._challenge
        if asked is None:
            return
        parts = settle(request)
        uri = parts.path + (f"?{parts.query}" if parts.query else "")
        secret = asked.digest(username, asked.realm, password)
        if asked.algorithm.upper().endswith("-SESS"):
            secret = asked.digest(secret, asked.nonce, asked.cnonce)
        what = [request.method, uri]
        if asked.qop == "auth-int":
            what.append(asked.digest(request.body or b""))
        count = f"{next(asked.counter):08x}"
        uses = [count, asked.cnonce, asked.qop] if asked.qop else []
        shown = asked.digest(username, asked.realm) if asked.hides_user else username
        quoted = {
            "username": shown, "realm": asked.realm, "nonce": asked.nonce, "uri": uri,
            "response": asked.digest(secret, asked.nonce, *uses, asked.digest(*what)),
        }  # fmt: skip
        if asked.opaque is not None:
            quoted["opaque"] = asked.opaque
        if uses or asked.algorithm.upper().endswith("-SESS"):
            quoted["cnonce"] = asked.cnonce
        plain = {"algorithm": asked.algorithm, "qop": asked.qop, "nc": count if uses else ""}
        plain["userhash"] = "true" if asked.hides_user else ""
        pairs = [f'{name}="{_escaped(value)}"' for name, value in quoted.items()]
        pairs += [f"{name}={value}" for name, value in plain.items() if value]
        request.headers["Authorization"] = "Digest " + ", ".join(pairs)

    def challenged(self, response: Response) -> bool:
        """Take the strongest challenge that we know. The same nonce again, and not stale: the password is wrong."""
        if response.status != 401:
            return False
        found = _challenges(response.headers.get("www-authenticate", ""))
        if not found:
            return False
        before, self._challenge = self._challenge, found[0]
        return before is None or found[0].stale or found[0].nonce != before.nonce


def _challenges(header: str) -> list[_Challenge]:
    """The digest challenges of a header that we can answer, the strongest first."""
    found = []
    for text in _SCHEMES.split(header):
        scheme, _, rest = text.strip().partition(" ")
        if scheme.lower() != "digest":
            continue
        values = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain
            for name, quoted, plain in _PARAMETERS.findall(rest)
        }
        algorithm = values.get("algorithm", "MD5")
        offered = [word.strip().lower() for word in values.get("qop", "").split(",")]
        qop = next((word for word in ("auth", "auth-int", "") if word in offered), None)
        if algorithm.upper() not in _ALGORITHMS or qop is None or "nonce" not in values:
            continue
        found.append(
            _Challenge(
                realm=values.get("realm", ""),
                nonce=values["nonce"],
                algorithm=algorithm,
                qop=qop,
                opaque=values.get("opaque"),
                stale=values.get("stale", "").lower() == "true",
                hides_user=values.get("userhash", "").lower() == "true",
            )
        )
    return sorted(found, key=lambda one: list(_ALGORITHMS).index(one.algorithm.upper()))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
