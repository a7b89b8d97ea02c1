"""Whether the server is alive and ready."""

from __future__ import annotations

from typing import Literal

from weftline.api.answers.base import Answer


class HealthAnswer(Answer):
    """The process answers."""

    status: Literal["ok"]


class ReadyAnswer(Answer):
    """Whether it can work: 503 unless both are ok."""

    status: Literal["ok", "failing"]
    store: str
    engine: str
