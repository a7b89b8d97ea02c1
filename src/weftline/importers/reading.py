"""Reading somebody's JSON or YAML, which may be hostile: bounded in size, depth and what its anchors expand to."""

from __future__ import annotations

from typing import Any

import yaml

from weftline.errors import DocumentError
from weftline.importers.base import Source
from weftline.kernel import json

MOST_BYTES = 64 * 1024 * 1024
MOST_DEPTH = 200
MOST_NODES = 5_000_000
"""Values in a document, its anchors written out."""

_PACKED = {b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "packed with gzip", b"\xfd7zXZ": "packed with xz"}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_source(data: bytes, name: str) -> Source:
    """The source with its values, if it is JSON or YAML; :class:`DocumentError` when it must not be read."""
    if len(data) > MOST_BYTES:
        raise DocumentError(f"{name} has {len(data):,} bytes; {MOST_BYTES:,} are read at most")
    packed = next((words for begin, words in _PACKED.items() if data.startswith(begin)), None)
    if packed:
        raise DocumentError(f"{name} is {packed}", hint="unpack it, and import what is in it")
    body = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body[:1] in (b"{", b"["):
        return Source(name, data, _json(body, name))
    try:
        document = _yaml(body.decode(), name)
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name} is not UTF-8 text (byte {error.start})") from None
    return Source(name, data, document if isinstance(document, dict | list) else None)


def _json(body: bytes, name: str) -> Any:
    try:
        return json.decode(body)
    except json.JSONError as error:
        raise DocumentError(f"{name} is not JSON: {error}") from None


def _yaml(text: str, name: str) -> Any:
    """None for what is not YAML: a command line, say."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError:
        return None
    except RecursionError:
        raise DocumentError(f"{name}: nested deeper than {MOST_DEPTH}") from None
    if root is None:
        return None
    return _Values(name).of(root, 0)[0]


class _Values:
    """Nodes to values. What an anchor names is one value, however often it is used, but counted every time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._known: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()
        self._scalars = yaml.SafeLoader("")

    def of(self, node: yaml.Node, depth: int) -> tuple[Any, int]:
        """The value, and how many values it is written out."""
        known = self._known.get(id(node))
        if known is not None:
            return known
        if depth > MOST_DEPTH:
            raise self._refused(node, f"is nested deeper than {MOST_DEPTH}")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node), 1
        if id(node) in self._open:
            raise self._refused(node, "has an anchor within itself")
        self._open.add(id(node))
        found = self._mapping(node, depth) if isinstance(node, yaml.MappingNode) else self._list(node, depth)
        self._open.discard(id(node))
        if found[1] > MOST_NODES:
            raise self._refused(node, f"has more than {MOST_NODES:,} values once its anchors are written out")
        self._known[id(node)] = found
        return found

    def _mapping(self, node: yaml.MappingNode, depth: int) -> tuple[Any, int]:
        values: dict[str, Any] = {}
        count = 1
        for key_node, value_node in node.value:
            value, size = self.of(value_node, depth + 1)
            count += size
            if key_node.tag == "tag:yaml.org,2002:merge":
                for more in value if isinstance(value, list) else [value]:
                    values = {**more, **values} if isinstance(more, dict) else values
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._refused(key_node, "has a key that is not plain text")
            values[key_node.value] = value
        return values, count

    def _list(self, node: yaml.Node, depth: int) -> tuple[Any, int]:
        found = [self.of(item, depth + 1) for item in node.value]
        return [value for value, _ in found], 1 + sum(size for _, size in found)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        match node.tag.rpartition(":")[2]:
            case "null":
                return None
            case "bool" | "int" | "float":
                try:
                    return self._scalars.construct_object(node)
                except (ValueError, yaml.YAMLError):
                    return node.value
            case _:
                return node.value

    def _refused(self, node: yaml.Node, what: str) -> DocumentError:
        return DocumentError(f"{self._name}:{node.start_mark.line + 1} {what}", hint="write it out plainly")
