"""What a request's body asks of a database, per verb."""

from __future__ import annotations

from typing import Annotated, Any, Self, cast

from pydantic import BeforeValidator, ValidationError, model_validator

from weftline.errors import RequestRejectedError
from weftline.kernel import json
from weftline.kernel.registry import explain
from weftline.model import Document, Request, field

Row = dict[str, Any]


def _columns(value: Any) -> Any:
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else value


Key = Annotated[list[str], BeforeValidator(_columns)]
"""Columns, as a list or as text with commas."""


class Query(Document):
    """Rows to read: by a statement, or of a table in the order of a key, after a row of it.

    Of a table also those alone whose column ``changed`` is at least ``since``, in that column's order.
    """

    sql: str = field("", title="Statement")
    values: Row = field(dict, title="Values", description="Of a table: limit, and after (or after_<column>)")
    table: str = field("", title="Table")
    key: Key = field(list, title="Key")
    changed: str = field("", title="Changed", description="The column that grows when a row is added or changed")
    since: Any = field(None, title="Since", description="The least value of that column; null: whatever it has")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.sql.strip()) == bool(self.table):
            raise ValueError("give either 'sql' or 'table'")
        if self.table and not self.key:
            raise ValueError("'table' needs 'key', the columns to read it by")
        if self.changed and not self.table:
            raise ValueError("'changed' is for a table; a statement says by itself what it reads")
        return self

    @property
    def order(self) -> list[str]:
        """The columns that a table is read by, each once."""
        return list(dict.fromkeys([self.changed, *self.key] if self.changed else self.key))


class Execute(Document):
    """A statement to run, once or once per set of values."""

    sql: str = field(title="Statement", min_length=1)
    values: Row | list[Row] = field(dict, title="Values")


class Insert(Document):
    """Rows to add to a table."""

    table: str = field(title="Table", min_length=1)
    rows: list[Row] = field(title="Rows")


class Upsert(Insert):
    """Rows to add, or to change where their key is there."""

    key: Key = field(title="Key", min_length=1)


Write = Execute | Insert | Upsert
Asked = Query | Write | list[Write]
VERBS: dict[str, type[Query | Execute | Insert | Upsert]] = {
    "QUERY": Query,
    "EXECUTE": Execute,
    "INSERT": Insert,
    "UPSERT": Upsert,
}


def asked(request: Request) -> Asked:
    """What is asked; :class:`RequestRejectedError` for a verb or a body that is not one of ours.

    A list of bodies is for the verbs that write: all of them, in one transaction.
    """
    form = VERBS.get(request.method)
    if form is None:
        raise RequestRejectedError(
            f"a database does not know the method {request.method}", hint=f"use one of {', '.join(VERBS)}"
        )
    try:
        body = json.decode(request.body or b"{}")
        if isinstance(body, list) and form is not Query:
            return cast("list[Write]", [form.model_validate(one) for one in body])
        return form.model_validate(body)
    except ValidationError as error:
        raise RequestRejectedError(f"the body of {request.method} is wrong: {explain(error)}") from None
    except json.JSONError as error:
        raise RequestRejectedError(f"the body of {request.method} is no JSON: {error}") from None
