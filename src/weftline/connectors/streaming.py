"""Answers too large for memory: read piece by piece, handed on as pages of their own.

A stream is kept open between two durable steps of a pull. After a crash, or when it breaks, it is asked for again and
what was handed on already is skipped; the state says how many records that are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from weftline.connectors.caller import Caller, RetryPolicy
from weftline.connectors.judge import Judge
from weftline.connectors.pacing import OnWait
from weftline.connectors.plan import EndpointPlan
from weftline.errors import WeftlineError
from weftline.kernel import digest, json
from weftline.model import Page, Request, Response

PAGE_RECORDS = 500
PAGE_BYTES = 4 * 1024 * 1024
"""A page is cut at whichever comes first; bytes are those of the answer."""

KEPT_OPEN_S = 120.0
"""A stream that nobody goes on reading is closed after this long; it can be asked for again."""

State = dict[str, Any]
Pages = AsyncGenerator[Page, None]


async def stream_pages(
    caller: Caller, plan: EndpointPlan, judge: Judge, request: Request, here: State, on_wait: OnWait | None
) -> Pages:
    """One answer as pages; the last one's ``next_state`` is what follows the answer."""
    done = int(here.get("skip", 0))
    retry = RetryPolicy()
    failures = 0
    while True:
        before = done
        try:
            async with aclosing(_once(caller, plan, judge, request, here, done, on_wait)) as pages:
                async for page in pages:
                    done += page.count
                    yield page
        except WeftlineError as error:
            failures = failures + 1 if done == before else 1
            if error.recovery != "retry" or failures >= retry.tries:
                raise
            await asyncio.sleep(retry.delay_s(failures))
        else:
            return


async def _once(
    caller: Caller,
    plan: EndpointPlan,
    judge: Judge,
    request: Request,
    here: State,
    skip: int,
    on_wait: OnWait | None,
) -> Pages:
    reader = plan.format.reader(plan.endpoint.items_path, where=plan.where)
    base = {name: value for name, value in here.items() if name != "skip"}
    async with caller.open(request, judge, on_wait) as streamed:
        response = Response(streamed.status, streamed.headers, b"", url=streamed.url)
        meta = plan.meta(response, {})
        seen = handed = size = 0
        ready: list[Any] = []

        def page(records: list[Any], following: State | None) -> Page:
            raw = json.encode(records)
            return Page(len(records), raw, here["number"], following, response, request, meta)

        async for piece in streamed.pieces:
            size += len(piece)
            found = reader.feed(piece)
            ready += _after(found, seen, skip)
            seen += len(found)
            while len(ready) >= PAGE_RECORDS or (ready and size >= PAGE_BYTES):
                cut, ready = ready[:PAGE_RECORDS], ready[PAGE_RECORDS:]
                handed += len(cut)
                size = 0
                yield page(cut, base | {"skip": skip + handed})
        found = reader.close()
        ready += _after(found, seen, skip)
        following = plan.paginator.after(
            base, request, response, None, seen + len(found), plan.where, ready[-1] if ready else None
        )
        yield page(ready, following)


def _after(found: list[Any], seen: int, skip: int) -> list[Any]:
    """Those of the records found that have not been handed on before."""
    return found if seen >= skip else found[skip - seen :]


class OpenStreams:
    """Streams between two durable steps: put away where one stopped, taken up where the next goes on."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Pages, asyncio.TimerHandle]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @staticmethod
    def key(request: Request, state: State) -> str:
        """The same for the same request at the same place: whoever takes it up gets the same records."""
        return digest(
            json.encode([request.method, request.url, request.query, sorted(request.headers.items())]),
            request.body or b"",
            json.encode(state),
        )

    def put(self, key: str, pages: Pages) -> None:
        """Put a stream away; it is closed when nobody takes it up."""
        timer = asyncio.get_running_loop().call_later(KEPT_OPEN_S, self._expire, key)
        replaced = self._kept.pop(key, None)
        self._kept[key] = (pages, timer)
        if replaced is not None:
            replaced[1].cancel()
            self._close_later(replaced[0])

    def take(self, key: str) -> Pages | None:
        """A stream that was put away, once."""
        found = self._kept.pop(key, None)
        if found is None:
            return None
        found[1].cancel()
        return found[0]

    async def close(self) -> None:
        """Close them all."""
        kept, self._kept = self._kept, {}
        for pages, timer in kept.values():
            timer.cancel()
            await pages.aclose()
        for task in list(self._closing):
            await task

    def _expire(self, key: str) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._close_later(found[0])

    def _close_later(self, pages: Pages) -> None:
        task = asyncio.ensure_future(pages.aclose())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
