"""A request that somebody wrote down or recorded, as an endpoint."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from weftline.errors import WeftlineError
from weftline.formats import FORMATS
from weftline.formats.base import gather
from weftline.importers import naming
from weftline.importers.draft import Draft, Json, shortened, without_secrets
from weftline.importers.guess_auth import Pairs, is_secret
from weftline.kernel import json

SENT = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}

_SEARCH = re.compile(r"(^|[_/])(search|query|find|lookup)$", re.I)
_ID = re.compile(
    r"\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{20,}|[0-9A-HJKMNP-TV-Z]{26}", re.I
)
_OURS = {"payload", "meta", "vars", "run", "now", "params", "key", "body", "headers", "status", "and", "or", "in",
         "not", "true", "false", "null", "credentials", "items", "base_url"}  # fmt: skip
_OPERATION = re.compile(r"^\s*(?:#[^\n]*\n\s*)*(query|mutation|\{)\s*(\w+)?")
_FORM = "application/x-www-form-urlencoded"
_PAGES = {"page", "offset", "cursor", "page_token", "pagetoken", "after", "starting_after", "start", "skip"}


@dataclass(slots=True)
class Call:
    """A request; its texts are templates already, see :func:`literal`."""

    method: str
    path: str
    title: str = ""
    group: str = ""
    description: str = ""
    query: Pairs = field(default_factory=list)
    headers: Pairs = field(default_factory=list)
    parameters: list[Json] = field(default_factory=list)
    payload: Any = None
    """An example of what is sent; None: no body."""
    format: str | Json = "json"
    template: Any = "{{ payload }}"
    receives: bool | None = None
    """None: as the method and the path say."""
    answer: Json = field(default_factory=dict)
    """What an answer told of the endpoint: items_path, pagination, format."""
    evidence: str = ""
    sample: Any = None
    """A record that was received."""
    where: str = "endpoints.new"
    """Where its todos stand until it has a key."""


def literal(text: str) -> str:
    """A text as a template that yields it."""
    return text.replace("{{", '{{ "{{" }}') if "{{" in text else text


def literals(value: Any) -> Any:
    """The same for every text of a value."""
    if isinstance(value, dict):
        return {key: literals(one) for key, one in value.items()}
    if isinstance(value, list):
        return [literals(one) for one in value]
    return literal(value) if isinstance(value, str) else value


def parameter(name: str, place: str, taken: Container[str], *, default: Any = None, **facts: Any) -> Json:
    """A parameter for a name of somebody's; its key is unlike those taken and unlike our own words."""
    key = naming.key(name, "value")[:70]
    key = naming.unique(f"{key}_value" if key in _OURS else key, taken)
    made: Json = {
        "key": key,
        "title": naming.title(name),
        "place": {place: key if place == "path" else name},
        **facts,
    }
    return made if default is None or default == "" else {**made, "default": default}


def is_id(piece: str) -> bool:
    """Whether a piece of a path looks like an id, not like a word of the API."""
    return bool(_ID.fullmatch(piece))


def such_as(piece: str) -> str:
    """An example in words; none for what could as well be a key."""
    return f"Such as {piece}." if piece.isdecimal() or "-" in piece else ""


def id_name(before: str) -> str:
    """The name of the id that follows a piece of a path: order_id after orders."""
    found = naming.words(before)
    return "_".join([*found[:-1], naming.singular(found[-1]), "id"]) if found and found[0][0].isalpha() else "id"


def body_of(raw: str, content_type: str) -> tuple[Any, str | Json]:
    """What a body holds and its format; what cannot be read is text."""
    plain = content_type.partition(";")[0].strip().lower()
    try:
        if plain in ("application/json", "text/json") or plain.endswith("+json"):
            return json.decode(raw.encode()), "json"
        if plain == _FORM:
            return form_of(parse_qsl(raw, keep_blank_values=True, strict_parsing=True)), "form"
        if plain in ("application/xml", "text/xml") or plain.endswith("+xml"):
            config: Json = {"kind": "xml", "namespaces": "keep"}
            return FORMATS.get("xml")(FORMATS.config("xml", {"namespaces": "keep"})).decode(
                raw.encode(), where="body"
            ), config
    except (ValueError, json.JSONError, WeftlineError):
        pass
    return {"text": raw}, "text"


def form_of(pairs: Sequence[tuple[str, Any]]) -> Json:
    """Names to texts; a name that stands there several times to a list."""
    found: Json = {}
    for name, value in pairs:
        gather(found, name, value)
    return found


def add(draft: Draft, call: Call) -> str:
    """The endpoint of a request; its key."""
    graphql(draft, call)
    words = [piece for piece in call.path.split("?")[0].split("/") if piece and "{{" not in piece]
    entity = naming.singular(naming.key(call.group)) if call.group else naming.entity("/".join(words) or "item")
    receives = call.method in ("GET", "HEAD") or (call.method == "POST" and bool(_SEARCH.search("/".join(words))))
    if call.receives is not None:
        receives = call.receives
    ends = call.path.rstrip("/").endswith("}}")
    name = call.title or naming.action(call.method, call.path, lists=receives and not ends)
    group = naming.key(call.group or entity)[:30].rstrip("_")
    key = naming.unique(f"{group}.{naming.key(name)[:42].rstrip('_')}", draft.endpoints)
    where = f"endpoints.{key}"
    draft.move(call.where, where)
    request: Json = {"method": call.method, "path": call.path, "query": {}, "headers": {}}
    facts: Json = {
        "title": naming.title(call.title or f"{name.capitalize()} {entity.replace('_', ' ')}"), "entity": entity,
        "direction": "receive" if receives else "send", "description": shortened(call.description),
        "request": request, "parameters": call.parameters,
    }  # fmt: skip
    header = _headers(call, request)
    _query(draft, call, request, where, pages=receives and "pagination" not in call.answer)
    if call.payload is not None:
        _body(call, request, receives)
        _blanked(draft, call, where)
    facts |= call.answer
    if receives:
        draft.evidence[key] = call.evidence or "no answer was seen"
        draft.endpoint(key, facts, call.sample)
        return key
    facts["idempotency"] = _idempotency(draft, call, request, header, where)
    draft.endpoint(key, facts, {} if call.payload is None else call.payload)
    return key


def graphql(draft: Draft, call: Call) -> None:
    """Makes a GraphQL call of a JSON payload that has a query: what is sent is its variables."""
    sent = call.payload
    if call.method != "POST" or not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        return
    found = _OPERATION.search(sent["query"])
    if found is None or not set(sent) <= {"query", "variables", "operationName"}:
        return
    variables = sent.get("variables") or {}
    fixed = literals({name: one for name, one in sent.items() if name != "variables" and one})
    call.receives = found[1] != "mutation"
    call.title = call.title or found[2] or ""
    if call.receives:
        call.payload, call.template = sent, fixed
        if variables:
            taken = {*draft.variables, *(one["key"] for one in call.parameters)}
            call.parameters.append(
                parameter("variables", "body", taken, type="json", default=without_secrets(variables))
            )
    else:
        call.payload, call.template = variables, {**fixed, "variables": "{{ payload }}"}


def _headers(call: Call, request: Json) -> str | None:
    """Puts headers into the request, but for those that the format sets; returns the idempotency key's name."""
    kind = call.format if isinstance(call.format, str) else str(call.format["kind"])
    usual = FORMATS.get(kind).content_type
    found = None
    for name, value in call.headers:
        lowered = name.lower()
        if lowered.removeprefix("x-") == "idempotency-key":
            found = name
        elif lowered == "content-type":
            if kind != "multipart" and call.payload is not None and value.replace(" ", "") != usual.replace(" ", ""):
                request["headers"]["Content-Type"] = value
        elif lowered == "accept":
            if value not in ("*/*", "application/json"):
                request["headers"]["Accept"] = value
        elif lowered not in ("host", "content-length", "connection", "accept-encoding", "transfer-encoding"):
            request["headers"][name] = value
    return found


def _query(draft: Draft, call: Call, request: Json, where: str, *, pages: bool) -> None:
    names = [name for name, _ in call.query]
    walked = {str(one) for one in call.answer.get("pagination", {}).values()}
    taken = set(draft.variables) | {one["key"] for one in call.parameters}
    several: list[str] = []
    for name, value in call.query:
        if name in walked:
            continue
        if names.count(name) > 1:
            several.append(f"{name}={value}")
        elif "{{" in value:
            request["query"][name] = value
        else:
            made = parameter(name, "query", taken, default=value)
            taken.add(made["key"])
            call.parameters.append(made)
            if not value:
                request["query"][name] = ""
            if pages and name.lower() in _PAGES:
                draft.todo(
                    where, f"'{name}' may tell pages apart: set pagination and items_path once an answer is seen"
                )
    if several:  # a request's query is an object: what repeats stands in the path
        request["path"] += "?" + "&".join(several)


def _body(call: Call, request: Json, receives: bool) -> None:
    request["body"] = call.template
    if receives and call.template == "{{ payload }}":
        request["body"] = literals(without_secrets(call.payload))
    if call.format != "json":
        request["format"] = call.format


def _blanked(draft: Draft, call: Call, where: str) -> None:
    names = sorted({name for name in _names(call.payload) if is_secret(name)})
    if names:
        draft.todo(where, f"its body has {', '.join(names)}: what may be a secret is left blank")


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            *(str(name) for name, one in value.items() if isinstance(one, str)),
            *(n for one in value.values() for n in _names(one)),
        ]
    return [name for one in value for name in _names(one)] if isinstance(value, list) else []


def _idempotency(draft: Draft, call: Call, request: Json, header: str | None, where: str) -> Json:
    if header:
        return {"kind": "header", "header": header}
    fed = re.search(r"\{\{ ([a-z][a-z0-9_]*) \}\}/?$", call.path)
    own = fed and next((one for one in call.parameters if one["key"] == fed[1] and "path" in one["place"]), None)
    if fed and own and call.method in ("PUT", "PATCH", "DELETE"):
        own["required"] = False
        request["path"] = request["path"].replace(fed[0], f"{{{{ {fed[1]} ?? payload.id }}}}", 1)
        if call.method == "PUT":
            draft.todo(where, "PUT by id is taken for create-or-update: see that it is")
            return {"kind": "upsert", "record_key": f"{{{{ params.{fed[1]} ?? payload.id }}}}"}
    draft.todo(where, "nothing tells how a repeat is harmless: an uncertain send is parked for a person")
    return {"kind": "none"}
