"""Authenticators of a low-code manifest as authentication methods."""

from __future__ import annotations

import re
from typing import Any

from weftline.importers import naming
from weftline.importers.airbyte_config import Asked, Credentials
from weftline.importers.airbyte_jinja import NoEquivalentError, spans
from weftline.kernel.redact import is_secret_name

Json = dict[str, Any]
_SECONDS = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1, "weeks": 604800}


class Authenticators:
    """The methods of a manifest: each authenticator once."""

    def __init__(self, asked: Asked, advanced: Json) -> None:
        self._asked = asked
        self._draft = asked.draft
        self._advanced = advanced
        self._known: list[Json] = []

    def add(self, authenticator: Json | None, where: str) -> None:
        """The method of one requester."""
        bare = _bare(authenticator or {"type": "NoAuth"})
        if bare in self._known:
            return
        if self._known and bare.get("type") != "NoAuth":
            self._draft.todo(where, "has an authenticator of its own: choose its method on an instance of its own")
        self._known.append(bare)
        if bare.get("type") == "SelectiveAuthenticator":
            for name, one in (bare.get("authenticators") or {}).items():
                self._method(one, str(name))
            return
        if bare.get("type") != "NoAuth":
            self._method(authenticator or {}, "")

    def fixed(self, place: str, name: str, text: Any, parameters: Json) -> bool:
        """A secret among a request's own headers or query, as a method; False if there is another already."""
        found = Credentials(self._asked, parameters)
        prefix, config = _key_in_text(found, text)
        facts = {"place": {place: name}, "credential": config} | ({"prefix": prefix} if prefix else {})
        same = [one for one in self._draft.auth.values() if one["kind"] == "api_key"]
        if same:
            return all({key: one[key] for key in facts} == facts for one in same[:1] if facts.keys() <= one.keys())
        if any(one["kind"] != "none" for one in self._draft.auth.values()):
            return False
        self._draft.auth.pop("none", None)
        self._put("api_key", "API key", facts, found)
        return True

    def _method(self, one: Json, name: str) -> None:
        kind = str(one.get("type", ""))
        found = Credentials(self._asked, one.get("$parameters") or {})
        builder = {
            "ApiKeyAuthenticator": self._api_key, "BearerAuthenticator": self._bearer,
            "BasicHttpAuthenticator": self._basic, "OAuthAuthenticator": self._oauth,
            "SessionTokenAuthenticator": self._session, "LegacySessionTokenAuthenticator": self._legacy,
            "JwtAuthenticator": self._jwt,
        }.get(kind)  # fmt: skip
        key = naming.unique(naming.key(name or kind.removesuffix("Authenticator") or "auth"), self._draft.auth)
        try:
            if kind == "NoAuth":
                self._draft.auth[key] = {"key": key, "kind": "none", "title": "No authentication"}
                return
            method, config = (builder or self._unknown)(one, found)
        except NoEquivalentError as error:
            self._draft.todo(f"auth.{key}", f"{kind or 'the authenticator'} is not translated: {error}")
            self._draft.auth.setdefault("none", {"key": "none", "kind": "none", "title": "No authentication"})
            return
        self._put(method, naming.title(name) if name else _title(kind), config, found, key)

    def _put(self, kind: str, title: str, config: Json, found: Credentials, key: str | None = None) -> None:
        key = key or kind
        self._draft.auth[key] = {
            "key": key, "kind": kind, "title": title, "credentials": list(found.used.values()), **config,
        }  # fmt: skip

    def _unknown(self, one: Json, found: Credentials) -> tuple[str, Json]:
        raise NoEquivalentError(f"'{one.get('class_name') or one.get('type')}'")

    def _api_key(self, one: Json, found: Credentials) -> tuple[str, Json]:
        option = one.get("inject_into") or {}
        where = {"request_parameter": "query", "header": "header"}.get(
            str(option.get("inject_into", "header")), "body"
        )
        path = option.get("field_path")
        name = (
            ".".join(str(part) for part in path)
            if path
            else found.template(option.get("field_name") or one.get("header"))
        )
        prefix, credential = _key_in_text(found, one.get("api_token", ""))
        return "api_key", {"place": {where: str(name)}, "credential": credential} | (
            {"prefix": prefix} if prefix else {}
        )

    def _bearer(self, one: Json, found: Credentials) -> tuple[str, Json]:
        prefix, credential = _key_in_text(found, one.get("api_token", ""))
        if prefix:
            return "api_key", {
                "place": {"header": "Authorization"},
                "prefix": f"Bearer {prefix}",
                "credential": credential,
            }
        return "bearer", {"credential": credential}

    def _basic(self, one: Json, found: Credentials) -> tuple[str, Json]:
        config: Json = {}
        for part in ("username", "password"):
            text = one.get(part, "")
            credential = found.alone(text)
            if credential is None:
                if "{{" in str(text):
                    raise NoEquivalentError(f"its {part} {text}")
                credential = found.own(part)
                said = (
                    "is always empty, which has no equivalent" if not text else "is fixed in the manifest: enter it"
                )
                self._draft.todo("auth.basic_http", f"the {part} {said}")
            config[part] = credential
        return "basic", config

    def _oauth(self, one: Json, found: Credentials) -> tuple[str, Json]:
        client = {
            "client_id": found.alone(one.get("client_id", "")),
            "client_secret": found.alone(one.get("client_secret", "")),
        }
        if None in client.values():
            raise NoEquivalentError("a client id or secret that is no value of the specification")
        url = found.template(one.get("token_refresh_endpoint", ""))
        grant = str(one.get("grant_type", "refresh_token"))
        if any(
            is_secret_name(str(k)) and "{{" not in str(v) for k, v in (one.get("refresh_request_body") or {}).items()
        ):
            raise NoEquivalentError("a secret that is written in the manifest, and not copied")
        extra = {str(k): found.template(v) for k, v in (one.get("refresh_request_body") or {}).items()}
        scopes = [str(scope) for scope in one.get("scopes") or []]
        if (
            one.get("refresh_request_headers")
            or one.get("use_profile_assertion")
            or one.get("send_refresh_request_as_query_params")
        ):
            self._draft.todo(
                "auth.o_auth", "the token request has headers, an assertion or a query of its own: see the manifest"
            )
        consent = (
            (self._advanced.get("oauth_config_specification") or {}).get("oauth_connector_input_specification") or {}
        ).get("consent_url")
        if consent:
            self._draft.todo("auth.o_auth", f"people consent at {consent}: an oauth2_code method could ask them")
        if grant == "client_credentials":
            config: Json = {"token_url": url, "client_in": "body", "scopes": scopes, "extra": extra, **client}
            return "oauth2_client", {name: value for name, value in config.items() if value}
        refresh = found.alone(one.get("refresh_token", ""))
        if refresh is None or grant != "refresh_token":
            raise NoEquivalentError(
                f"the grant '{grant}'" if refresh else "a refresh token that is no value of the specification"
            )
        if one.get("refresh_token_updater"):
            self._draft.todo(
                "auth.o_auth", "the application gives a new refresh token each time; here the first one is kept"
            )
        body = {
            str(one.get("grant_type_name", "grant_type")): grant,
            str(one.get("client_id_name", "client_id")): f"{{{{ credentials.{client['client_id']} }}}}",
            str(one.get("client_secret_name", "client_secret")): f"{{{{ credentials.{client['client_secret']} }}}}",
            str(one.get("refresh_token_name", "refresh_token")): f"{{{{ credentials.{refresh} }}}}",
        } | ({"scopes": scopes} if scopes else {}) | extra  # fmt: skip
        return "session_login", {
            "url": url, "body": body, "encoding": "form",
            "token_from": {"body": str(one.get("access_token_name", "access_token"))},
            "lifetime_path": str(one.get("expires_in_name", "expires_in")),
            "send_headers": {"Authorization": "Bearer {{ token.value }}"},
        }  # fmt: skip

    def _session(self, one: Json, found: Credentials) -> tuple[str, Json]:
        login = one.get("login_requester") or {}
        path = login.get("path") or ""
        base = str(found.template(login.get("url_base") or login.get("url") or ""))
        url = f"{base.rstrip('/')}/{str(found.template(path)).lstrip('/')}" if path else base
        headers = {str(k): found.template(v) for k, v in (login.get("request_headers") or {}).items()}
        proof = login.get("authenticator") or {"type": "NoAuth"}
        if proof.get("type") == "BasicHttpAuthenticator":
            pair = (found.alone(proof.get("username", "")), found.alone(proof.get("password", "")))
            headers["Authorization"] = f'Basic {{{{ credentials.{pair[0]} + ":" + credentials.{pair[1]} | base64 }}}}'
            if None in pair:
                raise NoEquivalentError("a fixed user name or password of the login")
        elif proof.get("type") != "NoAuth":
            raise NoEquivalentError(f"a login with {proof.get('type')}")
        body, form = login.get("request_body_json"), login.get("request_body_data")
        sent = body or form
        config: Json = {
            "method": str(login.get("http_method", "GET")), "url": url, "headers": headers,
            "encoding": "form" if form and not body else "json",
            "token_from": {"body": ".".join(str(part) for part in one.get("session_token_path") or [])},
        }  # fmt: skip
        if isinstance(sent, dict):
            config["body"] = {str(k): found.template(v) for k, v in sent.items()}
        elif sent or login.get("request_body") or login.get("request_parameters"):
            raise NoEquivalentError("the login's body or query")
        if one.get("expiration_duration"):
            config["lifetime_s"] = seconds(str(one["expiration_duration"]))
        proof = one.get("request_authentication") or {}
        option = proof.get("inject_into") or {}
        value = re.sub(
            r"\{\{\s*session_token\s*\}\}", "{{ token.value }}", str(proof.get("api_token", "{{ session_token }}"))
        )
        if proof.get("type") == "SessionTokenRequestBearerAuthenticator":
            config["send_headers"] = {"Authorization": "Bearer {{ token.value }}"}
        elif option.get("inject_into") in ("header", "request_parameter"):
            place = "send_headers" if option["inject_into"] == "header" else "send_query"
            config[place] = {str(option.get("field_name")): value}
        else:
            raise NoEquivalentError("a session token within the body")
        return "session_login", config

    def _legacy(self, one: Json, found: Credentials) -> tuple[str, Json]:
        names = (found.alone(one.get("username", "")), found.alone(one.get("password", "")))
        if None in names:
            raise NoEquivalentError("a session without user name and password of the specification")
        return "session_login", {
            "url": found.template(one.get("login_url", "")),
            "body": {
                "username": f"{{{{ credentials.{names[0]} }}}}",
                "password": f"{{{{ credentials.{names[1]} }}}}",
            },
            "token_from": {"body": str(one.get("session_token_response_key", ""))},
            "send_headers": {str(one.get("header", "")): "{{ token.value }}"},
        }

    def _jwt(self, one: Json, found: Credentials) -> tuple[str, Json]:
        if one.get("algorithm") not in ("RS256", "PS256", "ES256") or one.get("header_prefix") not in (
            None,
            "Bearer",
        ):
            raise NoEquivalentError(
                f"the algorithm {one.get('algorithm')} with the prefix '{one.get('header_prefix', '')}'"
            )
        key = found.alone(one.get("secret_key", ""))
        if key is None:
            raise NoEquivalentError("a key that is no value of the specification")
        said = one.get("jwt_payload") or {}
        facts = {
            ours: found.template(said[theirs])
            for ours, theirs in (("issuer", "iss"), ("subject", "sub"), ("audience", "aud"))
            if said.get(theirs)
        }
        claims = {str(k): found.template(v) for k, v in (one.get("additional_jwt_payload") or {}).items()}
        headers = one.get("jwt_headers") or {}
        kid = {"key_id": found.template(headers["kid"])} if headers.get("kid") else {}
        life = {"lifetime_s": int(one.get("token_duration", 1200))}
        return "jwt_bearer", {"algorithm": one["algorithm"], "private_key": key, **facts, **kid, **life} | (
            {"claims": claims} if claims else {}
        )


def seconds(duration: str) -> int:
    """An ISO 8601 duration without months and years."""
    found = spans(duration)
    if any(unit not in _SECONDS for _, unit in found):
        raise NoEquivalentError(f"the duration '{duration}'")
    return sum(amount * _SECONDS[unit] for amount, unit in found)


def _key_in_text(found: Credentials, text: Any) -> tuple[str, str]:
    """What stands before a key, and its credential."""
    before, opening, rest = str(text).partition("{{")
    credential = found.alone(opening + rest)
    if credential is None:
        raise NoEquivalentError("a key that is no value of the specification")
    return before, credential


def _title(kind: str) -> str:
    titles = {"ApiKey": "API key", "Bearer": "Bearer token", "BasicHttp": "Name and password", "OAuth": "OAuth 2"}
    return titles.get(kind.removesuffix("Authenticator"), "Session")


def _bare(value: Any) -> Any:
    """Without parameters, which differ from stream to stream."""
    if isinstance(value, dict):
        return {
            key: _bare(one)
            for key, one in value.items()
            if key not in ("$parameters", *(value.get("$parameters") or {}))
        }
    return [_bare(one) for one in value] if isinstance(value, list) else value
