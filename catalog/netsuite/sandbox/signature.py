"""Checks token-based authentication: the OAuth 1.0a header with HMAC-SHA256 that NetSuite asks for.

Every part is really checked: realm, consumer key, token, method, version, timestamp (five minutes), nonce (six
characters or more, never used before with its timestamp) and the signature over method, URL and all parameters
(RFC 5849, section 3.4).
"""

from __future__ import annotations

import binascii
import functools
import hmac
import re
import time
from urllib.parse import parse_qsl, quote, unquote

from .options import NetSuiteOptions

__all__ = ["SignatureCheck"]

ALLOWED_SKEW_S = 300
SHORTEST_NONCE = 6
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_PLAIN_URL = re.compile(r"[A-Za-z0-9._~:/-]*")
_REQUIRED = {
    "oauth_consumer_key",
    "oauth_token",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_signature",
}


class SignatureCheck:
    """Judges one request after the other; remembers the nonces of the last ten minutes."""

    def __init__(self, options: NetSuiteOptions) -> None:
        self._realm = options.account
        self._consumer_key = options.consumer_key
        self._token_id = options.token_id
        secrets = (options.consumer_secret, options.token_secret)
        key = "&".join(quote(secret, safe="") for secret in secrets).encode()
        self._keyed = hmac.new(key, digestmod="sha256")
        self._nonces: dict[int, set[str]] = {}

    def forget(self) -> None:
        self._nonces.clear()

    def problem(self, method: str, base_url: str, path: str, query: bytes, authorization: bytes) -> str | None:
        """What is wrong with the request in one word as the vendor names it; None when it may pass."""
        kind, _, rest = authorization.decode("latin-1").partition(" ")
        if kind.lower() != "oauth":
            return "parameter_absent"
        given = _PARAMETER.findall(rest)
        values = dict(given)
        if len(values) != len(given):
            return "parameter_rejected"
        if not values.keys() >= _REQUIRED:
            return "parameter_absent"
        encoded_signature = values.pop("oauth_signature")
        realm = values.pop("realm", "")
        if rest.count("%") > encoded_signature.count("%"):
            plain = {name: unquote(value) for name, value in values.items()}
        else:
            plain = values
        refused = self._refusal(plain, unquote(realm))
        if refused:
            return refused
        timestamp = plain["oauth_timestamp"]
        at = int(timestamp) if timestamp.isdecimal() else 0
        now = int(time.time())
        if abs(now - at) > ALLOWED_SKEW_S:
            return "timestamp_refused"
        nonce = plain["oauth_nonce"]
        if len(nonce) < SHORTEST_NONCE:
            return "nonce_rejected"
        used = self._nonces.get(at)
        if used is not None and nonce in used:
            return "nonce_used"
        base = f"{method}&{_encode(base_url + path)}&{self._parameters(values, query)}"
        if not self._is_signed(base, encoded_signature):
            return "signature_invalid"
        if used is None:
            # Only a rightly signed request uses its nonce up; old ones are refused by their timestamp anyway.
            self._nonces = {t: n for t, n in self._nonces.items() if abs(now - t) <= ALLOWED_SKEW_S}
            used = self._nonces[at] = set()
        used.add(nonce)
        return None

    def _refusal(self, values: dict[str, str], realm: str) -> str | None:
        if realm != self._realm:
            return "permission_denied"
        if values["oauth_consumer_key"] != self._consumer_key:
            return "consumer_key_unknown"
        if values["oauth_token"] != self._token_id:
            return "token_rejected"
        if values["oauth_signature_method"] != "HMAC-SHA256":
            return "signature_method_rejected"
        if values.get("oauth_version", "1.0") != "1.0":
            return "version_rejected"
        return None

    def _is_signed(self, base: str, encoded_signature: str) -> bool:
        digest = self._keyed.copy()
        digest.update(base.encode())
        right = binascii.b2a_base64(digest.digest(), newline=False).decode()
        given = encoded_signature.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
        if "%" in given:
            given = unquote(given)
        return hmac.compare_digest(right.encode(), given.encode())

    def _parameters(self, values: dict[str, str], query: bytes) -> str:
        """All parameters, sorted and encoded once more; the header's values are encoded once already."""
        pairs = [*values.items(), *_query_pairs(query)] if query else list(values.items())
        pairs.sort()
        normal = "%26".join([f"{name}%3D{value}" for name, value in pairs])
        if normal.count("%") == 2 * len(pairs) - 1:
            return normal
        return "%26".join([f"{name.replace('%', '%25')}%3D{value.replace('%', '%25')}" for name, value in pairs])


@functools.lru_cache(maxsize=256)
def _query_pairs(query: bytes) -> tuple[tuple[str, str], ...]:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return tuple((quote(name, safe="~"), quote(value, safe="~")) for name, value in pairs)


def _encode(url: str) -> str:
    """Percent-encode a URL; the usual characters of a record's path without the slow general way."""
    if _PLAIN_URL.fullmatch(url):
        return url.replace(":", "%3A").replace("/", "%2F")
    return quote(url, safe="~")
