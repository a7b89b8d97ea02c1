from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from weftline import errors
from weftline.connectors.judge import Judge, said_in
from weftline.connectors.limits import retry_after_s
from weftline.connectors.pacing import Budget
from weftline.kernel import json, now
from weftline.model import JudgeRule, LearnFrom, Response


def judge(*rules: dict[str, Any]) -> Judge:
    return Judge(
        [JudgeRule.model_validate(rule) for rule in rules], "Shop 'orders.list'", "the instance 'UK' (Token)"
    )


def answer(status: int, body: Any = None, **headers: str) -> Response:
    return Response(status, headers, b"" if body is None else json.encode(body))


@pytest.mark.parametrize(
    ("status", "kind", "recovery"),
    [
        (401, errors.CredentialRejectedError, "reauth"),
        (403, errors.CredentialRejectedError, "reauth"),
        (404, errors.RequestRejectedError, "skip"),
        (422, errors.RequestRejectedError, "skip"),
        (429, errors.RateLimitedError, "wait"),
        (500, errors.RemoteFaultError, "retry"),
        (503, errors.RemoteFaultError, "retry"),
    ],
)
def test_status_codes_have_their_usual_meaning(status: int, kind: type, recovery: str) -> None:
    error = judge().verdict(answer(status, {"message": "because"}))
    assert type(error) is kind
    assert error is not None
    assert error.recovery == recovery
    assert "because" in error.message


def test_good_answers_are_good() -> None:
    assert judge().verdict(answer(204)) is None


def test_a_rule_finds_an_error_inside_a_200() -> None:
    rule = {"when": {"status": 200, "body": "body.errors != null"}, "error": "remote.rejected",
            "message": "{{ body.errors[0].message }}"}  # fmt: skip
    error = judge(rule).verdict(answer(200, {"errors": [{"message": "no such order"}]}))
    assert isinstance(error, errors.RequestRejectedError)
    assert "no such order" in error.message
    assert judge(rule).verdict(answer(200, {"data": 1})) is None


def test_a_rule_may_say_that_an_error_is_fine() -> None:
    assert judge({"when": {"status": [404, 410]}}).verdict(answer(404)) is None


def test_a_rule_with_an_unknown_error_is_refused() -> None:
    with pytest.raises(errors.DocumentError, match="rejectd"):
        judge({"when": {"status": "4xx"}, "error": "remote.rejectd"})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errors": {"email": ["is invalid"]}}, "email is invalid"),
        (
            {"title": "Bad Request", "o:errorDetails": [{"detail": "Enter value for: Customer"}]},
            "Enter value for: Customer",
        ),
        ({"error": {"message": "nope"}}, "nope"),
        ([{"message": "a"}, {"message": "b"}], "a; b"),
        ("<html><body>Bad gateway</body></html>", ""),
    ],
)
def test_the_applications_own_words_are_found(body: Any, said: str) -> None:
    assert said_in(body) == said


def test_retry_after_in_seconds_or_as_a_date() -> None:
    assert retry_after_s({"retry-after": "0"}) == 0
    assert retry_after_s({"retry-after": "2.5"}) == 2.5
    later = retry_after_s({"retry-after": format_datetime(now() + timedelta(seconds=60), usegmt=True)})
    assert later == pytest.approx(60, abs=3)
    assert retry_after_s({"retry-after": "soon"}) is None
    assert retry_after_s({}) is None


async def _places(budget: Budget, count: int) -> list[float]:
    started = time.monotonic()
    places: list[float] = []

    async def one() -> None:
        await budget.acquire()
        places.append(time.monotonic() - started)

    await asyncio.gather(*(one() for _ in range(count)))
    return sorted(places)


async def test_calls_over_the_limit_wait_and_none_fails() -> None:
    places = await _places(Budget(50, 1.0, burst=5), 15)
    assert len(places) == 15
    assert places[4] < 0.1
    assert places[-1] >= 0.19


async def test_a_pause_stops_the_whole_budget_and_is_told() -> None:
    budget = Budget(None)
    budget.pause(1.1, "the shop said 429")
    told: list[str] = []
    started = time.monotonic()
    await asyncio.gather(*(budget.acquire(lambda _until, reason: told.append(reason)) for _ in range(3)))
    assert time.monotonic() - started >= 1.0
    assert told == ["the shop said 429"] * 3


def test_a_budget_learns_from_the_vendors_header() -> None:
    budget = Budget(10, 1.0, burst=10)
    rule = LearnFrom(header="X-Limit")
    budget.learn(Response(200, {"x-limit": "12/40"}, b""), rule)
    assert budget.waiting_until is None
    budget.learn(Response(200, {"x-limit": "40/40"}, b""), rule)
    assert budget.waiting_until is not None
    budget.learn(Response(200, {"x-limit": "many"}, b""), rule)
