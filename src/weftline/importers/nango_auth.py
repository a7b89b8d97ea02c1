"""The authentication of a provider block as a method."""

from __future__ import annotations

import re
from typing import Any

from weftline.importers import naming
from weftline.importers.draft import Draft, Json
from weftline.importers.guess_auth import Methods, is_secret
from weftline.importers.nango_texts import NoEquivalentError, Texts, table

_PLAIN = {"username", "client_id", "key_id"}
_ALGORITHMS = ("RS256", "PS256", "ES256")


class Auth:
    """Adds the method of a block; what it takes from the proxy's headers and query is in ``taken``."""

    def __init__(self, block: Json, texts: Texts, draft: Draft) -> None:
        self._block = block
        self._texts = texts
        self._draft = draft
        self._methods = Methods(draft)
        self._proxy = table(block.get("proxy"))
        self.taken: set[str] = set()

    def add(self) -> None:
        """The method; a todo when the mode has no equivalent here."""
        mode = str(self._block.get("auth_mode") or "NONE")
        known = {
            "API_KEY": self._api_key, "BASIC": self._basic, "OAUTH2": self._oauth2, "OAUTH2_CC": self._oauth2,
            "OAUTH1": self._oauth1, "TWO_STEP": self._two_step, "JWT": self._jwt, "NONE": self._none,
        }.get(mode, self._unknown)  # fmt: skip
        try:
            known()
        except NoEquivalentError as error:
            self._draft.auth["none"] = {"key": "none", "kind": "none", "title": "No authentication"}
            self._draft.todo("auth", f"its authentication is not translated ({error}): add the method")

    def _put(self, kind: str, title: str, config: Json, asked: list[str]) -> None:
        """A method with the credentials that the block describes, or that the kind needs."""
        described = {naming.key(str(name)): table(one) for name, one in table(self._block.get("credentials")).items()}
        credentials = []
        for key in asked:
            facts = described.get(key, {})
            optional = facts.get("optional") is True or facts.get("hidden") is True
            credentials.append({
                "key": key, "title": str(facts.get("title") or naming.title(key)),
                "help": str(facts.get("description") or ""), "required": not optional,
                "secret": key not in _PLAIN or facts.get("secret") is True,
            })  # fmt: skip
        self._draft.auth[kind] = {"key": kind, "kind": kind, "title": title, "credentials": credentials, **config}

    def _none(self) -> None:
        self._put("none", "No authentication", {}, [])

    def _unknown(self) -> None:
        raise NoEquivalentError(f"the mode {self._block.get('auth_mode')}")

    def _basic(self) -> None:
        self.taken |= {name for name in table(self._proxy.get("headers")) if str(name).lower() == "authorization"}
        self._put("basic", "Name and password", {}, ["username", "password"])

    def _api_key(self) -> None:
        for place in ("headers", "query"):
            for name, text in table(self._proxy.get(place)).items():
                found = re.fullmatch(r"([^$]*)\$\{(?:credentials\.)?apiKey\}", str(text))
                if found is None:
                    continue
                self.taken.add(str(name))
                if place == "headers" and str(name).lower() == "authorization" and found[1] == "Bearer ":
                    self._put("bearer", "Bearer token", {"credential": "api_key"}, ["api_key"])
                    return
                config: Json = {"place": {"header" if place == "headers" else "query": str(name)}}
                config |= {"credential": "api_key"} | ({"prefix": found[1]} if found[1] else {})
                self._put("api_key", "API key", config, ["api_key"])
                return
        raise NoEquivalentError("where the key goes")

    def _oauth2(self) -> None:
        block, text = self._block, self._texts.text
        grant = str(table(block.get("token_params")).get("grant_type") or "")
        url = block.get("token_url")
        if not isinstance(url, str):
            raise NoEquivalentError("a token address for each mode")
        basic = block.get("token_request_auth_method") == "basic" or block.get("authorization_method") == "header"
        extra = {
            str(name): text(value)
            for name, value in table(block.get("token_params")).items()
            if name not in ("grant_type", "username", "password", "client_id", "client_secret")
        }
        config: Json = {"token_url": text(url), "client_in": "header" if basic else "body"}
        scopes = block.get("default_scopes")
        config["scopes"] = [str(one) for one in scopes] if isinstance(scopes, list) else []
        config |= {"extra": extra} if extra else {}
        asked = ["client_id", "client_secret"]
        if block.get("body_format") in ("json", "query"):
            self._draft.todo("auth", f"its token request is sent as {block['body_format']}; here it is a form")
        if str(block.get("scope_separator") or " ") != " ":
            self._draft.todo("auth", f"its scopes are separated by '{block['scope_separator']}': give them as one")
        if grant == "password":
            self._put("oauth2_password", "OAuth 2", config, [*asked, "username", "password"])
        elif block.get("auth_mode") == "OAUTH2_CC" or grant == "client_credentials":
            self._put("oauth2_client", "OAuth 2", config, asked)
        else:
            self._consent(config, asked)

    def _consent(self, config: Json, asked: list[str]) -> None:
        block, text = self._block, self._texts.text
        if not block.get("authorization_url"):
            raise NoEquivalentError("no address to consent at")
        config["authorize_url"] = text(block["authorization_url"])
        if block.get("authorization_url_fragment"):
            self._draft.todo("auth", "its address to consent at has a part behind '#': see that it works")
        more = {
            str(name): text(value)
            for name, value in table(block.get("authorization_params")).items()
            if name not in ("response_type", "scope")
        }
        config |= {"authorize_extra": more} if more else {}
        if block.get("disable_pkce") is True:
            config["pkce"] = False
        metadata = block.get("token_response_metadata")
        if isinstance(metadata, list) and metadata:
            self._draft.todo("auth", f"its token's answer gives {', '.join(map(str, metadata))}, asked for here")
        self._draft.todo("auth", "see which scopes are needed")
        self._put("oauth2_code", "OAuth 2", config, asked)

    def _oauth1(self) -> None:
        method = str(self._block.get("signature_method") or "HMAC-SHA1")
        if method not in ("HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"):
            raise NoEquivalentError(f"the signature {method}")
        consent = self._block.get("authorization_url")
        self._draft.todo("auth.oauth1", f"people consent at {consent}: here they enter the token they got")
        asked = ["consumer_key", "consumer_secret", "token_id", "token_secret"]
        self._put("oauth1", "OAuth 1.0a", {"signature_method": method}, asked)

    def _two_step(self) -> None:
        block, text = self._block, self._texts.text
        if block.get("additional_steps") or block.get("assertion") or block.get("signature"):
            raise NoEquivalentError("a token in more than two steps, or with a signature")
        answer = table(block.get("token_response"))
        if not isinstance(block.get("token_url"), str) or not answer.get("token"):
            raise NoEquivalentError("no address of tokens")
        form = block.get("body_format") == "form"
        if block.get("body_format") == "xml":
            raise NoEquivalentError("a login in XML")
        body = {str(name): text(value) for name, value in table(block.get("token_params")).items()}
        headers = {
            str(name): text(value)
            for name, value in table(block.get("token_headers")).items()
            if str(name).lower() != "content-type"
        }
        config: Json = {
            "method": str(block.get("token_request_method") or "POST"), "url": text(block["token_url"]),
            "encoding": "form" if form else "json", "token_from": {"body": str(answer["token"])},
        }  # fmt: skip
        config |= ({"body": body} if body else {}) | ({"headers": headers} if headers else {})
        if isinstance(block.get("token_expires_in_ms"), int) and block["token_expires_in_ms"] >= 1000:
            config["lifetime_s"] = block["token_expires_in_ms"] // 1000
        elif answer.get("token_expiration") and answer.get("token_expiration_strategy") == "expireIn":
            config["lifetime_path"] = str(answer["token_expiration"])
        config["send_headers"] = self._session_headers()
        self._put("session_login", "Login", config, self._texts.credentials)

    def _session_headers(self) -> Json:
        found: Json = {}
        for name, value in table(self._proxy.get("headers")).items():
            if "${accessToken}" in str(value):
                self.taken.add(str(name))
                pieces = [self._texts.text(piece) for piece in str(value).split("${accessToken}")]
                found[str(name)] = "{{ token.value }}".join(pieces)
        return found or {"Authorization": "Bearer {{ token.value }}"}

    def _jwt(self) -> None:
        token = table(self._block.get("token"))
        header, payload = table(token.get("header")), table(token.get("payload"))
        key = re.fullmatch(r"\$\{credentials\.(\w+)\}", str(token.get("signing_key") or ""))
        if header.get("alg") not in _ALGORITHMS or key is None:
            raise NoEquivalentError(f"a token signed with {header.get('alg')}")
        config: Json = {"algorithm": header["alg"], "private_key": naming.key(key[1])}
        names = {"issuer": payload.get("iss"), "subject": payload.get("sub"), "audience": payload.get("aud"),
                 "key_id": header.get("kid")}  # fmt: skip
        config |= {name: self._texts.text(value) for name, value in names.items() if value}
        if isinstance(token.get("expires_in_ms"), int):
            config["lifetime_s"] = token["expires_in_ms"] // 1000
        left = [str(name) for name in payload if name not in ("iss", "sub", "aud")]
        if left:
            self._draft.todo("auth.jwt_bearer", f"its claims {', '.join(left)} are not translated: add them")
        self.taken |= {
            str(name) for name in table(self._proxy.get("headers")) if str(name).lower() == "authorization"
        }
        asked = [naming.key(key[1]), *(one for one in self._texts.credentials if one != naming.key(key[1]))]
        self._put("jwt_bearer", "Signed token", config, asked)

    def headers(self) -> dict[str, Any]:
        """The proxy's other headers; a second secret among them is said and left out."""
        found: dict[str, Any] = {}
        for name, value in table(self._proxy.get("headers")).items():
            if str(name) in self.taken:
                continue
            secret = "${connectionConfig" not in str(value) and "${" in str(value)
            if secret or (is_secret(str(name), str(value)) and "${" in str(value)):
                self._draft.todo("auth", f"the header '{name}' carries a second secret: an instance has one method")
                continue
            try:
                found[str(name)] = self._texts.open(value)
            except NoEquivalentError as error:
                self._draft.todo("transport", f"the header '{name}' is not translated: {error}")
        return found
