"""Statements of a flow's author: ``{{ ... }}`` places become bound values, never text.

``select * from t where id = {{ payload.id }}`` gives ``select * from t where id = :p1`` and the values ``{"p1": 7}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weftline.errors import DocumentError, ExpressionError
from weftline.expr import compile_template
from weftline.transports.sql_text import pieces

_DIALECTS = {"sqlserver": "mssql"}
_MARK = "\ue000"
"""Stands for a place while quotes are looked for; a character that is nobody's."""


class Bound(dict[str, Any]):
    """A statement as a parameter's value: ``sql`` and ``values``, each for a field of the body."""


def bind(text: str, scope: Mapping[str, Any], transport: str, where: str) -> Bound:
    """The statement with its values; :class:`DocumentError` for a place within quotes or a comment."""
    compile_template(text)  # a place that is not closed is found, and said, here
    marked = text
    values: dict[str, Any] = {}
    while "{{" in marked:
        start = marked.index("{{")
        end = _end(marked, start)
        name = f"p{len(values) + 1}"
        while f":{name}" in text:  # a place of the author's own
            name += "_"
        values[name] = compile_template(marked[start:end]).render(scope)
        marked = f"{marked[:start]}{_MARK}:{name}{marked[end:]}"
    for part, quiet in pieces(marked, _DIALECTS.get(transport, transport)):
        if quiet and _MARK in part:
            raise DocumentError(
                f"{where} has {{{{ ... }}}} within quotes or a comment of its statement",
                hint="remove the quotes around it: the value is bound, not pasted",
            )
    return Bound(sql=marked.replace(_MARK, ""), values=values)


def _end(text: str, start: int) -> int:
    """Where a place ends; braces may stand within its quotes."""
    end = text.index("}}", start) + 2
    while True:
        try:
            if compile_template(text[start:end]).alone is not None:
                return end
        except ExpressionError:
            pass
        end = text.index("}}", end) + 2
