"""A map, compiled: rules in, a function from record to record out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from weftline.errors import DefinitionError, MappingError, WeftlineError
from weftline.expr import MISSING, Expression, Path, compile_expression, compile_path, compile_template, to_text
from weftline.expr.faults import Fault
from weftline.expr.reference import WILDCARD
from weftline.mapping.base import Scope
from weftline.mapping.chain import Chain, compile_chain
from weftline.mapping.lookups import Lookups
from weftline.mapping.rule import MapRule
from weftline.mapping.source import Source, compile_sources, explain_missing

__all__ = ["CompiledRule", "RecordMap", "compile_map"]

Run = Callable[[Scope, dict[str, Any]], None]


class RecordMap:
    """A compiled map. ``apply(scope)`` makes the new record; the scope's ``payload`` is the old one."""

    __slots__ = ("_steps", "rules")

    def __init__(self, rules: list[CompiledRule]) -> None:
        self.rules = rules
        ordered = sorted(rules, key=lambda rule: rule.turn)  # stable: within a turn as written
        self._steps: list[tuple[Run, CompiledRule]] = [(rule.run, rule) for rule in ordered]

    def apply(self, scope: Scope) -> dict[str, Any]:
        """The new record; a :class:`MappingError` names the rule that could not be applied."""
        document: dict[str, Any] = {}
        for run, rule in self._steps:
            try:
                run(scope, document)
            except Exception as error:
                raise rule.failed(error) from None
        return document


def compile_map(rules: Sequence[MapRule], lookups: Lookups, *, roots: frozenset[str] | None = None) -> RecordMap:
    """Compile all rules; an error of a document names the rule and what is wrong in it."""
    compiled = [CompiledRule(number, rule, lookups, roots) for number, rule in enumerate(rules, 1)]
    targets = [_shape(one.path) for one in compiled]
    for one, target in zip(compiled, targets, strict=True):
        if any(len(other) > len(target) and other[: len(target)] == target for other in targets):
            one.copies = True  # another rule writes inside this value, which must not be the source's own
        one.build()
    return RecordMap(compiled)


class CompiledRule:
    """One rule with its parts compiled; ``number`` counts from 1."""

    def __init__(self, number: int, rule: MapRule, lookups: Lookups, roots: frozenset[str] | None = None) -> None:
        self.number = number
        self.rule = rule
        self.copies = False
        try:
            self.path: Path = compile_path(rule.to)
            self.when: Expression | None = compile_expression(rule.when, roots=roots) if rule.when else None
            self.chain: Chain | None = compile_chain(rule.transforms, lookups)
            self.source: Source | None = None
            self.is_fixed = rule.from_ is None
            if rule.from_ is not None:
                self.source = compile_sources(
                    rule.sources, wildcards=self.path.wildcards, required=rule.required, roots=roots
                )
            elif rule.value is not None:
                template = compile_template(rule.value, roots=roots)
                self.source = Source(template.render, template.expressions)
        except WeftlineError as error:
            error.message = f"{self.label}: {error.message}"
            error.context.update(rule=number, to=rule.to)
            raise
        self.run: Run = self._general

    @property
    def label(self) -> str:
        """How errors name the rule."""
        return f"map rule {self.number} (to '{self.rule.to}')"

    @property
    def turn(self) -> int:
        """When the rule runs: values for all items come after the rules that create the items."""
        if not self.path.wildcards:
            return 0
        return 2 if self.is_fixed else 0 if self.source and self.source.reads_lists else 1

    def build(self) -> None:
        """Choose the closure that does the work."""
        plain = self.source is not None and not self.path.wildcards and self.when is None and not self.is_fixed
        self.run = self._plain() if plain else self._general

    def failed(self, error: Exception) -> WeftlineError:
        """The error with the rule named in front; one that calls for a retry stays of its own class."""
        context = {"rule": self.number, "to": self.rule.to, "from": self.rule.from_}
        if isinstance(error, WeftlineError) and not isinstance(error, DefinitionError):
            error.message = f"{self.label}: {error.message}"
            error.context.update(context)
            return error
        if isinstance(error, WeftlineError | Fault):
            more = error.context if isinstance(error, WeftlineError) else {}
            return MappingError(f"{self.label}: {error.message}", hint=error.hint, context={**more, **context})
        reason = str(error) if isinstance(error, ValueError) else f"cannot be applied ({type(error).__name__})"
        return MappingError(f"{self.label}: {reason}", context=context)

    def _plain(self) -> Run:
        """The common case: one value, perhaps transformed, to one place."""
        assert self.source is not None  # noqa: S101 - build() has seen to it
        read, write, chain, required = self.source.read, self.path.set, self.chain, self.rule.required
        copies = self.copies

        def run(scope: Scope, document: dict[str, Any]) -> None:
            value = read(scope)
            was_missing = value is MISSING
            if chain is not None:
                value = chain(None if was_missing else value, scope)
            if value is None or value is MISSING:
                if required:
                    raise self._not_there(scope)
                if was_missing:
                    return
            kind = value.__class__
            if kind is list or kind is dict:
                value = _settled(value, copies)
            elif isinstance(value, date):
                value = to_text(value)
            write(document, value)

        return run

    def _general(self, scope: Scope, document: dict[str, Any]) -> None:
        if self.when is not None and not self.when.evaluate(scope):
            return
        value = self.source.read(scope) if self.source else None
        was_missing = value is MISSING
        if self.source is not None and self.source.spread and not was_missing:
            if self.chain is not None or self.rule.required:
                value = self._each(value, scope, self.source.spread)
        else:
            if self.chain is not None:
                value = self.chain(None if was_missing else value, scope)
            if value is None or value is MISSING:
                if self.rule.required:
                    raise self._not_there(scope)
                if was_missing:
                    return
        value = _settled(value, self.copies)
        if self.is_fixed:
            self.path.fill(document, value)
        else:
            self.path.set(document, value)

    def _each(self, value: Any, scope: Scope, levels: int) -> Any:
        """The chain applied to each item by itself, so that places stay aligned."""
        if levels and value.__class__ is list:
            return [self._each(item, scope, levels - 1) for item in value]
        found = value
        if self.chain is not None:
            found = self.chain(None if value is MISSING else value, scope)
        if found is None or found is MISSING:
            if self.rule.required:
                raise self._not_there(scope)
            return MISSING if value is MISSING else None
        return found

    def _not_there(self, scope: Scope) -> MappingError:
        reason, hint = explain_missing(scope, self.source.expressions if self.source else ())
        return MappingError(f"the target is required, but {reason}", hint=hint)


def _shape(path: Path) -> tuple[Any, ...]:
    return tuple(WILDCARD if part is WILDCARD or isinstance(part, int) else part for part in path.parts)


def _settled(value: Any, copies: bool) -> Any:
    """A value fit for a record: dates as text; lists and objects new where another rule will write into them."""
    kind = value.__class__
    if kind is list:
        if copies or any(isinstance(item, date) for item in value):
            return [_settled(item, copies) for item in value]
        return value
    if kind is dict:
        return {key: _settled(item, copies) for key, item in value.items()} if copies else value
    return to_text(value) if isinstance(value, date) else value
