"""Judging: what an answer means. The one place that turns a response into a recovery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from weftline import errors
from weftline.connectors.limits import retry_after_s
from weftline.errors import (
    CredentialRejectedError,
    DocumentError,
    RateLimitedError,
    RemoteFaultError,
    RequestRejectedError,
    WeftlineError,
    did_you_mean,
)
from weftline.expr import compile_expression, compile_template
from weftline.kernel import json
from weftline.model import JudgeRule, Response

MESSAGE_CHARACTERS = 300
_MESSAGE_KEYS = ("detail", "message", "error_description", "title", "description", "reason", "error", "errors", "msg")

ERRORS: dict[str, type[WeftlineError]] = {
    value.code: value
    for value in vars(errors).values()
    if isinstance(value, type)
    and issubclass(value, WeftlineError)
    and value.code.startswith(("remote", "credential"))
}


@dataclass(frozen=True, slots=True)
class _Rule:
    matches: Callable[[int], bool]
    body: Callable[[Any], bool] | None
    rule: JudgeRule
    message: Any


class Judge:
    """The judge of one endpoint: its own rules, then the connector's, then the usual meaning of status codes."""

    def __init__(self, rules: Sequence[JudgeRule], where: str, who: str) -> None:
        self._where = where
        self._who = who
        self._rules = [_compile(rule) for rule in rules]

    def verdict(self, response: Response) -> WeftlineError | None:
        """None when the answer is fine, else the error that it means."""
        status = response.status
        if self._rules:
            found = self._by_rule(response)
            if found is not None:
                return found[0]
        if 200 <= status < 300:
            return None
        return self._usual(response)

    def _by_rule(self, response: Response) -> tuple[WeftlineError | None] | None:
        decoded: Any = _UNREAD
        for item in self._rules:
            if not item.matches(response.status):
                continue
            if decoded is _UNREAD and (item.body is not None or item.rule.message):
                decoded = _decoded(response)
            if item.body is not None and not item.body(decoded):
                continue
            if item.rule.error is None:
                return (None,)
            scope = {"body": decoded, "status": response.status, "headers": response.headers}
            said = str(item.message.render(scope)) if item.rule.message else said_in(decoded)
            error_class = ERRORS[item.rule.error]
            wait_s = item.rule.wait_s if item.rule.wait_s is not None else retry_after_s(response.headers)
            return (
                error_class(
                    f"{self._where} answered {response.status}{': ' + said if said else ''}",
                    context={"status": response.status},
                    retry_after_s=wait_s,
                ),
            )
        return None

    def _usual(self, response: Response) -> WeftlineError:
        status = response.status
        said = said_in(_decoded(response))
        text = f"{self._where} answered {status}{': ' + said if said else ''}"
        context = {"status": status}
        if status in (401, 403):
            return CredentialRejectedError(
                f"{self._who} was refused ({status}{': ' + said if said else ''})",
                hint="see the instance's credentials and what they are allowed to do, then check it again",
                context=context,
            )
        if status in (408, 425, 429):
            return RateLimitedError(
                text, hint="calls wait until the application lets them", context=context,
                retry_after_s=retry_after_s(response.headers),
            )  # fmt: skip
        if status >= 500:
            return RemoteFaultError(
                text, hint="the application has a fault; it is tried again", context=context,
                retry_after_s=retry_after_s(response.headers),
            )  # fmt: skip
        hint = "see the address and the ids" if status == 404 else "see what the application says about the record"
        return RequestRejectedError(text, hint=hint, context=context)


_UNREAD = object()


def _decoded(response: Response) -> Any:
    try:
        return json.decode(response.body)
    except (json.JSONError, UnicodeDecodeError):
        return response.body.decode("utf-8", "replace")


def said_in(value: Any, depth: int = 0) -> str:
    """The application's own words in the body of an error, wherever it puts them."""
    if isinstance(value, str):
        text = " ".join(value.split())
        return "" if text.startswith("<") else text[:MESSAGE_CHARACTERS]
    if depth > 4:
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, (said_in(item, depth + 1) for item in value[:3])))[:MESSAGE_CHARACTERS]
    if isinstance(value, dict):
        for key, item in value.items():  # a nested list of details says more than the title above it
            if isinstance(item, list) and key.lower().endswith(("details", "errors", "messages")):
                said = said_in(item, depth + 1)
                if said:
                    return said
        for key in _MESSAGE_KEYS:
            said = said_in(value.get(key), depth + 1)
            if said:
                return said
        if depth:  # {"field": ["is wrong"]}
            parts = [f"{key} {said}" for key, item in list(value.items())[:3] if (said := said_in(item, depth + 1))]
            return "; ".join(parts)[:MESSAGE_CHARACTERS]
    return ""


def _compile(rule: JudgeRule) -> _Rule:
    unknown = rule.when.keys() - {"status", "body"}
    if unknown:
        name = sorted(unknown)[0]
        raise DocumentError(f"a judge rule cannot test '{name}'", hint=did_you_mean(name, ("status", "body")))
    if rule.error is not None and rule.error not in ERRORS:
        raise DocumentError(
            f"a judge rule names the error '{rule.error}', which does not exist",
            hint=did_you_mean(rule.error, ERRORS),
        )
    body = None
    if "body" in rule.when:
        expression = compile_expression(str(rule.when["body"]))

        def body(value: Any) -> bool:
            return bool(expression.evaluate({"body": value}))

    return _Rule(_status_test(rule.when.get("status")), body, rule, compile_template(rule.message))


def _status_test(wanted: Any) -> Callable[[int], bool]:
    if wanted is None:
        return lambda _: True
    if isinstance(wanted, list):
        tests = [_status_test(item) for item in wanted]
        return lambda status: any(test(status) for test in tests)
    text = str(wanted).lower()
    if text.endswith("xx"):
        return lambda status: status // 100 == int(text[0])
    return lambda status: status == int(text)
