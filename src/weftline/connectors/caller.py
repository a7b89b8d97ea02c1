"""The call loop: pace, sign, send, judge; again when that helps."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from weftline.auth import AuthMethod, Token
from weftline.connectors.judge import Judge
from weftline.connectors.pacing import Budget, OnWait
from weftline.connectors.pool import Pool
from weftline.connectors.tokens import OwnTokens, Tokens
from weftline.errors import (
    ConnectError,
    CredentialError,
    RateLimitedError,
    RemoteFaultError,
    RemoteTimeoutError,
    UnreadableBodyError,
    WeftlineError,
)
from weftline.kernel import now
from weftline.model import LearnFrom, Request, Response, Streamed
from weftline.transports import UNSENT, Transport

T = TypeVar("T")
Send = Callable[[Request], Awaitable[Response]]

ERROR_BYTES = 1024 * 1024
"""Of the body of a streamed answer that is an error, so much is read."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When to try again. Waiting for a rate limit is not a try; it is bounded by ``patience_s``."""

    tries: int = 5
    base_s: float = 0.5
    cap_s: float = 30.0
    patience_s: float = 3600.0

    def delay_s(self, attempt: int) -> float:
        """Exponential back-off with full jitter after the given attempt (1 is the first)."""
        return random.uniform(0.0, min(self.cap_s, self.base_s * 2 ** (attempt - 1)))  # noqa: S311


class Caller:
    """Calls one instance. Knows no endpoints: a request and its judge come in, a response goes out."""

    def __init__(
        self,
        transport: Transport,
        auth: AuthMethod,
        budget: Budget,
        pool: Pool | None,
        learn_from: LearnFrom | None,
        retry: RetryPolicy,
        note: Callable[[WeftlineError, Request, Response | None], None],
        tokens: Tokens | None = None,
    ) -> None:
        self._transport = transport
        self._auth = auth
        self._budget = budget
        self._pool: AbstractAsyncContextManager[object] = pool if pool is not None else nullcontext()
        self._learn_from = learn_from
        self._retry = retry
        self._note = note
        self._tokens = tokens or OwnTokens()

    async def call(
        self,
        request: Request,
        judge: Judge,
        on_wait: OnWait | None = None,
        *,
        repeatable: bool = True,
        send: Send | None = None,
    ) -> tuple[Response, int]:
        """A good answer and how many attempts it took; the last error when there is none.

        A request that is not ``repeatable`` is sent again only if it surely had no effect. When that is not known,
        the error's context says ``uncertain``.
        """
        send = send or self._transport.send
        attempt = waits = 0
        renewed = challenged = False
        refused: Token | None = None
        patient_until = time.monotonic() + self._retry.patience_s
        while True:
            attempt += 1
            response: Response | None = None
            token = None
            left = False
            try:
                await self._budget.acquire(on_wait)
                async with self._pool:
                    if self._auth.uses_token:
                        token = await self._fresh_token(refused)
                    signed = request.copy()
                    if not self._transport.signs:
                        self._auth.sign(signed)
                    left = True
                    response = await send(signed)
                response.sent = signed
                self._budget.learn(response, self._learn_from)
                error = judge.verdict(response)
                if error is None:
                    return response, attempt
            except WeftlineError as raised:
                error = raised
            if isinstance(error, CredentialError) and response is not None and not challenged:
                challenged = True
                if self._auth.challenged(response):
                    continue
            if isinstance(error, CredentialError) and self._auth.uses_token and not renewed and response is not None:
                renewed, refused = True, token
                continue
            uncertain = left and not repeatable and _may_have_arrived(error, response)
            delay_s = None if uncertain else self._delay_before_next(error, attempt, waits)
            if delay_s is None or time.monotonic() + delay_s > patient_until:
                error.context |= {"attempts": attempt} | ({"uncertain": True} if uncertain else {})
                self._note(error, request, response)
                raise error
            if error.recovery == "wait":
                attempt -= 1
                waits += 1
            await self._wait(delay_s, error, on_wait)

    @asynccontextmanager
    async def open(
        self, request: Request, judge: Judge, on_wait: OnWait | None = None
    ) -> AsyncGenerator[Streamed, None]:
        """As :meth:`call`, for a good answer whose body is read in pieces; rules on bodies see none."""
        async with AsyncExitStack() as stack:
            held: list[Streamed] = []

            async def send(signed: Request) -> Response:
                async with AsyncExitStack() as attempt:
                    streamed = await attempt.enter_async_context(self._transport.open(signed))
                    body = b""
                    if 200 <= streamed.status < 300:
                        held.append(streamed)
                        stack.push_async_exit(attempt.pop_all())
                    else:
                        async for piece in streamed.pieces:
                            body += piece
                            if len(body) > ERROR_BYTES:
                                break
                    return Response(streamed.status, streamed.headers, body, url=streamed.url)

            await self.call(request, judge, on_wait, send=send)
            yield held[-1]

    def _delay_before_next(self, error: WeftlineError, attempt: int, waits: int) -> float | None:
        """Seconds until the next try; None when trying again does not help."""
        if error.recovery == "wait":
            if error.retry_after_s is None:
                return max(1.0, self._retry.delay_s(waits + 1))
            # "Retry-After: 0" again and again must not become a loop without a pause.
            return max(error.retry_after_s, min(0.1 * waits, self._retry.cap_s))
        if error.recovery == "retry" and attempt < self._retry.tries:
            return max(self._retry.delay_s(attempt), error.retry_after_s or 0.0)
        return None

    async def _wait(self, delay_s: float, error: WeftlineError, on_wait: OnWait | None) -> None:
        if isinstance(error, RateLimitedError):
            # The whole budget stops: the other calls would only be refused as well.
            self._budget.pause(delay_s, error.message)
            return
        if delay_s >= 1.0 and on_wait is not None:
            on_wait(now() + timedelta(seconds=delay_s), error.message)
        await asyncio.sleep(delay_s)

    async def drive(self, steps: Generator[Request, Response, T]) -> T:
        """Send what an authentication method's generator asks for; its result."""
        try:
            request = next(steps)
            while True:
                request = steps.send(await self._transport.send(request))
        except StopIteration as done:
            result: T = done.value
            return result

    async def _fresh_token(self, refused: Token | None) -> Token:
        """The token; one renewal, however many calls of however many workers need it."""
        token = self._auth.token
        if token is not None and token.is_fresh and (refused is None or token.value != refused.value):
            return token
        self._auth.token = token = await self._tokens.get(refused, self._renew)
        return token

    async def _renew(self, kept: Token | None) -> Token:
        self._auth.token = kept
        return await self.drive(self._auth.renew())


def _may_have_arrived(error: WeftlineError, response: Response | None) -> bool:
    """Whether a request that left may have had its effect although an error came of it."""
    if response is None:
        lost = isinstance(error, ConnectError | RemoteTimeoutError | UnreadableBodyError | RemoteFaultError)
        return lost and UNSENT not in error.context
    return error.recovery == "retry"
