"""Error handlers and call budgets of a low-code manifest as judge rules and pacing."""

from __future__ import annotations

from typing import Any

from weftline.importers.airbyte_config import Asked
from weftline.importers.airbyte_jinja import Code, NoEquivalentError, Part, condition, path, quoted
from weftline.importers.draft import Draft

Json = dict[str, Any]
_ERRORS = {
    "SUCCESS": None, "IGNORE": None, "FAIL": "remote.rejected", "RETRY": "remote.fault",
    "RATE_LIMITED": "remote.rate_limited", "REFRESH_TOKEN_THEN_RETRY": "credential.rejected",
}  # fmt: skip
_UNITS = {
    "PT1S": "second",
    "PT1M": "minute",
    "PT60S": "minute",
    "PT1H": "hour",
    "PT60M": "hour",
    "P1D": "day",
    "PT24H": "day",
}


def rules(handler: Json | None, asked: Asked, where: str) -> list[Json]:
    """The judge rules of an error handler; what is not translated becomes a ``todo`` at ``where``."""
    if not handler:
        return []
    if handler.get("type") == "CompositeErrorHandler":
        return [rule for one in handler.get("error_handlers") or [] for rule in rules(one, asked, where)]
    if handler.get("type") != "DefaultErrorHandler":
        asked.draft.todo(
            where, f"the error handler '{handler.get('class_name') or handler.get('type')}' is not translated"
        )
        return []
    wait = _wait(handler.get("backoff_strategies") or [], asked.draft, where)
    found = []
    for one in handler.get("response_filters") or []:
        try:
            found.append(_rule(one, asked, wait))
        except NoEquivalentError as error:
            asked.draft.todo(where, f"a response filter ({one.get('action', 'FAIL')}) is not translated: {error}")
        if one.get("action") == "IGNORE":
            asked.draft.todo(where, "an ignored answer must still have the endpoint's records, if only an empty list")
    if wait and not any(rule.get("wait_s") for rule in found):
        found.append({"when": {"status": 429}, "error": "remote.rate_limited", "wait_s": wait})
        found.append({"when": {"status": "5xx"}, "error": "remote.fault", "wait_s": wait})
    return found


def _rule(one: Json, asked: Asked, wait: float | None) -> Json:
    action = str(one.get("action") or "FAIL")
    if action not in _ERRORS:
        raise NoEquivalentError(f"the action {action}")
    if one.get("type") != "HttpResponseFilter":
        raise NoEquivalentError(f"'{one.get('class_name') or one.get('type')}'")
    when: Json = {}
    codes = one.get("http_codes") or []
    if codes:
        when["status"] = [int(code) for code in codes] if len(codes) > 1 else int(codes[0])
    tests = []
    if one.get("predicate"):
        tests.append(condition(one["predicate"], asked.roots(one.get("$parameters") or {}, _answer)))
    if one.get("error_message_contains"):
        tests.append(f"contains(text(body), {quoted(str(one['error_message_contains']))})")
    if tests:
        # Any one of a filter's tests is enough; with codes beside them that would take two rules.
        if codes:
            raise NoEquivalentError("status codes or a test, either of which is enough: write two rules")
        when["body"] = " or ".join(tests)
    rule: Json = {"when": when, "error": _ERRORS[action]}
    text = str(one.get("error_message") or "")
    if text and "{{" not in text:
        rule["message"] = text
    if wait and action in ("RETRY", "RATE_LIMITED"):
        rule["wait_s"] = wait
    return rule


def _answer(root: str, parts: list[Part]) -> Code:
    if root == "response":
        return Code(path("body", parts))
    raise NoEquivalentError(f"the name '{path(root, parts)}'")


def _wait(strategies: list[Json], draft: Draft, where: str) -> float | None:
    """Seconds of a constant wait; ``Retry-After`` is honoured anyway."""
    found = None
    for one in strategies:
        kind, header = one.get("type"), str(one.get("header", ""))
        if kind == "ConstantBackoffStrategy" and isinstance(one.get("backoff_time_in_seconds"), int | float):
            found = float(one["backoff_time_in_seconds"])
        elif kind == "ExponentialBackoffStrategy" or header.lower() == "retry-after":
            continue
        elif header:
            draft.todo(where, f"the header {header} tells how long to wait: see pacing.learn_from")
        else:
            draft.todo(where, f"the wait '{one.get('class_name') or kind}' is not translated")
    return found


def pacing(budget: Json | None, draft: Draft) -> None:
    """A call budget as the connector's pacing."""
    policies = (budget or {}).get("policies") or []
    for number, policy in enumerate(policies):
        rate = (policy.get("rates") or [policy])[0]
        amount, unit = (
            rate.get("limit") or rate.get("call_limit"),
            _UNITS.get(str(rate.get("interval") or rate.get("period"))),
        )
        if number or policy.get("matchers") or not isinstance(amount, int) or unit is None:
            draft.todo("pacing", f"the policy {policy.get('type')} of the call budget is not translated")
            continue
        draft.pacing = {"amount": amount, "unit": unit}
        if budget and budget.get("ratelimit_remaining_header"):
            learn = {"header": budget["ratelimit_remaining_header"], "form": "remaining"}
            draft.pacing["learn_from"] = learn | {"reset": budget.get("ratelimit_reset_header")}
