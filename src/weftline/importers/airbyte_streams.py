"""One stream of a low-code manifest as an endpoint."""

from __future__ import annotations

import ast
import re
from collections.abc import Container
from typing import Any
from urllib.parse import parse_qsl

from weftline.importers import naming
from weftline.importers.airbyte_auth import Authenticators
from weftline.importers.airbyte_config import Asked
from weftline.importers.airbyte_errors import rules
from weftline.importers.airbyte_jinja import NoEquivalentError, path, template
from weftline.importers.airbyte_paging import paging
from weftline.importers.airbyte_slices import Slices
from weftline.kernel.redact import is_secret_name

Json = dict[str, Any]
_HOST = re.compile(r"((?:https?://(?:\{\{.*?\}\}|[^/{])*)|\{\{.*?\}\}(?:\{\{.*?\}\}|[^/{])*)(/.*)?", re.DOTALL)
_FORMATS = {"JsonlDecoder": "ndjson", "CsvDecoder": "csv", "XmlDecoder": "xml", "JsonDecoder": "json"}
_SAMPLES = {"integer": 1, "number": 1.5, "boolean": True, "null": None}
_LEFT = {
    "retriever": ("pagination_reset", "page_size_reduction", "request_window_splitting",
                  "ignore_stream_slicer_parameters_on_paginated_requests"),
    "requester": ("fetch_properties_from_endpoint", "query_properties"),
    "stream": ("file_uploader",),
}  # fmt: skip


def address(requester: Json, asked: Asked) -> tuple[str, str]:
    """Host and path of a requester's base URL, translated; two empty texts when it cannot be."""
    text = requester.get("url_base") or requester.get("url") or ""
    try:
        found = _HOST.fullmatch(str(template(text, asked.roots(requester.get("$parameters") or {}))).strip())
    except NoEquivalentError:
        return "", ""
    return (found[1], found[2] or "") if found else ("", "")


class Stream:
    """Puts one stream into the draft."""

    def __init__(
        self, stream: Json, asked: Asked, authenticators: Authenticators, base: str, taken: Container[str]
    ) -> None:
        self._stream, self._asked, self._authenticators, self._base = stream, asked, authenticators, base
        self._name = str(stream.get("name") or "stream")
        self.key = naming.endpoint_key(self._name, "list", taken)
        self._where = f"endpoints.{self.key}"
        self._slices = Slices(asked, self._where)
        self._query: dict[str, Any] = {}
        self._headers: dict[str, str] = {}
        self._body: Any = None
        self._form = False

    def _todo(self, what: str) -> None:
        self._asked.draft.todo(self._where, what)

    def add(self) -> bool:
        """Whether there is an endpoint of it now; a ``todo`` says why not."""
        retriever = self._stream.get("retriever") or {}
        requester = retriever.get("requester") or {}
        for one in (retriever, requester):
            if one.get("type") not in ("SimpleRetriever", "HttpRequester"):
                self._todo(
                    f"the stream '{self._name}' is not translated: '{one.get('class_name') or one.get('type')}'"
                )
                return False
        method = str(requester.get("http_method") or "GET").upper()
        if method not in ("GET", "POST", "PUT", "PATCH"):
            self._todo(f"the stream '{self._name}' is not translated: the method {method}")
            return False
        self._left_out(retriever, requester)
        self._authenticators.add(requester.get("authenticator"), self._where)
        self._sliced(retriever)
        try:
            where = self._path(requester)
        except NoEquivalentError as error:
            self._todo(f"the stream '{self._name}' is not translated: its address has {error}")
            return False
        items = self._items(retriever.get("record_selector") or {}, requester)
        pagination, evidence = self._paging(retriever, items)
        self._request(requester)
        for place, name, value in self._slices.fixed:
            self._put(place, name, value)
        self._slices.finish()
        self._asked.draft.evidence[self.key] = evidence
        request: Json = {"method": method, "path": where, "query": self._query, "headers": self._headers}
        if self._body is not None:
            request |= {"body": self._body} | ({"format": "form"} if self._form else {})
        primary = self._stream.get("primary_key") or "id"
        cursor = self._slices.cursor
        if cursor is not None:
            columns = primary if isinstance(primary, list) else [primary]
            cursor["key"] = ",".join(".".join(one) if isinstance(one, list) else str(one) for one in columns)
        decoder = (retriever.get("decoder") or {}).get("type", "JsonDecoder")
        if decoder not in _FORMATS:
            self._todo(f"the decoder {decoder} is not translated: see the endpoint's format")
        facts: Json = {
            "title": f"List {naming.title(self._name).lower()}", "entity": naming.entity(self._name),
            "direction": "receive", "request": request, "format": _FORMATS.get(decoder, "json"),
            "parameters": list(self._slices.parameters.values()), "pagination": pagination, "cursor": cursor,
            "items_path": path("", items).lstrip(".").replace('["*"]', "[*]"),
            "judge": rules(requester.get("error_handler"), self._asked, self._where),
        }  # fmt: skip
        schema = (self._stream.get("schema_loader") or {}).get("schema")
        sample = sample_of(schema) if isinstance(schema, dict) else None
        self._asked.draft.endpoint(self.key, facts, sample or None)
        return True

    def _left_out(self, retriever: Json, requester: Json) -> None:
        parts = {"retriever": retriever, "requester": requester, "stream": self._stream}
        for part, names in _LEFT.items():
            for name in names:
                if parts[part].get(name):
                    self._todo(f"the manifest's '{name}' is not translated")
        selector = retriever.get("record_selector") or {}
        kept = selector.get("record_filter")
        if kept:
            self._todo(
                f"records are kept only if {kept.get('condition') or kept.get('class_name')}: filter in a flow"
            )
        for one in self._stream.get("transformations") or []:
            facts = {
                key: value
                for key, value in one.items()
                if key not in ("type", "$parameters", *(one.get("$parameters") or {}))
            }
            said = one.get("class_name") or f"{one.get('type')} {facts}"
            self._todo(f"each record is transformed: {str(said)[:600]}; do it in a map shape")
        loader = self._stream.get("schema_loader") or {}
        if loader.get("type") not in (None, "InlineSchemaLoader"):
            self._todo(f"the schema comes from a {loader.get('class_name') or loader['type']}: add a sample")

    def _sliced(self, retriever: Json) -> None:
        routers = retriever.get("partition_router") or []
        for router in routers if isinstance(routers, list) else [routers]:
            self._tried("the partition", lambda one=router: self._slices.partition(one))
        if self._stream.get("incremental_sync"):
            self._tried("the incremental sync", lambda: self._slices.incremental(self._stream["incremental_sync"]))

    def _tried(self, what: str, do: Any) -> None:
        try:
            do()
        except NoEquivalentError as error:
            self._todo(f"{what} is not translated: {error}")

    def _path(self, requester: Json) -> str:
        base, before = address(requester, self._asked)
        if base != self._base:
            self._todo(f"has an address of its own: {requester.get('url_base') or requester.get('url')}")
        own = str(self._template(requester.get("path") or "", requester)).lstrip("/")
        if own.startswith(("http://", "https://")):
            raise NoEquivalentError(f"a whole address {own}")
        own, _, query = own.partition("?")
        self._query |= dict(parse_qsl(query, keep_blank_values=True))
        return f"{before.rstrip('/')}/{own}" if own else before

    def _template(self, text: Any, component: Json) -> Any:
        return template(text, self._asked.roots(component.get("$parameters") or {}, self._slices.root))

    def _items(self, selector: Json, requester: Json) -> list[str]:
        extractor = selector.get("extractor") or {}
        if extractor.get("type") != "DpathExtractor":
            self._todo(f"the extractor '{extractor.get('class_name') or extractor.get('type')}' is not translated")
            return []
        try:
            found = [str(self._template(part, extractor)) for part in extractor.get("field_path") or []]
        except NoEquivalentError as error:
            self._todo(f"the records' place {extractor.get('field_path')} is not translated: {error}")
            return []
        if "*" in found:
            self._todo(
                "'*' in the records' place walks lists; where the answer has an object by names there, it does not"
            )
        if extractor.get("record_expander"):
            self._todo("the manifest's 'record_expander' is not translated: split the records in a map shape")
        return found

    def _paging(self, retriever: Json, items: list[str]) -> tuple[Json, str]:
        try:
            found, placed, why = paging(retriever.get("paginator"), items, self._asked)
        except NoEquivalentError as error:
            self._todo(f"the pagination is not translated: {error}; {shown(retriever.get('paginator'))}")
            return self._slices.window or {"kind": "none"}, "not translated"
        for place, name, value in placed:
            self._put(place, name, value)
        window = self._slices.window
        return ({**window, "inner": found} if window else found), why

    def _put(self, place: str, name: str, value: Any) -> None:
        if place == "query":
            self._query[name] = value
        elif place == "header":
            self._headers[name] = str(value)
        else:
            at = self._body = self._body if isinstance(self._body, dict) else {}
            *outer, last = name.split(".")
            for part in outer:
                at = at.setdefault(part, {})
            at[last] = value

    def _request(self, requester: Json) -> None:
        for place, field in (("query", "request_parameters"), ("header", "request_headers")):
            given = requester.get(field) or {}
            if isinstance(given, str):
                given = (
                    dict(parse_qsl(given, keep_blank_values=True)) if "{" not in given else self._whole(field, given)
                )
            for name, value in given.items():
                self._one(place, str(name), value, requester)
        body = requester.get("request_body") or {}
        kind, value = body.get("type"), body.get("value")
        if requester.get("request_body_data") or kind in ("RequestBodyPlainText", "RequestBodyUrlEncodedForm"):
            value, self._form = requester.get("request_body_data") or value, True
        elif requester.get("request_body_json"):
            value = requester["request_body_json"]
        if isinstance(value, dict):
            filled = {str(name): self._value(str(name), one, requester) for name, one in value.items()}
            self._body = {**filled, **(self._body or {})}
        elif value:
            self._whole("request_body", value)

    def _whole(self, field: str, value: Any) -> Json:
        self._todo(f"'{field}' is one text, which is not translated: {str(value)[:300]}")
        return {}

    def _one(self, place: str, name: str, value: Any, requester: Json) -> None:
        if isinstance(value, dict | list):
            self._todo(f"the {place} '{name}' is not translated: {shown(value)}")
            return
        if is_secret_name(name) and isinstance(value, str) and value and "{{" not in value:
            self._todo(f"the {place} '{name}' is written in the manifest and not copied: make it a credential")
            return
        try:
            filled = self._template(value, requester)
        except NoEquivalentError as error:
            try:
                if self._authenticators.fixed(place, name, value, requester.get("$parameters") or {}):
                    return
            except NoEquivalentError:
                pass
            self._todo(f"the {place} '{name}' is not translated: {value} has {error}")
            return
        if filled is not None:
            self._put(place, name, filled)

    def _value(self, name: str, value: Any, requester: Json) -> Any:
        """A value of a body; texts that spell a number are one, as in the manifest's own reading."""
        if isinstance(value, dict):
            return {str(key): self._value(f"{name}.{key}", one, requester) for key, one in value.items()}
        if isinstance(value, list):
            return [self._value(name, one, requester) for one in value]
        try:
            filled = self._template(value, requester)
        except NoEquivalentError as error:
            self._todo(f"the body's '{name}' is not translated: {value} has {error}")
            return None
        if isinstance(filled, str) and "{{" not in filled and not self._form:
            try:
                read = ast.literal_eval(filled)
            except (ValueError, SyntaxError):
                return filled
            return read if isinstance(read, str | int | float | bool | list | dict | None) else filled
        return filled


def shown(value: Any) -> str:
    """A part of the manifest for a ``todo``."""
    if isinstance(value, dict):
        value = {key: one for key, one in value.items() if key != "$parameters"}
    return str(value)[:400]


def sample_of(schema: Any, depth: int = 0) -> Any:
    """A record as a JSON schema describes it."""
    if not isinstance(schema, dict) or depth > 6:
        return None
    kinds = schema.get("type")
    kind = next((one for one in kinds if one != "null"), "null") if isinstance(kinds, list) and kinds else kinds
    if schema.get("enum"):
        return schema["enum"][0]
    if kind == "object" or "properties" in schema:
        return {
            str(name): sample_of(one, depth + 1) for name, one in list((schema.get("properties") or {}).items())[:200]
        }
    if kind == "array":
        return [sample_of(schema.get("items") or {}, depth + 1)]
    if kind in _SAMPLES:
        return _SAMPLES[str(kind)]
    return {"date-time": "2026-01-31T09:30:00Z", "date": "2026-01-31"}.get(str(schema.get("format")), "text")
