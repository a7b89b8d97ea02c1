"""The door for webhooks: who calls, is it allowed, store the body, admit the run; only then acknowledge."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from weftline.errors import ConflictError, DocumentError, NotAllowedError, NotFoundError, NotSignedInError
from weftline.kernel import json
from weftline.kernel.redact import is_secret_name
from weftline.model import Flow, PayloadRef, StartRequest
from weftline.store import Connection, Database, webhooks
from weftline.triggers.placed import placed
from weftline.triggers.webhook import HmacRule, WebhookConfig
from weftline.vault import Vault

__all__ = ["MAX_BODY_BYTES", "Answer", "Call", "Webhooks", "address"]

MAX_BODY_BYTES = 10 * 1024 * 1024
SECRET_HEADER = "x-weftline-secret"  # noqa: S105 - a header's name
SHORTEST_SECRET = 8
_SECRET = "secret"  # noqa: S105 - the name under which the vault keeps it
_KEPT_CONFIGS = 500


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a webhook: ``headers`` with lower-case names, the raw ``body``."""

    webhook_id: str
    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class _Door:
    """What is known of a webhook; ``config`` is None while its flow is not deployed with it."""

    key: str
    flow_id: str
    flow_name: str
    enabled: bool
    secret: str | None
    config: WebhookConfig | None = None


class Runs(Protocol):
    """What the door needs of the engine."""

    async def admit(self, request: StartRequest) -> str:
        """The run's id, once it is durable."""


class Payloads(Protocol):
    """What the door needs of the payload store."""

    async def put(self, raw: bytes, records: int, meta: dict[str, Any]) -> PayloadRef:
        """Store a JSON list."""


class Webhooks:
    """Receives calls; also tells and sets the secrets of webhooks."""

    def __init__(self, db: Database, runs: Runs, payloads: Payloads, vault: Vault) -> None:
        self._db = db
        self._runs = runs
        self._payloads = payloads
        self._vault = vault
        self._configs: OrderedDict[tuple[Any, ...], WebhookConfig | None] = OrderedDict()

    # --- calls ---

    async def receive(self, call: Call) -> Answer:
        """Start a run for a call.

        Raises NotFoundError (unknown address), NotAllowedError (method), NotSignedInError (secret), ConflictError
        (the flow cannot run now), DocumentError (the body cannot be read).
        """
        door = await self._door(call.webhook_id)
        config = door.config
        if config is None:
            raise ConflictError(f"the flow '{door.flow_name}' is not deployed", hint="deploy it, then call again")
        if config.method not in ("any", call.method):
            raise NotAllowedError(f"this webhook takes {config.method}, not {call.method}")
        _check_secret(call, config, door.secret)
        if not door.enabled:
            raise ConflictError(f"the flow '{door.flow_name}' is switched off", hint="switch it on, then call again")
        raw, count = _records(call)
        payload = await self._payloads.put(raw, count, {})
        run_id = await self._runs.admit(
            StartRequest(
                door.flow_id,
                "webhook",
                dedupe_key=_dedupe_key(call, config),
                payload_id=payload.id,
                meta=_meta(call, config),
            )
        )
        return _answer(config, run_id)

    async def _door(self, webhook_id: str) -> _Door:
        def read(connection: Connection) -> tuple[dict[str, Any] | None, str | None]:
            row = webhooks.find(connection, webhook_id)
            return row, None if row is None else self._secret(connection, webhook_id)

        row, secret = await self._db.read(read)
        if row is None:
            raise NotFoundError("there is no webhook at this address", hint="copy the address from the flow's page")
        door = (row["key"], row["flow_id"], row["name"], bool(row["enabled"]), secret)
        if row["version"] is None:
            return _Door(*door)
        known = (webhook_id, row["version"], row["deployed_at"])
        if known not in self._configs:
            self._configs[known] = _config(row["document"], row["key"])
            while len(self._configs) > _KEPT_CONFIGS:
                self._configs.popitem(last=False)
        return _Door(*door, self._configs[known])

    # --- secrets ---

    async def secret(self, flow_id: str, key: str) -> str:
        """A webhook's secret; made at the first time of asking."""

        def work(connection: Connection) -> str:
            webhook_id = self._find(connection, flow_id, key)
            found = self._secret(connection, webhook_id)
            if found is None:
                found = secrets.token_urlsafe(32)
                self._vault.put(connection, webhooks.owner(webhook_id), _SECRET, found)
            return found

        return await self._db.write(work)

    async def set_secret(self, flow_id: str, key: str, secret: str) -> None:
        """Use a secret that the calling application dictates."""
        if len(secret) < SHORTEST_SECRET:
            raise DocumentError("the secret is too short", hint=f"use at least {SHORTEST_SECRET} characters")

        def work(connection: Connection) -> None:
            webhook_id = self._find(connection, flow_id, key)
            self._vault.put(connection, webhooks.owner(webhook_id), _SECRET, secret)

        await self._db.write(work)

    async def of_flow(self, flow_id: str) -> dict[str, str]:
        """A flow's webhooks: public id by key."""
        return await self._db.read(lambda connection: webhooks.of_flow(connection, flow_id))

    def _secret(self, connection: Connection, webhook_id: str) -> str | None:
        return self._vault.get_all(connection, webhooks.owner(webhook_id)).get(_SECRET)

    @staticmethod
    def _find(connection: Connection, flow_id: str, key: str) -> str:
        found = webhooks.of_flow(connection, flow_id).get(key)
        if found is None:
            raise NotFoundError(f"the flow has no webhook '{key}'", hint="a webhook exists once its flow is deployed")
        return found


def _check_secret(call: Call, config: WebhookConfig, secret: str | None) -> None:
    if config.secret is False:
        return
    if secret is None:
        raise NotSignedInError("this webhook has no secret yet", hint="set one on the flow's page")
    if isinstance(config.secret, HmacRule):
        if not _is_signed(call, config.secret, secret):
            raise NotSignedInError(
                f"the signature in {config.secret.header} is missing or wrong",
                hint="sign the raw body with the webhook's secret",
            )
        return
    given = call.headers.get(SECRET_HEADER) or call.query.get("secret") or ""
    if not hmac.compare_digest(given.encode(), secret.encode()):
        raise NotSignedInError(
            "the webhook's secret is missing or wrong", hint="send it in the header X-Weftline-Secret"
        )


def _config(document: str, key: str) -> WebhookConfig | None:
    flow = Flow.model_validate(json.decode(document))
    return next((one.config for one in placed(flow) if one.kind == "webhook" and one.key == key), None)


def _is_signed(call: Call, rule: HmacRule, secret: str) -> bool:
    given = call.headers.get(rule.header.lower(), "")
    if not given.startswith(rule.prefix):
        return False
    expected = hmac.digest(secret.encode(), call.body, rule.algorithm)
    text = given.removeprefix(rule.prefix)
    try:
        signature = bytes.fromhex(text) if rule.encoding == "hex" else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(signature, expected)


def _records(call: Call) -> tuple[bytes, int]:
    """The body as a JSON list, and how many records it has. JSON is not written anew, so it keeps every digit."""
    if not call.body:
        query = {key: value for key, value in call.query.items() if key != "secret"}
        return json.encode([query]), 1
    content_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/x-www-form-urlencoded":
        return json.encode([dict(parse_qsl(call.body.decode(errors="replace"), keep_blank_values=True))]), 1
    try:
        value = json.decode(call.body)
    except (json.JSONError, UnicodeDecodeError) as error:
        if content_type.endswith("json"):
            raise DocumentError(f"the body is not JSON: {error}", hint="send valid JSON") from None
        return json.encode([{"body": call.body.decode(errors="replace")}]), 1
    if isinstance(value, list):
        return call.body, len(value)
    return b"[" + call.body + b"]", 1


def _dedupe_key(call: Call, config: WebhookConfig) -> str | None:
    delivery_id = call.headers.get(config.delivery_id.lower()) if config.delivery_id else None
    if delivery_id:
        return f"webhook:{config.key}:{delivery_id}"
    if config.same_body_once:
        return f"webhook:{config.key}:{hashlib.sha256(call.body).hexdigest()}"
    return None


def _meta(call: Call, config: WebhookConfig) -> dict[str, Any]:
    signature = config.secret.header.lower() if isinstance(config.secret, HmacRule) else None
    return {
        "webhook": config.key,
        "method": call.method,
        "headers": {
            name: value for name, value in call.headers.items() if name != signature and not is_secret_name(name)
        },
        "query": {name: value for name, value in call.query.items() if not is_secret_name(name)},
    }


def _answer(config: WebhookConfig, run_id: str) -> Answer:
    if config.reply is None:
        return Answer(202, json.encode({"run_id": run_id}))
    body = config.reply.body
    if body is None:
        return Answer(config.reply.status)
    if isinstance(body, str):
        return Answer(config.reply.status, body.encode(), "text/plain; charset=utf-8")
    return Answer(config.reply.status, json.encode(body))


def address(public_url: str, webhook_id: str) -> str:
    """The address to give to the calling application."""
    return f"{public_url.rstrip('/')}/hooks/{webhook_id}"
