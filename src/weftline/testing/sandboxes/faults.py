"""Faults that a sandbox injects on demand, so that every bad day of an application can be rehearsed."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

__all__ = ["ConnectionCut", "Fault", "FaultPlan"]


class ConnectionCut(Exception):  # noqa: N818 - it is an order to the server, not an error of the sandbox
    """Raised by an application to make the server close the connection without an answer."""


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One rule: which requests to spoil, how often, and in which way.

    ``match`` is ``METHOD pattern`` (shell wildcards over the path and query). Of the requests that match, the first
    ``after`` are let through, then each ``every``-th is spoilt, ``times`` in all. A fault that names only
    ``delay_s`` delays the true answer; ``cut`` closes the connection before the work is done, ``"after_work"``
    does the work first and then loses the answer (the case that makes a sender repeat itself).
    """

    match: str = "*"
    status: int | None = None
    times: int | Literal["for_ever"] = "for_ever"
    every: int = 1
    after: int = 0
    body: Any = None
    delay_s: float = 0.0
    retry_after: float | int | None = None
    not_json: bool = False
    cut: bool | Literal["after_work"] = False
    seen: int = 0
    hits: int = 0

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError("'every' is 1 or more")

    @property
    def replaces_answer(self) -> bool:
        """Whether the true answer is not given (a fault that only delays keeps it)."""
        return self.status is not None or self.not_json or self.body is not None


class FaultPlan:
    """The faults in force, in order; the first that matches and is due wins."""

    def __init__(self) -> None:
        self._rules: list[tuple[re.Pattern[str], Fault]] = []

    def __bool__(self) -> bool:
        return bool(self._rules)

    @property
    def faults(self) -> list[Fault]:
        return [fault for _, fault in self._rules]

    def replace(self, faults: Sequence[Fault]) -> None:
        self._rules = [(_pattern(fault.match), fault) for fault in faults]

    def pick(self, method: str, target: str) -> Fault | None:
        """The fault that spoils this request, counted; None when it goes through untouched."""
        line = f"{method} {target}"
        for pattern, fault in self._rules:
            if not pattern.fullmatch(line):
                continue
            fault.seen += 1
            due = fault.seen > fault.after and (fault.seen - fault.after) % fault.every == 0
            if due and (fault.times == "for_ever" or fault.hits < fault.times):
                fault.hits += 1
                return fault
        return None


def _pattern(match: str) -> re.Pattern[str]:
    method, _, target = match.strip().partition(" ")
    if not target:
        method, target = ("*", method) if method.startswith(("/", "*")) else (method, "*")
    return re.compile(fnmatch.translate(f"{method.upper()} {target.strip()}"))
