"""Notices as JSON, POSTed to an address."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar
from urllib.parse import SplitResult

from weftline.errors import RemoteFaultError
from weftline.kernel import json
from weftline.model import Request
from weftline.notices.base import Channel, Notice
from weftline.transports.http import HttpConfig, HttpTransport

TIMEOUT_S = 15.0


class WebhookChannel(Channel):
    """``{id, at, kind, title, text, link}``; chats that take ``{"text": ...}`` show its text."""

    schemes: ClassVar[tuple[str, ...]] = ("https", "http")
    example: ClassVar[str] = "https://hooks.example/weftline"

    def __init__(self, address: SplitResult, connections: Any) -> None:
        self._address = address.geturl()
        self._transport = HttpTransport(HttpConfig(base_url=self._address), connections)

    async def tell(self, notice: Notice) -> None:
        """Taken when the answer's status is 2xx; repeats carry the same ``Idempotency-Key``."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": notice.id}
        body = json.encode(asdict(notice))
        answer = await self._transport.send(Request("POST", self._address, [], headers, body, TIMEOUT_S))
        if not 200 <= answer.status < 300:
            raise RemoteFaultError(f"the webhook for notices answered {answer.status}", hint="see WEFTLINE_NOTIFY")
