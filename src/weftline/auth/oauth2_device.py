"""OAuth 2 device authorization (RFC 8628): a person types a code into another browser."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.auth.base import Consent, ConsentPlace, Token
from weftline.auth.fill import credentials_in
from weftline.auth.oauth2 import OAuth2Config
from weftline.auth.oauth2_code import AGAIN, RefreshingAuth
from weftline.auth.tokens import decoded, refuse
from weftline.errors import RateLimitedError, UnreadableBodyError
from weftline.model import Request, Response, field

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_S = 5.0


class OAuth2DeviceConfig(OAuth2Config):
    """Where codes and tokens come from, and how the client proves itself there."""

    device_url: str = field(
        title="Device URL", description="Template", example="{{ base_url }}/oauth/device_authorization"
    )


class OAuth2DeviceAuth(RefreshingAuth, Consent):
    """A token that a person consents to by typing a code at the application; for servers no browser comes back to."""

    kind: ClassVar[str] = "oauth2_device"
    title: ClassVar[str] = "OAuth 2 device code"
    Config: ClassVar[type[BaseModel]] = OAuth2DeviceConfig
    interactive: ClassVar[bool] = True
    config: OAuth2DeviceConfig

    @classmethod
    def credential_keys(cls, config: Any) -> list[str]:
        return list(dict.fromkeys([*super().credential_keys(config), *credentials_in(config.device_url)]))

    def consent(self, redirect_uri: str, state: str) -> Generator[Request, Response, ConsentPlace]:
        """Ask for a code, and where to type it."""
        response = yield self._post(str(self.fill(self.config.device_url)), self._scoped({}))
        refuse(response, self.secrets())
        answer: Any = decoded(response)
        try:
            return ConsentPlace(
                str(answer.get("verification_uri_complete") or answer["verification_uri"]),
                str(answer["device_code"]),
                str(answer["user_code"]),
                float(answer.get("interval") or 5),
                float(answer.get("expires_in") or 600),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            raise UnreadableBodyError(
                "the device endpoint's answer has no device_code, user_code and verification_uri",
                hint="see the device URL",
            ) from None

    def exchange(
        self, place: ConsentPlace, redirect_uri: str, answer: Mapping[str, str]
    ) -> Generator[Request, Response, Token | None]:
        """The first token, once the person has consented; None as long as nobody has.

        Raises :class:`RateLimitedError` with the seconds to wait when the application asks us to ask less often.
        """
        fields = {"grant_type": GRANT, "device_code": place.verifier}
        asking = self._ask(fields, hint=AGAIN)
        response = yield next(asking)
        match _error(response):
            case "authorization_pending":
                return None
            case "slow_down":
                raise RateLimitedError(
                    "the application wants to be asked less often whether somebody consented",
                    hint="ask again later",
                    retry_after_s=place.interval_s + SLOWER_S,
                )
        try:
            asking.send(response)
        except StopIteration as done:
            token: Token = done.value
            return token
        raise AssertionError  # a grant is one question


def _error(response: Response) -> str:
    answer = decoded(response) if response.status >= 400 else None
    return str(answer.get("error")) if isinstance(answer, dict) else ""
