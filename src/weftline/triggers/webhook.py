"""The webhook trigger: an address that another application calls."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.model import Document, Key, field
from weftline.triggers.base import Trigger


class HmacRule(Document):
    """The caller signs the raw body with the shared secret."""

    header: str = field(title="Header", description="Where the signature stands", example="X-Acme-Hmac-Sha256")
    algorithm: Literal["sha256", "sha512", "sha1"] = field("sha256", title="Algorithm")
    encoding: Literal["hex", "base64"] = field("hex", title="Encoding")
    prefix: str = field("", title="Prefix", description="Text before the signature", example="sha256=")


class Reply(Document):
    """What the caller gets instead of ``202 {"run_id": ...}``."""

    status: int = field(200, title="Status", ge=200, le=299)
    body: Any = field(None, title="Body", description="Text is sent as it is, anything else as JSON; none: empty")


class WebhookConfig(Document):
    """Who may call and what makes two calls the same."""

    key: Key = field("webhook", title="Key", description="Unique among the flow's triggers", example="orders")
    method: Literal["POST", "GET", "any"] = field("POST", title="Method")
    secret: bool | HmacRule = field(
        True,
        title="Secret",
        description="true: the secret comes in the header X-Weftline-Secret or as ?secret=; an HMAC rule: the body "
        "is signed with it; false: anyone who knows the address may call",
    )
    delivery_id: str | None = field(
        None,
        title="Delivery id",
        description="Header that names a delivery; a repeat of it starts nothing",
        example="X-Acme-Delivery-Id",
    )
    same_body_once: bool = field(
        False,
        title="Same body once",
        description="A repeat of the same body starts nothing, where no delivery id says",
    )
    reply: Reply | None = field(None, title="Reply", advanced=True)


class WebhookTrigger(Trigger):
    """Starts a run for each call of an address."""

    kind: ClassVar[str] = "webhook"
    title: ClassVar[str] = "Webhook"
    Config: ClassVar[type[BaseModel]] = WebhookConfig

    @staticmethod
    def describe(config: Any) -> str:
        """In a few words."""
        match config.secret:
            case True:
                guard = "secret"
            case False:
                guard = "open"
            case rule:
                guard = f"HMAC {rule.algorithm.upper()}"
        return f"webhook {config.key} ({config.method}, {guard})"
