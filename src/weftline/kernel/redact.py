"""Masks secrets in anything that a person, a log or a run view may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MASK = "••••••"
_SECRET_WORDS = (
    "authorization", "cookie", "token", "secret", "password", "passwd", "api-key", "apikey", "api_key", "signature",
    "private_key", "client_assertion",
)  # fmt: skip


def is_secret_name(name: str) -> bool:
    """Whether a header, field or query key of this name usually carries a secret."""
    lowered = name.lower()
    return any(word in lowered for word in _SECRET_WORDS)


class Redactor:
    """Replaces known secret values wherever they stand, and the values of secret-looking names."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Longest first: a secret that contains another must not leave its tail behind.
        self._secrets = sorted({value for value in secrets if len(value) >= 4}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """``text`` with every known secret value masked."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    def mapping(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A copy of headers or fields with secret-looking names and known values masked, at any depth."""
        return {key: MASK if is_secret_name(key) and value else self.value(value) for key, value in values.items()}

    def value(self, value: Any) -> Any:
        """``value`` (text, mapping, list or plain) with secrets masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return self.mapping(value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value
