"""Looking at a map before it runs: does it compile, and are its sources in a sample record?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from weftline.errors import WeftlineError
from weftline.expr.reference import spell
from weftline.mapping.lookups import Lookups, MemoryLookups
from weftline.mapping.record_map import CompiledRule
from weftline.mapping.rule import MapRule
from weftline.mapping.source import missing_part

__all__ = ["Problem", "check_map"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a rule.

    ``severity`` is error where the map cannot work (it does not compile, or a required source is not in the
    sample) and warning where a field is not in the sample but may be in other records. ``rule`` counts from 1.
    """

    rule: int
    to: str
    reference: str
    message: str
    suggestion: str
    severity: Literal["error", "warning"]

    def __str__(self) -> str:
        return f"{self.message} ({self.suggestion})" if self.suggestion else self.message


def check_map(
    rules: Sequence[MapRule],
    sample: Mapping[str, Any] | None,
    *,
    lookups: Lookups | None = None,
    roots: frozenset[str] | None = None,
) -> list[Problem]:
    """All problems of a map, in the order of its rules. ``sample`` is one record as the map would get it.

    References that a rule provides for (``??``, ``default(...)``, ``exists(...)``, a comparison) are not reported.
    """
    found: list[Problem] = []
    for number, rule in enumerate(rules, 1):
        try:
            compiled = CompiledRule(number, rule, lookups or MemoryLookups(), roots)
        except WeftlineError as error:
            found.append(Problem(number, rule.to, "", error.message, error.hint, "error"))
            continue
        if sample is not None:
            found.extend(_absent(compiled, sample))
    return found


def _absent(compiled: CompiledRule, sample: Mapping[str, Any]) -> list[Problem]:
    expressions = list(compiled.source.expressions) if compiled.source else []
    if compiled.when is not None:
        expressions.append(compiled.when)
    found = []
    scope = {"payload": sample}
    own = ("payload",)
    for parts in sorted({parts for one in expressions for parts in one.demanded}, key=spell):
        if parts[0] not in own and parts[0] not in sample:
            continue  # other roots (meta, vars, ...) are not in a sample
        fault = missing_part(scope, parts)
        if fault:
            found.append(
                Problem(
                    compiled.number,
                    compiled.rule.to,
                    spell(parts),
                    f"{compiled.label}: '{spell(parts)}' is not in the sample: {fault[0]}",
                    fault[1],
                    "error" if compiled.rule.required else "warning",
                )
            )
    return found
