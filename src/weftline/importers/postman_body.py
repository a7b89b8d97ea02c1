"""Bodies and saved answers of a collection's requests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from weftline.importers.draft import Json
from weftline.importers.guess import facts_of
from weftline.importers.guess_auth import Pairs
from weftline.importers.guess_request import Call, body_of, form_of
from weftline.kernel import json

Say = Callable[[str], None]
Fill = Callable[[str], str]

_LANGUAGES = {"json": "application/json", "xml": "application/xml", "html": "text/html", "text": "text/plain"}
_BARE = re.compile(r'(?<!")\{\{[^{}]*\}\}(?!")')
_LEFT = re.compile(r"\{\{[^{}]*\}\}")


def listed(value: Any) -> list[Json]:
    """The objects of a list; a disabled one among them has ``disabled``."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """A description, which is a text or an object with ``content``."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def add_body(call: Call, body: Any, content_type: str, fill: Fill, say: Say) -> None:
    """Puts the payload and its format into the call; ``fill`` writes variables out, ``say`` makes a todo."""
    if not isinstance(body, dict) or body.get("disabled") is True:
        return
    match body.get("mode"):
        case "raw":
            _raw(call, body, content_type, fill, say)
        case "urlencoded":
            pairs = [
                (str(one.get("key") or ""), str(one.get("value") or "")) for one in _given(body, "urlencoded", say)
            ]
            call.payload, call.format = form_of([(name, _filled(value, fill, say)) for name, value in pairs]), "form"
        case "formdata":
            call.payload, call.format = form_of(_parts(body, fill, say)), "multipart"
        case "graphql":
            _graphql(call, body.get("graphql"), fill, say)
        case "file":
            say("its body is a file, which was not read: map a file's base64 to it")
            call.payload = {"base64": ""}
            call.format = {"kind": "binary", "content_type": content_type or "application/octet-stream"}
        case None:
            return
        case mode:
            say(f"its body has the mode '{mode}', which is not known here")


def _given(body: Json, mode: str, say: Say) -> list[Json]:
    found = listed(body.get(mode))
    left = [str(one.get("key")) for one in found if one.get("disabled") is True]
    if left:
        say(f"its fields {', '.join(left)} are switched off: they are not in the sample")
    return [one for one in found if one.get("disabled") is not True]


def _raw(call: Call, body: Json, content_type: str, fill: Fill, say: Say) -> None:
    raw = body.get("raw")
    if not isinstance(raw, str) or not raw.strip():
        return
    options = body.get("options")
    shown = options.get("raw") if isinstance(options, dict) else None
    language = shown.get("language") if isinstance(shown, dict) else None
    kind = content_type or _LANGUAGES.get(str(language), "")
    filled = fill(raw)
    if not kind and filled.lstrip()[:1] in ("{", "["):
        kind = "application/json"
    if "json" in kind:
        filled = _BARE.sub("null", filled)
    payload, call.format = body_of(_filled(filled, fill, say), kind or "text/plain")
    call.payload = payload
    if call.format == "text":
        call.template = "{{ payload.text }}"
        if "json" in kind:
            say("its body is not JSON, though it says so: it is sent as text")
        if kind and not content_type:
            call.headers.append(("Content-Type", kind))


def _filled(text: str, fill: Fill, say: Say) -> str:
    filled = fill(text)
    left = dict.fromkeys(_LEFT.findall(filled))
    if left:
        say(f"its body has {', '.join(left)}: map values to them")
    return _LEFT.sub("", filled)


def _parts(body: Json, fill: Fill, say: Say) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for one in _given(body, "formdata", say):
        name = str(one.get("key") or "")
        if one.get("type") != "file":
            found.append((name, _filled(str(one.get("value") or ""), fill, say)))
            continue
        source = one.get("src")
        for src in source if isinstance(source, list) else [source]:
            filename = str(src or "file").replace("\\", "/").rpartition("/")[2]
            kind = str(one.get("contentType") or "application/octet-stream")
            found.append((name, {"filename": filename, "content_type": kind, "base64": ""}))
        say(f"its file '{name}' was not read: map a file's base64 to it")
    return found


def _graphql(call: Call, graphql: Any, fill: Fill, say: Say) -> None:
    if not isinstance(graphql, dict) or not isinstance(graphql.get("query"), str):
        return
    payload: Json = {"query": graphql["query"]}
    if graphql.get("operationName"):
        payload["operationName"] = str(graphql["operationName"])
    variables = graphql.get("variables")
    if isinstance(variables, str) and variables.strip():
        try:
            variables = json.decode(_filled(_BARE.sub("null", fill(variables)), fill, say).encode())
        except json.JSONError:
            say("its variables are not JSON: they were left out")
            variables = None
    if isinstance(variables, dict) and variables:
        payload["variables"] = variables
    call.payload = payload


def add_answer(call: Call, responses: Any, query: Pairs, *, one: bool) -> None:
    """What the first good answer that was saved tells."""
    for saved in listed(responses):
        code = saved.get("code")
        if isinstance(code, int) and not 200 <= code < 300:
            continue
        if not isinstance(saved.get("body"), str):
            continue
        try:
            body = json.decode(saved["body"].encode())
        except json.JSONError:
            continue
        headers = {
            str(pair.get("key", "")).lower(): str(pair.get("value", "")) for pair in listed(saved.get("header"))
        }
        call.answer, why, call.sample = facts_of(dict(query), headers, body, one=one)
        call.evidence = f"the saved answer '{saved.get('name') or code}': {why}"
        return
