"""HMAC over a text that the config describes, as many applications have invented it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as random
import time
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, model_validator

from weftline.auth.address import settle
from weftline.auth.base import AuthMethod
from weftline.auth.fill import credentials_in
from weftline.errors import CredentialRejectedError
from weftline.kernel import now, to_text
from weftline.model import Document, Key, Request, field


class HmacConfig(Document):
    """What is signed, how, and where the signature goes. Texts are templates over ``request`` and ``signature``."""

    algorithm: Literal["sha256", "sha512", "sha1"] = field("sha256", title="Algorithm")
    secret: Key = field("secret", title="Secret's credential", advanced=True)
    secret_encoding: Literal["text", "base64", "hex"] = field("text", title="Encoding of the secret", advanced=True)
    text: str = field(
        title="Text to sign",
        description=(
            "Over request.method, url, host, path, query, body, body_sha256 and body_md5 (hex), body_sha256_base64, "
            "timestamp and timestamp_ms (since 1970), time (ISO 8601), nonce"
        ),
        example="{{ request.timestamp }}{{ request.method }}{{ request.path }}{{ request.body }}",
        multiline=True,
    )
    encoding: Literal["hex", "base64"] = field("hex", title="Encoding of the signature")
    headers: dict[str, str] = field(dict, title="Headers", example={"X-Signature": "{{ signature }}"})
    query: dict[str, str] = field(
        dict,
        title="Query",
        description="Added after signing, but for what does not name the signature",
        advanced=True,
    )

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if not (self.headers or self.query):
            raise ValueError("say where the signature goes: headers or query")
        return self


class HmacAuth(AuthMethod):
    """A keyed hash of the request, put together and placed as the application wants it."""

    kind: ClassVar[str] = "hmac"
    title: ClassVar[str] = "HMAC signature"
    Config: ClassVar[type[BaseModel]] = HmacConfig
    config: HmacConfig

    @classmethod
    def credential_keys(cls, config: HmacConfig) -> list[str]:
        named = credentials_in([config.text, config.headers, config.query])
        return list(dict.fromkeys([config.secret, *named]))

    def sign(self, request: Request) -> None:
        """The signature in its headers or parameters."""
        config = self.config
        key = self._key()
        seen: dict[str, Any] = {"request": _seen(request)}
        # What a parameter says beside the signature (a key's id, the time) is signed with the rest of the query.
        early = {name: text for name, text in config.query.items() if "signature" not in text}
        request.query += [(name, str(self.fill(text, **seen))) for name, text in early.items()]
        parts = settle(request)
        seen["request"] |= {"url": request.url, "host": parts.netloc, "path": parts.path, "query": parts.query}
        digest = hmac.digest(key, str(self.fill(config.text, **seen)).encode(), config.algorithm)
        signature = digest.hex() if config.encoding == "hex" else base64.b64encode(digest).decode()
        seen["signature"] = signature
        request.headers |= {name: str(self.fill(text, **seen)) for name, text in config.headers.items()}
        late = [name for name in config.query if name not in early]
        request.query += [(name, str(self.fill(config.query[name], **seen))) for name in late]

    def _key(self) -> bytes:
        text = self.credential(self.config.secret)
        try:
            match self.config.secret_encoding:
                case "hex":
                    return bytes.fromhex(text)
                case "base64":
                    return base64.b64decode(text, validate=True)
        except ValueError:
            raise CredentialRejectedError(
                f"the credential '{self.config.secret}' is not {self.config.secret_encoding}",
                hint="enter it as the application shows it",
            ) from None
        return text.encode()


def _seen(request: Request) -> dict[str, Any]:
    """What templates see of a request, before its address is known."""
    body = request.body or b""
    moment = time.time()
    sha256 = hashlib.sha256(body)
    return {
        "method": request.method,
        "body": body.decode("utf-8", "replace"),
        "body_sha256": sha256.hexdigest(),
        "body_sha256_base64": base64.b64encode(sha256.digest()).decode(),
        "body_md5": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        "timestamp": str(int(moment)),
        "timestamp_ms": str(int(moment * 1000)),
        "time": to_text(now().replace(microsecond=0)),
        "nonce": random.token_hex(16),
    }
