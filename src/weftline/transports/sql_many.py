"""Several writes in one transaction: with as few statements as can be, or each for itself. Synchronous."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from weftline.errors import RequestRejectedError
from weftline.transports.sql_requests import Execute, Insert, Upsert, Write


def together(wanted: Iterable[Write]) -> Iterator[Write]:
    """The same writes, neighbours of one table or one statement as one."""
    group: list[Write] = []
    for one in wanted:
        if group and _what(one) != _what(group[0]):
            yield _one(group)
            group = []
        group.append(one)
    if group:
        yield _one(group)


def each(
    connection: sa.Connection,
    wanted: Iterable[Write],
    do: Callable[[sa.Connection, Write], int],
    explaining: Callable[[list[Write]], AbstractContextManager[None]],
) -> list[dict[str, Any]]:
    """Per write ``{"ok": true}``, or ``{"ok": false, "message"}`` for what the database refuses and takes back."""
    answers: list[dict[str, Any]] = []
    for one in wanted:
        try:
            with explaining([one]), connection.begin_nested():
                do(connection, one)
            answers.append({"ok": True})
        except RequestRejectedError as error:
            answers.append({"ok": False, "message": f"{error.message}{f' ({error.hint})' if error.hint else ''}"})
    return answers


def _what(one: Write) -> tuple[Any, ...]:
    if isinstance(one, Execute):
        return Execute, one.sql
    return type(one), one.table, tuple(one.key) if isinstance(one, Upsert) else ()


def _one(group: list[Write]) -> Write:
    first = group[0]
    if len(group) == 1:
        return first
    if isinstance(first, Execute):
        sets = [one.values for one in group if isinstance(one, Execute)]
        values = [row for own in sets for row in (own if isinstance(own, list) else [own])]
        return first.model_copy(update={"values": values})
    rows = [row for one in group if isinstance(one, Insert) for row in one.rows]
    return first.model_copy(update={"rows": rows})
