"""OAuth 2 authorization code (RFC 6749, section 4.1) with PKCE (RFC 7636), renewed with refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets as random
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel

from weftline.auth.base import Consent, ConsentPlace, Token
from weftline.auth.fill import credentials_in
from weftline.auth.oauth2 import OAuth2Auth, OAuth2Config
from weftline.auth.tokens import reason
from weftline.errors import CredentialRejectedError
from weftline.kernel import Redactor
from weftline.model import Request, Response, field

AGAIN = "authorise the instance again"


class OAuth2CodeConfig(OAuth2Config):
    """Where a person consents, where tokens come from, and how the client proves itself there."""

    authorize_url: str = field(
        title="Authorise URL", description="Template", example="{{ base_url }}/oauth/authorize"
    )
    authorize_extra: dict[str, str] = field(
        dict, title="Further parameters", description="Templates, for the authorise URL", advanced=True,
        example={"access_type": "offline"},
    )  # fmt: skip
    pkce: bool = field(True, title="PKCE", description="Off only for applications that refuse it", advanced=True)


class RefreshingAuth(OAuth2Auth):
    """A token that a person consented to, and that its refresh token renews."""

    def renew(self) -> Generator[Request, Response, Token]:
        """A new token for the refresh token; where the application rotates those, the new one replaces the old."""
        old = self.token
        if old is None or not old.refresh:
            raise CredentialRejectedError(
                "nobody has authorised the instance" if old is None else "the token ran out and has no refresh token",
                hint=AGAIN,
            )
        fields = {"grant_type": "refresh_token", "refresh_token": old.refresh}
        new = yield from self._ask(fields, hint=AGAIN, refresh=old.refresh)
        return replace(new, extra=old.extra | new.extra)


class OAuth2CodeAuth(RefreshingAuth, Consent):
    """A token that a person consents to in the browser, renewed with its refresh token."""

    kind: ClassVar[str] = "oauth2_code"
    title: ClassVar[str] = "OAuth 2 authorization code"
    Config: ClassVar[type[BaseModel]] = OAuth2CodeConfig
    interactive: ClassVar[bool] = True
    config: OAuth2CodeConfig

    @classmethod
    def credential_keys(cls, config: Any) -> list[str]:
        more = credentials_in([config.authorize_url, config.authorize_extra])
        return list(dict.fromkeys([*super().credential_keys(config), *more]))

    def consent(self, redirect_uri: str, state: str) -> Generator[Request, Response, ConsentPlace]:
        """The authorise URL; nothing is asked of the application first."""
        yield from ()
        config = self.config
        verifier = random.token_urlsafe(48) if config.pkce else ""
        parameters = {
            "response_type": "code",
            "client_id": self.credential(config.client_id),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        if verifier:
            challenge = hashlib.sha256(verifier.encode()).digest()
            parameters["code_challenge"] = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
            parameters["code_challenge_method"] = "S256"
        parameters = self._scoped(parameters) | self.fill(config.authorize_extra)
        url = str(self.fill(config.authorize_url))
        return ConsentPlace(f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}", verifier)

    def exchange(
        self, place: ConsentPlace, redirect_uri: str, answer: Mapping[str, str]
    ) -> Generator[Request, Response, Token | None]:
        """The first token, for the code that the browser came back with."""
        if "code" not in answer:
            told = Redactor(self.secrets()).text(reason(answer))
            raise CredentialRejectedError(f"no authorisation was given{': ' + told if told else ''}", hint=AGAIN)
        fields = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": redirect_uri}
        if place.verifier:
            fields["code_verifier"] = place.verifier
        token = yield from self._ask(fields, hint=AGAIN)
        # Some applications tell what belongs to the token (a company's id, say) when the browser comes back.
        came_back = {name: answer[name] for name in self.config.keep if name in answer}
        return replace(token, extra=came_back | token.extra)
