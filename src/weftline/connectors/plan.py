"""Planning: an endpoint and its inputs become a request. Pure; compiled once per session."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from weftline.connectors.statement import Bound, bind
from weftline.errors import DocumentError, ExpressionError, UnreadableBodyError, did_you_mean
from weftline.expr import MISSING, compile_expression, compile_path, compile_template, to_text
from weftline.formats import FORMATS, Format
from weftline.kernel import json
from weftline.model import Connector, Endpoint, Request, Response
from weftline.pagination import PAGINATORS, Paginator

Scope = Mapping[str, Any]

SHOWN_CHARACTERS = 200
_NO_KEY = object()
_SLOT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class EndpointPlan:
    """One endpoint, compiled: how its requests are made and its answers read."""

    def __init__(self, connector: Connector, endpoint: Endpoint, base_url: str, headers: Mapping[str, str]) -> None:
        template = endpoint.request
        self.endpoint = endpoint
        self.where = f"{connector.title} '{endpoint.key}'"
        self._transport = str(connector.transport.get("kind", ""))
        self.format = _format(endpoint.format, self.where)
        self._body_format = self.format if template.format is None else _format(template.format, self.where)
        kind = str(endpoint.pagination.get("kind", "none"))
        settings = {key: value for key, value in endpoint.pagination.items() if key != "kind"}
        self.paginator: Paginator = PAGINATORS.get(kind)(PAGINATORS.config(kind, settings, where=self.where))
        self.items_path = compile_path(endpoint.items_path) if endpoint.items_path else None
        self._items_key: Any = endpoint.items_path or None
        if self.items_path is not None and self.items_path.parts != (endpoint.items_path,):
            self._items_key = _NO_KEY
        self._url = _compile_url(base_url.rstrip("/"), template.path)
        self._query = {name: compile_template(value) for name, value in template.query.items()}
        self._headers = {name: compile_template(value) for name, value in template.headers.items()}
        self._body = None if template.body is None else compile_template(template.body)
        self._parameters = {parameter.key: parameter for parameter in endpoint.parameters}
        self._path_names = {key: item.place["path"] for key, item in self._parameters.items() if "path" in item.place}
        self._body_names = {key: item.place["body"] for key, item in self._parameters.items() if "body" in item.place}
        self._plain = not self._query and not self._headers and not self._parameters
        self._fixed_headers = {"Accept": self.format.content_type} | dict(headers)
        self.result = compile_template(endpoint.result_path) if endpoint.result_path else None
        self.bulk = compile_template(endpoint.bulk.body) if endpoint.bulk else None
        self._metadata = {name: compile_template(text) for name, text in endpoint.metadata.items()}
        self._metadata_reads_body = any(
            reference.startswith("body") for template in self._metadata.values() for reference in template.references
        )
        rule = endpoint.idempotency
        self._record_key = compile_template(rule.record_key) if rule and rule.record_key else None

    def request(self, scope: Scope, parameters: Mapping[str, Any], timeout_s: float) -> Request:
        """The request; :class:`ExpressionError` names a reference that is not there.

        ``parameters`` are values as :meth:`parameters` gives them; templates know them as ``params``, and the path
        knows those placed there by their own name.
        """
        if self._parameters:
            in_path = {name: parameters[key] for key, name in self._path_names.items() if key in parameters}
            scope = {**scope, "params": parameters, **in_path}
        body = self._encoded_body(scope, parameters)
        fixed = dict(self._fixed_headers)
        if body is not None:
            fixed["Content-Type"] = self._body_format.content_type_of(body)
        request = Request(self.endpoint.request.method, self._url(scope), [], fixed, body, timeout_s)
        if self._plain and not parameters:
            return request
        for name, template in self._query.items():
            _put_query(request, name, template.render(scope, strict=True))
        for name, template in self._headers.items():
            request.headers[name] = to_text(template.render(scope, strict=True))
        self._put_parameters(request, scope, parameters)
        return request

    def item(self, scope: Scope, parameters: Mapping[str, Any]) -> Any:
        """What stands for one record in a request of many."""
        return self._body_value(scope, parameters) if self._body is not None else scope.get("payload")

    def body_of(self, items: list[Any], scope: Scope) -> bytes:
        """The body of a request of many records."""
        return self._body_format.encode(self.bulk.render({**scope, "items": items}) if self.bulk else items)

    def meta(self, response: Response, body: Any) -> dict[str, Any]:
        """Values of an answer that travel with its records."""
        if not self._metadata:
            return {}
        if body is None and self._metadata_reads_body:
            body = self.format.decode(response.body, where=self.where)
        scope = {"body": body, "headers": response.headers, "status": response.status}
        return {name: template.render(scope) for name, template in self._metadata.items()}

    def _encoded_body(self, scope: Scope, parameters: Mapping[str, Any]) -> bytes | None:
        if self._body is None and not any(key in parameters for key in self._body_names):
            return None
        return self._body_format.encode(self._body_value(scope, parameters))

    def _body_value(self, scope: Scope, parameters: Mapping[str, Any]) -> Any:
        value = None if self._body is None else self._body.render(scope)
        placed = {name: parameters[key] for key, name in self._body_names.items() if key in parameters}
        if placed:
            if not isinstance(value, Mapping | None):
                name = next(iter(placed))
                raise DocumentError(f"{self.where} cannot put '{name}' into a body that is not an object")
            for name, own in placed.items():
                value = {**(value or {}), **(own if isinstance(own, Bound) else {name: own})}
        return value

    def record_key(self, scope: Scope) -> str:
        """The record's key at the target; empty when the endpoint names none."""
        return "" if self._record_key is None else to_text(self._record_key.render(scope, strict=True))

    def parameters(self, given: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """Values of the optional parameters: what the step gives (templates rendered), then defaults."""
        for name in given:
            if name not in self._parameters:
                raise DocumentError(f"{self.where} has no filter '{name}'", hint=did_you_mean(name, self._parameters))
        values: dict[str, Any] = {}
        for key, parameter in self._parameters.items():
            if parameter.type == "sql" and given.get(key):
                values[key] = bind(str(given[key]), scope, self._transport, self.where)
                continue
            value = compile_template(given[key]).render(scope) if key in given else None
            if value is None or value == "":  # a filter left empty in a form is one that is not set
                value = parameter.default
                if isinstance(value, str) and "{{" in value:
                    value = compile_template(value).render(scope)
            if value is not None:
                values[key] = value
            elif parameter.required:
                raise DocumentError(f"{self.where} needs a value for '{key}'", hint="fill in the filter on the step")
        return values

    def _put_parameters(self, request: Request, scope: Scope, values: Mapping[str, Any]) -> None:
        for key, value in values.items():
            for place, name in self._parameters[key].place.items():
                if name == "*" and not isinstance(value, Mapping):
                    raise DocumentError(f"{self.where} needs names and values for '{key}'", hint='such as {"a": "b"}')
                for own, one in value.items() if name == "*" else [(name, value)]:
                    if place == "query":
                        _put_query(request, own, one)
                    elif place == "header":
                        request.headers[own] = to_text(one)

    def records(self, response: Response) -> tuple[bytes, int, Any]:
        """The records of an answer as a JSON list, their number, and what paginators read of the rest.

        Where the format can, the records are cut out as they are: they are decoded once, where they are used.
        """
        if self._items_key is not _NO_KEY:
            cut = self.format.split(response.body, self._items_key, others=self.paginator.reads_body)
            if cut is not None:
                return cut
        body = self.format.decode(
            response.body, where=self.where, content_type=response.headers.get("content-type", "")
        )
        found = body if self.items_path is None else self.items_path.get(body)
        if found is MISSING:
            if response.status == 204:
                return b"[]", 0, body
            # Not "no records": taken for the end of a chain, it would lose what stands behind it.
            raise UnreadableBodyError(
                f"the answer of {self.where} has no '{self.endpoint.items_path}'; it begins: "
                f"{response.body[:SHOWN_CHARACTERS].decode('utf-8', 'replace')!r}",
                hint="see the endpoint's items_path; if it is right, the application had another thing to say",
            )
        items = [] if found is None else found if isinstance(found, list) else [found]
        items = [item for item in items if item is not MISSING]
        return json.encode(items), len(items), body


def _format(choice: str | Mapping[str, Any], where: str) -> Format:
    """The format that an endpoint names: a kind, or a kind with its config."""
    settings = {"kind": choice} if isinstance(choice, str) else dict(choice)
    kind = str(settings.pop("kind", "json"))
    return FORMATS.get(kind)(FORMATS.config(kind, settings, where=f"the format of {where}"))


def _put_query(request: Request, name: str, value: Any) -> None:
    if value is None:
        return
    request.query = [(key, old) for key, old in request.query if key != name]
    request.query.append((name, to_text(value)))


def _compile_url(base_url: str, path: str) -> Callable[[Scope], str]:
    """Base and path; what a template puts into the path is percent-encoded, so that it stays one piece.

    A list becomes as many pieces, with a slash between them.
    """
    pieces: list[str | Any] = []
    end = 0
    for slot in _SLOT.finditer(path):
        pieces.append(path[end : slot.start()])
        pieces.append(compile_expression(slot[1]))
        end = slot.end()
    pieces.append(path[end:])
    if len(pieces) == 1:
        url = base_url + path
        return lambda _: url

    def url_of(scope: Scope) -> str:
        text = base_url
        for piece in pieces:
            if isinstance(piece, str):
                text += piece
                continue
            value = piece.evaluate(scope)
            if value is None or value == "":
                name = ", ".join(sorted(piece.references)) or path
                raise ExpressionError(
                    f"the path '{path}' needs '{name}', which is empty",
                    hint="map a value to it, or filter such records out",
                )
            parts = [to_text(part) for part in (value if isinstance(value, list) else [value])]
            if len(parts) > 1 and parts[0] == "":  # "/a/b", split
                del parts[0]
            if "." in parts or ".." in parts:
                raise ExpressionError(
                    f"'.' or '..' cannot stand in the path '{path}'", hint="it would lead elsewhere"
                )
            text += "/".join(quote(part, safe="~") for part in parts)
        return text

    return url_of
