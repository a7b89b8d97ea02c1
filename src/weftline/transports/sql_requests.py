"""What a request's body asks of a database, per verb."""

from __future__ import annotations

from typing import Annotated, Any, Self

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
    """Rows to read: by a statement, or of a table in the order of a key, after a row of it."""

    sql: str = field("", title="Statement")
    values: Row = field(dict, title="Values", description="Of a table: limit, and after (or after_<column>)")
    table: str = field("", title="Table")
    key: Key = field(list, title="Key")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.sql.strip()) == bool(self.table):
            raise ValueError("give either 'sql' or 'table'")
        if self.table and not self.key:
            raise ValueError("'table' needs 'key', the columns to read it by")
        return self


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


Asked = Query | Execute | Insert | Upsert
VERBS: dict[str, type[Query | Execute | Insert | Upsert]] = {
    "QUERY": Query,
    "EXECUTE": Execute,
    "INSERT": Insert,
    "UPSERT": Upsert,
}


def asked(request: Request) -> Asked:
    """What is asked; :class:`RequestRejectedError` for a verb or a body that is not one of ours."""
    form = VERBS.get(request.method)
    if form is None:
        raise RequestRejectedError(
            f"a database does not know the method {request.method}", hint=f"use one of {', '.join(VERBS)}"
        )
    try:
        return form.model_validate(json.decode(request.body or b"{}"))
    except ValidationError as error:
        raise RequestRejectedError(f"the body of {request.method} is wrong: {explain(error)}") from None
    except json.JSONError as error:
        raise RequestRejectedError(f"the body of {request.method} is no JSON: {error}") from None
