"""OAuth 1.0a signatures (RFC 5849): HMAC-SHA256, HMAC-SHA1 or PLAINTEXT, with consumer and token credentials."""

from __future__ import annotations

import base64
import functools
import hmac
import itertools
import re
import secrets as random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import BaseModel

from weftline.auth.base import AuthMethod
from weftline.expr import compile_template
from weftline.model import Document, Key, Request, field


class OAuth1Config(Document):
    """Which credentials are which, and the realm."""

    realm: str = field("", title="Realm", description="May be a template over the instance's variables")
    signature_method: Literal["HMAC-SHA256", "HMAC-SHA1", "PLAINTEXT"] = field(
        "HMAC-SHA256", title="Signature method", description="PLAINTEXT sends the secrets themselves: HTTPS only"
    )
    consumer_key: Key = field("consumer_key", title="Consumer key's credential", advanced=True)
    consumer_secret: Key = field("consumer_secret", title="Consumer secret's credential", advanced=True)
    token: Key | None = field(
        "token_id", title="Token's credential", description="null: the consumer signs alone", advanced=True
    )
    token_secret: Key = field("token_secret", title="Token secret's credential", advanced=True)


class OAuth1Auth(AuthMethod):
    """Sign every request with consumer and token secrets."""

    kind: ClassVar[str] = "oauth1"
    title: ClassVar[str] = "OAuth 1.0a"
    Config: ClassVar[type[BaseModel]] = OAuth1Config

    def __init__(self, config: OAuth1Config, credentials: Mapping[str, str], variables: Mapping[str, Any]) -> None:
        super().__init__(config, credentials, variables)
        # Unique is all that a nonce must be: random for this session, counted within it.
        self._nonces = random.token_hex(8)
        self._counter = itertools.count(16**6)
        self._prepared: _Prepared | None = None

    def _prepare(self) -> _Prepared:
        config = self.config
        key = _encode(self.credential(config.consumer_secret)) + "&"
        fixed = [
            ("oauth_consumer_key", _encode(self.credential(config.consumer_key))),
            ("oauth_signature_method", config.signature_method),
            ("oauth_version", "1.0"),
        ]
        if config.token is not None:
            key += _encode(self.credential(config.token_secret))
            fixed.insert(2, ("oauth_token", _encode(self.credential(config.token))))
        realm = compile_template(config.realm).render(self.variables) if config.realm else ""
        head = "OAuth " + (f'realm="{_encode(str(realm))}", ' if realm else "")
        usual = sorted([*fixed, ("oauth_nonce", "\0"), ("oauth_timestamp", "\0")])
        algorithm = _ALGORITHMS.get(config.signature_method)
        keyed = hmac.new(key.encode(), digestmod=algorithm) if algorithm else None
        head += ", ".join(f'{name}="{value}"' for name, value in fixed)
        return _Prepared(key, keyed, fixed, head, _joined(usual).split("\0"))

    @classmethod
    def credential_keys(cls, config: OAuth1Config) -> list[str]:
        token = [] if config.token is None else [config.token, config.token_secret]
        return [config.consumer_key, config.consumer_secret, *token]

    def sign(self, request: Request) -> None:
        """The Authorization header over method, address, query and the fields of a form."""
        if self._prepared is None:
            self._prepared = self._prepare()
        ready = self._prepared
        timestamp, nonce = str(int(time.time())), f"{self._nonces}{next(self._counter):x}"
        head = f'{ready.head}, oauth_timestamp="{timestamp}", oauth_nonce="{nonce}", oauth_signature='
        if ready.keyed is None:
            request.headers["Authorization"] = f'{head}"{_encode(ready.key)}"'
            return
        base_url, _, inline = request.url.partition("?")
        more = [(_encode(name), _encode(value)) for name, value in request.query]
        if inline:
            more += [(name, value) for name, _, value in (part.partition("=") for part in inline.split("&") if part)]
        if request.body and _is_form(request.headers):
            form = parse_qsl(request.body.decode(), keep_blank_values=True)
            more += [(_encode(name), _encode(value)) for name, value in form]
        if more:
            parameters = _joined(
                sorted([*ready.fixed, ("oauth_nonce", nonce), ("oauth_timestamp", timestamp), *more])
            )
        else:
            before, between, after = ready.usual
            parameters = f"{before}{nonce}{between}{timestamp}{after}"
        signed = ready.keyed.copy()
        signed.update(f"{request.method}&{_encode_url(_base(base_url))}&{parameters}".encode())
        signature = base64.b64encode(signed.digest()).decode()
        signature = signature.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
        request.headers["Authorization"] = f'{head}"{signature}"'


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What is the same in every request."""

    key: str
    keyed: hmac.HMAC | None
    """What a signature begins with; None for PLAINTEXT, which sends the key."""
    fixed: list[tuple[str, str]]
    """Parameters, encoded."""
    head: str
    """Of the header."""
    usual: list[str]
    """What is signed when the request has no parameters of its own: before, between and after nonce and time."""


_ALGORITHMS = {"HMAC-SHA256": "sha256", "HMAC-SHA1": "sha1"}
_PLAIN_URL = re.compile(r"[A-Za-z0-9._~:/%-]*")


def _encode_url(url: str) -> str:
    """As :func:`_encode`, without its slow way for the usual characters of an address."""
    if _PLAIN_URL.fullmatch(url):
        return url.replace("%", "%25").replace(":", "%3A").replace("/", "%2F")
    return _encode(url)


def _is_form(headers: Mapping[str, str]) -> bool:
    return any(
        name.lower() == "content-type" and value.lower().startswith("application/x-www-form-urlencoded")
        for name, value in headers.items()
    )


def _joined(pairs: list[tuple[str, str]]) -> str:
    # Names and values are encoded already; joined, only their percent signs are left to encode.
    again = [(name.replace("%", "%25"), value.replace("%", "%25")) for name, value in pairs]
    return "%26".join([f"{name}%3D{value}" for name, value in again])


def _encode(text: str) -> str:
    return quote(text, safe="~")


def _base(url: str) -> str:
    """Scheme and host in lower case, without the default port (RFC 5849, section 3.4.1.2)."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return _origin(scheme, host) + slash + path


@functools.lru_cache(maxsize=256)
def _origin(scheme: str, host: str) -> str:
    parts = urlsplit(f"{scheme}://{host}")
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port and parts.port != default else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
