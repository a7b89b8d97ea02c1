"""Credentials in recorded requests: recognised by where they stand, their values left behind."""

from __future__ import annotations

import re
from typing import Any

from weftline.importers import naming
from weftline.importers.draft import Draft, Json
from weftline.kernel.redact import is_secret_name

Pairs = list[tuple[str, str]]

_PLAIN = {"username", "client_id", "access_key_id", "consumer_key"}
_TITLES = {
    "none": "No authentication", "basic": "Name and password", "bearer": "Bearer token", "api_key": "API key",
    "digest": "Digest", "sigv4": "AWS Signature V4", "oauth1": "OAuth 1.0a", "mtls": "Client certificate",
}  # fmt: skip
_OAUTH1 = ("consumer_key", "consumer_secret", "token_id", "token_secret")
_ASKED: dict[str, tuple[str, ...]] = {
    "basic": ("username", "password"), "digest": ("username", "password"), "bearer": ("token",),
    "api_key": ("token",),
    "sigv4": ("access_key_id", "secret_access_key"), "oauth1": _OAUTH1, "mtls": ("certificate", "private_key"),
}  # fmt: skip
_SECRET = re.compile(r"(^|[-_.])(api)?(keys?|auth|session(id)?|sid|pwd|pass|jwt|credentials?|sig)($|[-_.])", re.I)
_PAGING = re.compile(r"(page|next|continuation|sync|cursor|delta|skip|start)[-_]?tokens?$", re.I)
_LOOKS_SECRET = re.compile(
    r"^(eyJ[\w-]+\.[\w-]+|(sk|pk|rk)_(live|test)_|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AKIA[A-Z0-9]{12}|SG\.)"
)
_REFERENCE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
_COOKIE = re.compile(r"[\w.-]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z-]{0,24} )((?:token|key|api_?key)=)?", re.I)
_CREDENTIAL = re.compile(r"Credential=[^/,\s]*/\d*/([\w-]+)/([\w-]+)/aws4_request")


def is_secret(name: str, value: str = "") -> bool:
    """Whether a header or query key carries a secret, by its name or by how its value begins."""
    lowered = name.lower()
    if lowered.removeprefix("x-") == "idempotency-key" or _PAGING.search(name):
        return False
    inside = _REFERENCE.search(value)
    if inside and inside[1] != name and is_secret(inside[1]):
        return True
    return is_secret_name(lowered) or bool(_SECRET.search(name) or _LOOKS_SECRET.match(value))


class Methods:
    """The authentication methods that requests show, each once; the first becomes the default."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def strip(self, headers: Pairs, query: Pairs, where: str) -> tuple[Pairs, Pairs, bool]:
        """Headers and query without their secrets, which become methods; whether there were any."""
        found: list[tuple[str, Json, str]] = []
        kept: list[Pairs] = []
        for place, pairs in (("header", headers), ("query", query)):
            rest: Pairs = []
            for name, value in pairs:
                if not is_secret(name, value):
                    rest.append((name, value))
                elif (method := self._recognised(place, name, value, where)) is not None:
                    found.append((*method, name))
            kept.append(rest)
        # The session of a browser beside a key is the lesser proof.
        found.sort(key=lambda one: one[2].lower() in ("cookie",) or "csrf" in one[2].lower())
        for kind, config, _ in found[:1]:
            self.put(kind, where, **config)
        for *_, name in found[1:]:
            self._draft.todo(
                where, f"it sends a second secret, '{name}': an instance has one method, see which is needed"
            )
        return kept[0], kept[1], bool(found)

    def put(self, kind: str, where: str, **config: Any) -> str:
        """A method, new or known already; its key."""
        asked = list(_ASKED.get(kind, ()))
        for field in ("session_token",):
            asked += [config[field]] if config.get(field) else []
        return self.add(kind, where, asked, config)

    def add(self, kind: str, where: str, asked: list[str], config: Json, title: str = "") -> str:
        """The same with credentials and title of one's own."""
        facts: Json = {"kind": kind, "credentials": [_credential(one) for one in asked], **config}
        for key, known in self._draft.auth.items():
            if {name: one for name, one in known.items() if name not in ("key", "title")} == facts:
                if key != next(iter(self._draft.auth)):
                    self._draft.todo(where, f"it authenticates with '{key}', not with the default method")
                return key
        key = naming.unique(naming.key(kind), self._draft.auth)
        if self._draft.auth:
            self._draft.todo(where, f"it authenticates with '{key}', not with the default method")
        self._draft.auth[key] = {"key": key, "title": title or _TITLES.get(kind, naming.title(kind)), **facts}
        return key

    def _recognised(self, place: str, name: str, value: str, where: str) -> tuple[str, Json] | None:
        lowered = name.lower()
        if place == "header" and lowered == "authorization":
            return self._authorization(value, where)
        if lowered == "cookie":
            names = [one.partition("=")[0].strip() for one in value.split(";") if "=" in one]
            return "api_key", {"place": {"header": "Cookie"}} | (
                {"prefix": f"{names[0]}="} if len(names) == 1 and _COOKIE.fullmatch(names[0]) else {}
            )
        if lowered == "proxy-authorization":
            self._draft.todo(where, "it logs in to a proxy: that is set for the installation, not for a connector")
            return None
        return "api_key", {"place": {place: name}}

    def _authorization(self, value: str, where: str) -> tuple[str, Json] | None:
        scheme, _, rest = value.strip().partition(" ")
        match scheme.lower():
            case "basic" | "digest" | "bearer" as kind:
                return kind, {}
            case "oauth":
                method = re.search(r'signature_method="?([\w-]+)', rest)
                known = method and method[1] in ("HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT")
                return "oauth1", {"signature_method": method[1] if method and known else "HMAC-SHA1"}
            case "aws4-hmac-sha256":
                found = _CREDENTIAL.search(rest)
                if found is None:
                    self._draft.todo(where, "it is signed for AWS, but region and service cannot be read: add sigv4")
                    return None
                return "sigv4", {"region": found[1], "service": found[2]}
            case "ntlm" | "negotiate" | "hawk" | "kerberos":
                self._draft.todo(where, f"it authenticates with {scheme}, which has no equivalent here")
                return None
        prefix = _SCHEME.match(value)
        config: Json = {"place": {"header": "Authorization"}}
        return "api_key", config | ({"prefix": prefix[0]} if prefix and rest else {})


def _credential(key: str) -> Json:
    return {"key": key, "title": naming.title(key), "required": key != "session_token", "secret": key not in _PLAIN}
