"""What the OAuth 2 grants share: the client's proof at the token URL, and the token in every request."""

from __future__ import annotations

import base64
from collections.abc import Generator, Mapping
from typing import Any, ClassVar, Literal, Self
from urllib.parse import quote, urlencode, urlsplit

from pydantic import model_validator

from weftline.auth.assertion import AssertionConfig, assertion_keys, sign_assertion
from weftline.auth.base import AuthMethod, Token
from weftline.auth.fill import credentials_in
from weftline.auth.tokens import SEE_CLIENT, read_token
from weftline.model import Document, Key, Request, Response, field


class OAuth2Config(Document):
    """Where tokens come from and how the client proves itself there."""

    token_url: str = field(title="Token URL", description="Template", example="{{ base_url }}/oauth/token")
    scopes: list[str] = field(list, title="Scopes", example=["orders.read"])
    client_in: Literal["header", "body", "assertion", "none"] = field(
        "header",
        title="Client's proof in",
        description="assertion: a signed JWT instead of a secret; none: no secret",
    )
    client_id: Key = field("client_id", title="Client id's credential", advanced=True)
    client_secret: Key = field("client_secret", title="Client secret's credential", advanced=True)
    assertion: AssertionConfig | None = field(
        None, title="Signed assertion", description="Issuer and subject are the client id unless said otherwise"
    )
    extra: dict[str, str] = field(
        dict, title="Further fields", description="Templates: audience, resource, ...", advanced=True
    )
    keep: list[str] = field(
        list, title="Fields to keep", description="Of the answer, beside the token", example=["instance_url"],
        advanced=True,
    )  # fmt: skip
    address_from: str = field(
        "", title="Address from", description="The field of the answer that says where the API is", advanced=True,
        example="instance_url",
    )  # fmt: skip
    lifetime_s: float | None = field(
        None, title="Lifetime", description="Seconds, if the answer does not say", gt=0, advanced=True
    )
    header: str = field("Authorization", title="Header of the token", advanced=True)
    prefix: str = field("Bearer ", title="Text before the token", advanced=True)
    headers: dict[str, str] = field(
        dict,
        title="Further headers",
        description="Templates",
        example={"X-Realm": "{{ token.realm }}"},
        advanced=True,
    )

    @model_validator(mode="after")
    def _assertion_where_it_is_used(self) -> Self:
        if (self.client_in == "assertion") != (self.assertion is not None):
            raise ValueError("client_in: assertion goes with the key 'assertion', which says what is signed")
        return self


class OAuth2Auth(AuthMethod):
    """A grant: asks the token URL and signs with the token."""

    uses_token: ClassVar[bool] = True
    config: OAuth2Config

    @classmethod
    def credential_keys(cls, config: Any) -> list[str]:
        keys = [config.client_id]
        if config.assertion is not None:
            keys += assertion_keys(config.assertion)
        elif config.client_in != "none":
            keys.append(config.client_secret)
        return list(dict.fromkeys([*keys, *credentials_in([config.token_url, config.extra, config.headers])]))

    def sign(self, request: Request) -> None:
        """The header with the token; further headers and the API's address by what came with it."""
        config, token = self.config, self.token
        if token is None:
            return
        request.headers[config.header] = config.prefix + token.value
        if config.headers:
            request.headers |= self.fill(config.headers, token=token.extra)
        address = urlsplit(token.extra.get(config.address_from, ""))
        if address.scheme in ("http", "https"):
            request.url = urlsplit(request.url)._replace(scheme=address.scheme, netloc=address.netloc).geturl()

    def _ask(
        self, fields: Mapping[str, str], *, hint: str = SEE_CLIENT, refresh: str = ""
    ) -> Generator[Request, Response, Token]:
        """Ask the token URL for what a grant's fields say."""
        config = self.config
        response = yield self._post(str(self.fill(config.token_url)), fields)
        return read_token(
            response,
            secrets=self.secrets(),
            hint=hint,
            keep=[*config.keep, config.address_from],
            refresh=refresh,
            lifetime_s=config.lifetime_s,
        )

    def _post(self, url: str, fields: Mapping[str, str]) -> Request:
        """A form for the authorisation server, with the client's proof."""
        config = self.config
        client_id = self.credential(config.client_id)
        fields = {**fields, **self.fill(config.extra)}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if config.client_in == "header":
            # Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1).
            pair = f"{quote(client_id, safe='')}:{quote(self.credential(config.client_secret), safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields["client_id"] = client_id
        if config.client_in == "body":
            fields["client_secret"] = self.credential(config.client_secret)
        if config.assertion is not None:
            fields["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            fields["client_assertion"] = sign_assertion(self, config.assertion, client_id, client_id, url)
        return Request("POST", url, [], headers, urlencode(fields).encode())

    def _scoped(self, fields: dict[str, str]) -> dict[str, str]:
        return fields | ({"scope": " ".join(self.config.scopes)} if self.config.scopes else {})
