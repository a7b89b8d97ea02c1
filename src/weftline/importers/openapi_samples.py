"""Small, likely values for schemas: from their examples, else made up."""

from __future__ import annotations

from typing import Any

from weftline.importers.openapi_refs import Json, Refs, items, table

_MOST_DEPTH = 7
_MOST_PROPERTIES = 60
_MOST_VALUES = 2000
"""In one sample, and schemas merged into one: circles that are wide end there."""
_FORMATS = {
    "date-time": "2024-01-31T09:30:00Z", "date": "2024-01-31", "time": "09:30:00Z",
    "uuid": "7f3c1d52-8a4e-4b1f-9c0d-2e5b6a7f8091",
    "email": "ada@example.com", "uri": "https://example.com/a", "url": "https://example.com/a",
    "hostname": "example.com",
    "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "byte": "dGV4dA==",
    "binary": "text", "password": "***", "duration": "P1D",
}  # fmt: skip


class Samples:
    """Values of schemas; circles and depth are bounded."""

    def __init__(self, refs: Refs) -> None:
        self._refs = refs
        self._values = 0
        self._merges = 0

    def of_media(self, media: Json, *, sending: bool = False) -> Any:
        """A value of a body: its example, or one of its schema."""
        if "example" in media:
            return media["example"]
        for one in table(media.get("examples")).values():
            found = self._refs.of(one)
            if "value" in found:
                return found["value"]
        return self.of(media.get("schema"), sending=sending)

    def of_parameter(self, parameter: Json) -> Any:
        """A value of a parameter."""
        schema = self.merged(parameter.get("schema"))
        example = self.of_media({key: one for key, one in parameter.items() if key in ("example", "examples")})
        return self.of(schema) if example is None else example

    def of(self, schema: Any, depth: int = 0, *, sending: bool = False) -> Any:
        """A value of a schema; None where it is too deep."""
        self._values = 0 if depth == 0 else self._values + 1
        if self._values > _MOST_VALUES:
            return None
        found = self.merged(schema)
        for key in ("example", "default", "const"):
            if found.get(key) is not None:
                return found[key]
        for key in ("examples", "enum"):
            if items(found.get(key)):
                return found[key][0]
        if depth > _MOST_DEPTH:
            return None
        match kind_of(found):
            case "object":
                return self._object(found, depth, sending)
            case "array":
                item = self.of(found.get("items"), depth + 1, sending=sending)
                return [] if item is None else [item] * max(1, min(_number(found.get("minItems"), 1), 3))
            case "integer" | "number" as kind:
                low = found.get("minimum", found.get("exclusiveMinimum"))
                value = 1 if not isinstance(low, int | float) or isinstance(low, bool) or low < 1 else low
                if isinstance(found.get("maximum"), int | float) and value > found["maximum"]:
                    value = found["maximum"]
                return int(value) if kind == "integer" else value
            case "boolean":
                return True
            case "null":
                return None
        made = _FORMATS.get(str(found.get("format")), "text")
        if "format" not in found:
            made = made.ljust(min(_number(found.get("minLength"), 0), 200), "x")
            made = made[: max(1, _number(found.get("maxLength"), 200))]
        return made

    def _object(self, schema: Json, depth: int, sending: bool) -> Json:
        required = {one for one in items(schema.get("required")) if isinstance(one, str)}
        made: Json = {}
        for name, one in list(table(schema.get("properties")).items())[:_MOST_PROPERTIES]:
            if sending and self._refs.of(one).get("readOnly") is True:
                continue
            if not sending and self._refs.of(one).get("writeOnly") is True:
                continue
            value = self.of(one, depth + 1, sending=sending)
            if value is not None or name in required:
                made[name] = value
        return made

    def merged(self, schema: Any, depth: int = 0) -> Json:
        """A schema with what ``allOf`` adds and the first of ``oneOf`` and ``anyOf``."""
        found = self._refs.of(schema)
        self._merges = 0 if depth == 0 else self._merges + 1
        if depth > _MOST_DEPTH or self._merges > _MOST_VALUES or not ({"allOf", "oneOf", "anyOf"} & found.keys()):
            return found
        parts = list(items(found.get("allOf")))
        for key in ("oneOf", "anyOf"):
            choices = [one for one in items(found.get(key)) if kind_of(self._refs.of(one)) != "null"]
            parts += choices[:1]
        whole: Json = {}
        own = {key: one for key, one in found.items() if key not in ("allOf", "oneOf", "anyOf")}
        for part in [*(self.merged(one, depth + 1) for one in parts[:50]), own]:
            properties = {**table(whole.get("properties")), **table(part.get("properties"))}
            required = [*items(whole.get("required")), *items(part.get("required"))]
            whole = {**whole, **part}
            if properties:
                whole["properties"] = properties
            if required:
                whole["required"] = required
        return whole


def kind_of(schema: Json) -> str:
    """A schema's type; the first that is not null of several; told by its parts if it does not say."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if isinstance(kind, str):
        return kind
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema else "string"


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
