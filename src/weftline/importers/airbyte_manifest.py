"""A low-code manifest with its references written out and its ``$parameters`` handed down."""

from __future__ import annotations

from typing import Any

from weftline.errors import DocumentError

Json = dict[str, Any]

MOST_VALUES = 500_000
_DEFAULT_TYPES = {
    "streams": "DeclarativeStream", "stream": "DeclarativeStream", "retriever": "SimpleRetriever",
    "requester": "HttpRequester", "login_requester": "HttpRequester", "record_selector": "RecordSelector",
    "extractor": "DpathExtractor", "record_filter": "RecordFilter", "error_handler": "DefaultErrorHandler",
    "response_filters": "HttpResponseFilter", "request_option": "RequestOption", "paginator": "NoPagination",
    "page_size_option": "RequestOption", "start_time_option": "RequestOption", "end_time_option": "RequestOption",
    "start_datetime": "MinMaxDatetime", "end_datetime": "MinMaxDatetime", "inject_into": "RequestOption",
    "parent_stream_configs": "ParentStreamConfig",
}  # fmt: skip
"""What a component is that names no type, by its place."""
_PLAIN = ("schema", "connection_specification", "schemas")
"""Not components: JSON schemas."""


def written_out(manifest: Json) -> Json:
    """Streams, check and spec with every ``$ref`` resolved and parameters handed down; they stay under
    ``$parameters``. :class:`DocumentError` for a reference that leads nowhere or into itself."""
    parts = {key: value for key, value in manifest.items() if key not in ("definitions", "schemas")}
    resolved = _References(manifest).of(parts, ())
    return {key: _handed_down(value, {}, key) for key, value in resolved.items()}


class _References:
    def __init__(self, manifest: Json) -> None:
        self._manifest = manifest
        self._count = 0

    def of(self, node: Any, within: tuple[str, ...]) -> Any:
        self._count += 1
        if self._count > MOST_VALUES:
            raise DocumentError(f"the manifest has more than {MOST_VALUES:,} values once its references are resolved")
        if isinstance(node, list):
            return [self.of(item, within) for item in node]
        if isinstance(node, str) and node.startswith("#/"):
            return self._target(node, within)
        if not isinstance(node, dict):
            return node
        own = {key: self.of(value, within) for key, value in node.items() if key != "$ref"}
        if "$ref" not in node:
            return own
        found = self._target(str(node["$ref"]), within)
        return found | own if isinstance(found, dict) else found

    def _target(self, reference: str, within: tuple[str, ...]) -> Any:
        if reference in within or len(within) > 50:
            raise DocumentError(f"the reference '{reference}' leads into itself")
        at: Any = self._manifest
        rest = reference.removeprefix("#/")
        while rest:
            if isinstance(at, dict) and rest in at:
                at, rest = at[rest], ""
                continue
            head, _, rest = rest.partition("/")
            try:
                at = at[int(head)] if isinstance(at, list) else at[head]
            except (KeyError, IndexError, ValueError, TypeError):
                raise DocumentError(f"the reference '{reference}' leads nowhere") from None
        return self.of(at, (*within, reference))


def _handed_down(node: Any, parameters: Json, place: str) -> Any:
    if isinstance(node, list):
        return [_handed_down(item, parameters, place) for item in node]
    if not isinstance(node, dict) or place in _PLAIN:
        return node
    node = dict(node)
    parameters = {**parameters, **(node.pop("$parameters", None) or {})}
    if "type" not in node and "class_name" not in node and place in _DEFAULT_TYPES:
        node["type"] = _DEFAULT_TYPES[place]
    kind = node.get("type")
    if not isinstance(kind, str) or kind == "object":  # no component; those within are
        return {key: _handed_down(value, parameters, key) for key, value in node.items()}
    for key, value in parameters.items():
        node[key] = node.get(key) or value
    down = {
        key: _handed_down(value, {name: one for name, one in parameters.items() if name != key}, key)
        for key, value in node.items()
    }
    return down | ({"$parameters": parameters} if parameters else {})
