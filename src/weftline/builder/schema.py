"""The JSON Schema of records that were seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from weftline.kernel import from_text

Json = dict[str, Any]

_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?")
_FORMATS = ("date-time", "date")


def infer(records: Sequence[Any]) -> Json:
    """A schema that all of the records fit; a field is required when every record has it."""
    return _merged([_of(record) for record in records])


def _of(value: Any) -> Json:
    match value:
        case None:
            return {"type": "null"}
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float() | Decimal():
            return {"type": "number"}
        case list():
            return {"type": "array"} | ({"items": _merged([_of(item) for item in value])} if value else {})
        case dict():
            fields = {str(name): _of(one) for name, one in value.items()}
            return {"type": "object", "properties": fields, "required": sorted(fields)}
        case _:
            form = _format(str(value))
            return {"type": "string"} | ({"format": form} if form else {})


def _format(text: str) -> str | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        from_text(text)
    except ValueError:
        return None
    return _FORMATS[0] if "T" in text else _FORMATS[1]


def _merged(schemas: Sequence[Json]) -> Json:
    """One schema for values of all of these."""
    if not schemas:
        return {}
    types = sorted({kind for schema in schemas for kind in _types(schema)})
    if "number" in types and "integer" in types:
        types.remove("integer")
    merged: Json = {"type": types[0] if len(types) == 1 else types}
    objects = [schema for schema in schemas if "object" in _types(schema)]
    if objects:
        names = sorted({name for schema in objects for name in schema["properties"]})
        merged["properties"] = {
            name: _merged([schema["properties"][name] for schema in objects if name in schema["properties"]])
            for name in names
        }
        merged["required"] = sorted(set.intersection(*(set(schema["required"]) for schema in objects)))
    items = [schema["items"] for schema in schemas if "items" in schema]
    if items:
        merged["items"] = _merged(items)
    texts = [schema for schema in schemas if "string" in _types(schema)]
    forms = {schema.get("format") for schema in texts}
    if len(forms) == 1 and (form := forms.pop()):
        merged["format"] = form
    return merged


def _types(schema: Json) -> list[str]:
    kind = schema["type"]
    return kind if isinstance(kind, list) else [kind]
