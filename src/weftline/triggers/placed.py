"""Triggers as they stand in a flow's document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from weftline.errors import DocumentError, WeftlineError
from weftline.model import Flow
from weftline.model.problem import Problem
from weftline.triggers.base import TRIGGERS


@dataclass(frozen=True, slots=True)
class Placed:
    """One trigger of a flow."""

    kind: str
    key: str
    config: Any
    text: str


def placed(flow: Flow) -> list[Placed]:
    """The flow's triggers; a :class:`DocumentError` names the first that is wrong."""
    found: list[Placed] = []
    for number, document in enumerate(flow.triggers, 1):
        one = _read(document, number)
        if any(other.key == one.key for other in found):
            raise DocumentError(
                f"two triggers of the flow '{flow.name}' have the key '{one.key}'", hint="give each a key of its own"
            )
        found.append(one)
    return found


def describe(flow: Flow) -> list[str]:
    """The flow's triggers in a few words each; a wrong one says so."""
    texts = []
    for number, document in enumerate(flow.triggers, 1):
        try:
            texts.append(_read(document, number).text)
        except WeftlineError:
            texts.append(f"{document.get('kind', 'unknown')} (not complete)")
    return texts


def lint(flow: Flow) -> list[Problem]:
    """What is wrong with the flow's triggers; errors keep it from being deployed."""
    problems: list[Problem] = []
    keys: set[str] = set()
    for number, document in enumerate(flow.triggers, 1):
        where = f"triggers.{number - 1}"
        try:
            one = _read(document, number)
        except WeftlineError as error:
            problems.append(Problem("error", None, where, error.message, error.hint))
            continue
        if one.key in keys:
            problems.append(
                Problem("error", None, where, f"two triggers have the key '{one.key}'", "give each a key of its own")
            )
        if one.kind == "webhook" and one.config.secret is False:
            problems.append(
                Problem(
                    "warning", None, where, f"anyone who knows the address of the webhook '{one.key}' may call it",
                    "set 'secret' to true or to an HMAC rule",
                )
            )  # fmt: skip
        keys.add(one.key)
    return problems


def _read(document: dict[str, Any], number: int) -> Placed:
    kind = document.get("kind")
    if not isinstance(kind, str):
        raise DocumentError(f"trigger {number} has no kind", hint="known: " + ", ".join(TRIGGERS.kinds()))
    values = {key: value for key, value in document.items() if key != "kind"}
    config = TRIGGERS.config(kind, values, where=f"trigger {number} ({kind})")
    return Placed(kind, str(config.key), config, TRIGGERS.get(kind).describe(config))
