"""YAML files with places: every fault is named with file, line and key.

Only plain data is read: no tags, no anchors, no key twice, no more than ``MOST_BYTES``. What may be an id, a time or
a word stays text, where YAML 1.1 would guess a number or a truth: ``NO``, ``on``, ``0123``, ``12:30``, ``1234567_1``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from weftline.errors import DocumentError, did_you_mean

__all__ = ["Places", "load_yaml", "parse_yaml", "read_document", "to_yaml", "validate"]

T = TypeVar("T", bound=BaseModel)
Path_ = tuple[str | int, ...]
Places = dict[Path_, tuple[int, int]]
"""Line and column (from 1) of every key and item, by its path."""

MOST_BYTES = 8 * 1024 * 1024
MOST_DEPTH = 60

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,999})")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")


def load_yaml(path: Path) -> tuple[Any, Places]:
    """A file's values and their places."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DocumentError(f"{path} has {size:,} bytes; {MOST_BYTES:,} are read at most")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DocumentError(f"{path} does not exist", hint="see the path") from None
    except IsADirectoryError:
        raise DocumentError(f"{path} is a folder", hint="name a file in it") from None
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path} is not UTF-8 text (byte {error.start})") from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> tuple[Any, Places]:
    """A text's values and their places; ``name`` stands for it in errors."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise DocumentError(f"{where}: {error.problem or error.context}", hint="see the indentation there") from None
    except yaml.YAMLError as error:
        raise DocumentError(f"{name}: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise DocumentError(f"{name}: nested deeper than {MOST_DEPTH}") from None
    if root is None:
        return None, {}
    places: Places = {}
    seen: set[int] = set()
    return _value(root, (), places, seen, name), places


def _value(node: yaml.Node, path: Path_, places: Places, seen: set[int], name: str) -> Any:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    places.setdefault(path, (line, column))
    if id(node) in seen:
        raise DocumentError(
            f"{name}:{line}: anchors are not read", hint="write the value out; what you read is what runs"
        )
    seen.add(id(node))
    if len(path) > MOST_DEPTH:
        raise DocumentError(f"{name}:{line}: nested deeper than {MOST_DEPTH}")
    if isinstance(node, yaml.MappingNode):
        values: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(key_node, name)
            if not isinstance(key, str):
                key = str(key_node.value)
            here = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key in values:
                raise DocumentError(f"{name}:{here[0]}: the key '{key}' stands twice", hint="remove one")
            places[(*path, key)] = here
            values[key] = _value(value_node, (*path, key), places, seen, name)
        return values
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), places, seen, name) for index, item in enumerate(node.value)]
    return _scalar(node, name)


def _scalar(node: yaml.Node, name: str) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        raise DocumentError(f"{name}:{node.start_mark.line + 1}: a key must be plain text")
    match node.tag:
        case "tag:yaml.org,2002:null":
            return None
        case "tag:yaml.org,2002:bool":
            known = {"true": True, "false": False}
            return known.get(node.value.lower(), node.value)
        case "tag:yaml.org,2002:int":
            return int(node.value) if _WHOLE.fullmatch(node.value) else node.value
        case "tag:yaml.org,2002:float":
            return Decimal(node.value) if _DECIMAL.fullmatch(node.value) else node.value
        case "tag:yaml.org,2002:str" | "tag:yaml.org,2002:timestamp":
            return node.value
        case tag:
            raise DocumentError(
                f"{name}:{node.start_mark.line + 1}: the tag '{tag}' is not read", hint="write plain data"
            )


def read_document(path: Path, model: type[T]) -> T:
    """A file as a document; every fault with file, line and key."""
    data, places = load_yaml(path)
    return validate(data, places, model, str(path))


def validate(data: Any, places: Places, model: type[T], name: str) -> T:
    """Values as a document; every fault with its place."""
    if not isinstance(data, dict):
        raise DocumentError(f"{name}: expected keys and values", hint=f"it should be a {model.__name__.lower()}")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [_fault(fault, places, model, name) for fault in error.errors(include_url=False)]
        raise DocumentError(
            "; ".join(text for text, _ in faults), hint=next((hint for _, hint in faults if hint), "")
        ) from None


def _fault(fault: Any, places: Places, model: type[BaseModel], name: str) -> tuple[str, str]:
    path: Path_ = tuple(fault["loc"])
    known = path
    while known and known not in places:
        known = known[:-1]
    line, _ = places.get(known, (1, 1))
    key = ".".join(str(piece) for piece in path) or "document"
    if fault["type"] == "extra_forbidden":
        return f"{name}:{line}: unknown key '{key}'", did_you_mean(str(path[-1]), _keys_at(model, path[:-1]))
    if fault["type"] == "missing":
        return f"{name}:{line}: '{key}' is missing", ""
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}:{line}: {key}: {message}", ""


def _keys_at(model: type[BaseModel], path: Path_) -> list[str]:
    """The keys that a document knows at a path, read from its schema."""
    schema = model.model_json_schema(by_alias=True)
    here = schema
    for piece in path:
        here = _resolved(schema, here)
        if isinstance(piece, int):
            here = here.get("items", {})
        else:
            here = here.get("properties", {}).get(piece, {})
    return list(_resolved(schema, here).get("properties", {}))


def _resolved(schema: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    for option in [here, *here.get("anyOf", [])]:
        if "$ref" in option:
            found: dict[str, Any] = schema["$defs"][option["$ref"].rpartition("/")[2]]
            return found
    return here


class _Dumper(yaml.SafeDumper):
    """Writes decimals as numbers and keeps keys in their order."""


_Dumper.add_representer(
    Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))
)


def to_yaml(value: Any) -> str:
    """Plain data as YAML text."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
