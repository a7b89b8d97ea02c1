"""Authorisation of a collection, a folder or a request as methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weftline.importers.draft import Draft, Json
from weftline.importers.guess_auth import Methods

Template = Callable[[str], str]

_GRANTS = {
    "client_credentials": "oauth2_client", "password_credentials": "oauth2_password", "password": "oauth2_password",
    "authorization_code": "oauth2_code", "authorization_code_with_pkce": "oauth2_code",
}  # fmt: skip
_SIGNED = ("HMAC-SHA256", "HMAC-SHA1", "PLAINTEXT")


def attributes(auth: Json) -> Json:
    """The attributes of its type: a list of keys and values in v2.1, an object in v2.0."""
    found = auth.get(str(auth.get("type", "")))
    if isinstance(found, list):
        return {str(one.get("key", "")): one.get("value") for one in found if isinstance(one, dict)}
    return found if isinstance(found, dict) else {}


class Authorisations:
    """Adds the method of what inherits down to a request."""

    def __init__(self, draft: Draft, methods: Methods, template: Template) -> None:
        self._draft = draft
        self._methods = methods
        self._template = template

    def add(self, auth: Any, where: str) -> None:
        """The method; nothing for none."""
        if not isinstance(auth, dict):
            return
        kind, facts = str(auth.get("type") or "noauth"), attributes(auth)
        match kind:
            case "noauth":
                if self._draft.auth:
                    self._draft.todo(where, "it needs no authentication; the default method is sent all the same")
            case "basic" | "digest" | "bearer":
                self._methods.put(kind, where)
            case "apikey":
                place = "query" if facts.get("in") in ("query", "queryParams") else "header"
                self._methods.put("api_key", where, place={place: self._text(facts, "key") or "X-Api-Key"})
            case "oauth1":
                method = str(facts.get("signatureMethod") or "HMAC-SHA1")
                if method not in _SIGNED:
                    self._draft.todo(where, f"it signs with {method}, which has no equivalent here: see the method")
                realm = self._text(facts, "realm")
                config = {"signature_method": method if method in _SIGNED else "HMAC-SHA1"}
                self._methods.put("oauth1", where, **config | ({"realm": realm} if realm else {}))
            case "awsv4":
                region, service = self._text(facts, "region"), self._text(facts, "service")
                if not region or not service:
                    self._draft.todo(
                        where, "its AWS signature names no region or no service: see that they are right"
                    )
                session = {"session_token": "session_token"} if facts.get("sessionToken") else {}
                self._methods.put(
                    "sigv4", where, region=region or "us-east-1", service=service or "execute-api", **session
                )
            case "oauth2":
                self._oauth2(facts, where)
            case _:
                self._draft.todo(where, f"it authenticates with '{kind}', which has no equivalent here")

    def _oauth2(self, facts: Json, where: str) -> None:
        grant, url = str(facts.get("grant_type") or "authorization_code"), self._text(facts, "accessTokenUrl")
        consent = self._text(facts, "authUrl")
        kind = _GRANTS.get(grant)
        if not url or kind is None or (kind == "oauth2_code" and not consent):
            what = f"the grant '{grant}'" if kind is None else "no address of tokens"
            self._draft.todo(where, f"its OAuth 2 has {what}: a token that a person enters is asked for")
            self._methods.put("bearer", where)
            return
        config: Json = {"token_url": url, "scopes": self._text(facts, "scope").split()}
        if kind == "oauth2_code":
            config["authorize_url"] = consent
            if grant == "authorization_code":
                config["pkce"] = False
        if facts.get("client_authentication") == "body":
            config["client_in"] = "body"
        prefix = str(facts.get("headerPrefix") or "").strip()
        if prefix and prefix != "Bearer":
            config["prefix"] = f"{prefix} "
        extra = {name: self._text(facts, name) for name in ("audience", "resource") if facts.get(name)}
        if extra:
            config["extra"] = extra
        if facts.get("addTokenTo") == "queryParams":
            self._draft.todo(where, "its token goes into the query; here it goes into the header 'Authorization'")
        asked = ["client_id", "client_secret", *(["username", "password"] if kind == "oauth2_password" else [])]
        self._methods.add(kind, where, asked, config, "OAuth 2")

    def _text(self, facts: Json, name: str) -> str:
        value = facts.get(name)
        return self._template(str(value)) if value else ""
