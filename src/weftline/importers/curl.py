"""cURL commands, as documentations and browsers give them: each request becomes an endpoint. Nothing is run."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, ClassVar
from urllib.parse import unquote_plus, urlsplit

from pydantic import BaseModel

from weftline.errors import DocumentError
from weftline.importers import naming
from weftline.importers.base import Imported, Importer, Source
from weftline.importers.curl_options import Command, read
from weftline.importers.curl_words import CLOSE, OPEN, commands
from weftline.importers.draft import Draft, Json
from weftline.importers.guess_auth import Methods, Pairs, is_secret
from weftline.importers.guess_request import (
    SENT,
    Call,
    add,
    body_of,
    form_of,
    id_name,
    is_id,
    literal,
    parameter,
    such_as,
)
from weftline.model import Document

_BEGINS = re.compile(r"\s*(?:(?:#.*|(?:export\s+)?[A-Za-z_]\w*=\S*)\s*\n\s*)*(?:\$ +)?curl(?:\.exe)?\s")
_SET = re.compile(r"[A-Za-z_]\w*=")
_VARIABLE = re.compile(f"{OPEN}(\\w+){CLOSE}")
_SLOT = re.compile(f"(?:{OPEN}(\\w+){CLOSE}|\\{{(\\w+)\\}}|<([\\w-]+)>)")
_FORM = "application/x-www-form-urlencoded"


class CurlConfig(Document):
    """Nothing to choose."""


class CurlImporter(Importer):
    """Reads the options that say what is sent; what they say of files and secrets is left behind."""

    kind: ClassVar[str] = "curl"
    title: ClassVar[str] = "cURL commands"
    Config: ClassVar[type[BaseModel]] = CurlConfig

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """By the first word that is no comment and sets no variable."""
        return bool(_BEGINS.match(source.text))

    def read(self, source: Source) -> Imported:
        """The connector; :class:`DocumentError` for pipes, substitutions, and a text without a request."""
        requests = [(one, url) for one in _commands(source) for url in one.urls]
        origins = [_origin(url) for _, url in requests]
        if not requests:
            raise DocumentError(f"{source.name} has no curl command with an address", hint="it begins with 'curl'")
        base = Counter(origins).most_common(1)[0][0]
        try:
            host = urlsplit(base).hostname or ""
        except ValueError:
            raise DocumentError(f"{source.name} has no address that can be read", hint=f"see {base[:80]}") from None
        draft = Draft(_name(host) or "API")
        if OPEN in base or not host:
            draft.base_url(None)
        else:
            draft.base_url(base)
        methods = Methods(draft)
        for (command, url), origin in zip(requests, origins, strict=True):
            if origin != base:
                draft.todo("endpoints", f"{command.verb} {_shown(url)} is at another host: import it by itself")
            elif command.verb not in SENT:
                draft.todo(
                    "endpoints", f"{command.verb} {_shown(url)} has a method that is not sent: it was left out"
                )
            else:
                command.user |= "@" in _written(url)
                _endpoint(draft, methods, command, url[len(_written(url)) :])
        return draft.finish(len(requests))


def _commands(source: Source) -> list[Command]:
    known: dict[str, str] = {}
    found: list[Command] = []
    for words in commands(source.text, source.name):
        while words and (words[0] in ("$", "export") or _SET.match(words[0])):
            name, equals, value = words.pop(0).partition("=")
            if equals and not is_secret(name, value):
                known[name] = value
        if not words:
            continue
        if words[0].removesuffix(".exe") != "curl":
            raise DocumentError(f"{source.name} has the command '{words[0][:40]}'", hint="give curl commands alone")
        filled = [_VARIABLE.sub(lambda one: known.get(one[1], one[0]), word) for word in words[1:]]
        found += read(filled)
    return found


def _written(url: str) -> str:
    """The part of an address before its path, as it is written."""
    found = re.match(rf"(?:[a-z][a-z0-9+.-]*://)?(?:{OPEN}\w+{CLOSE}|[^/?#])*", url, re.I)
    return found[0] if found else ""


def _origin(url: str) -> str:
    begin = _written(url)
    scheme, there, host = begin.partition("://")
    if not there:
        scheme, host = "http", begin
        if begin.startswith(OPEN):
            return begin
    return f"{scheme.lower()}://{host.rpartition('@')[2].lower() if OPEN not in host else host}"


def _name(host: str) -> str:
    if re.fullmatch(r"[\d.]+|\[.*", host) or not host:
        return ""
    pieces = [one for one in host.split(".")[:-1] if one not in ("api", "www", "rest")]
    return naming.title(pieces[-1]) if pieces else naming.title(host)


def _shown(url: str) -> str:
    return _VARIABLE.sub(lambda one: f"${one[1]}", url.partition("?")[0].rpartition("@")[2])


def _endpoint(draft: Draft, methods: Methods, command: Command, rest: str) -> None:
    where = "endpoints.new"
    for words in command.todo:
        draft.todo(where, words)
    path, _, query = rest.partition("#")[0].partition("?")
    template, parameters = _path(path, draft)
    pieces = [query, *command.query, *(command.data if command.get else [])]
    pairs = [
        (unquote_plus(name), unquote_plus(value))
        for piece in pieces for name, _, value in (one.partition("=") for one in piece.split("&") if one)
    ]  # fmt: skip
    headers = _logins(draft, methods, command, where)
    headers, pairs, _ = methods.strip(headers, pairs, where)
    call = Call(command.verb, template, parameters=parameters)
    call.query = [(name, _plain(value, draft, where)) for name, value in _placeholders(pairs, call, draft)]
    call.headers = [(name, _plain(value, draft, where)) for name, value in headers]
    _body(call, command, draft, where)
    if command.timeout_s:
        draft.transport["timeout_s"] = max(command.timeout_s, draft.transport.get("timeout_s", 0.1))
    add(draft, call)


def _logins(draft: Draft, methods: Methods, command: Command, where: str) -> Pairs:
    if command.sigv4 is not None:
        _, _, region, service = [*command.sigv4.split(":"), "", "", "", ""][:4]
        if not region or not service:
            draft.todo("auth.sigv4", "curl reads region and service from the host: see that they are right")
        methods.put("sigv4", where, region=region or "us-east-1", service=service or "execute-api")
    elif command.user:
        methods.put("digest" if command.digest else "basic", where)
    elif command.cert:
        methods.put("mtls", where)
    if command.cert and (command.user or command.sigv4 is not None):
        draft.todo(where, "it shows a client certificate, too: an instance has one method, see which is needed")
    return command.headers


def _path(path: str, draft: Draft) -> tuple[str, list[Json]]:
    """The path as a template, and its parameters: places kept open, and pieces that look like ids."""
    made: list[Json] = []
    pieces = path.split("/")

    def slot(name: str, **facts: Any) -> str:
        one = parameter(name, "path", {*draft.variables, *(each["key"] for each in made)}, required=True, **facts)
        made.append(one)
        return f"{{{{ {one['key']} }}}}"

    for at, piece in enumerate(pieces):
        if piece.startswith(":") and len(piece) > 1:
            pieces[at] = slot(piece[1:])
        elif is_id(piece):
            pieces[at] = slot(id_name(pieces[at - 1]), help=such_as(piece))
        else:
            pieces[at] = _SLOT.sub(lambda one: slot(one[1] or one[2] or one[3]), literal(piece))
    return "/".join(pieces), made


def _placeholders(pairs: Pairs, call: Call, draft: Draft) -> Pairs:
    """The pairs whose value is given; the others become required parameters."""
    kept: Pairs = []
    for name, value in pairs:
        if _SLOT.fullmatch(value):
            taken = {*draft.variables, *(one["key"] for one in call.parameters)}
            call.parameters.append(parameter(name, "query", taken, required=True))
        else:
            kept.append((name, value))
    return kept


def _plain(text: str, draft: Draft, where: str) -> str:
    """A text as a template; a shell's variable in it becomes one of the instance."""
    return _VARIABLE.sub(
        lambda one: f"{{{{ {draft.variable(naming.key(one[1], 'value'), required=True)} }}}}", literal(text)
    )


def _body(call: Call, command: Command, draft: Draft, where: str) -> None:
    given = next((value for name, value in command.headers if name.lower() == "content-type"), "")
    if command.files:
        draft.todo(where, "its body stands in a file, which was not read: give the endpoint a sample")
        call.payload, call.format = body_of("{}", given) if given and not command.data else ({}, "json")
        if not command.data and (not given or call.format == "text"):
            call.payload, call.format = {"base64": ""}, {"kind": "binary", "content_type": given or _FORM}
    elif command.form:
        call.payload, call.format = _multipart(command, draft, where), "multipart"
    elif command.data and not command.get:
        _data(call, command, given, draft, where)


def _data(call: Call, command: Command, given: str, draft: Draft, where: str) -> None:
    raw = ("" if command.json else "&").join(command.data)
    if OPEN in raw:
        names = ", ".join(f"${one}" for one in dict.fromkeys(_VARIABLE.findall(raw)))
        draft.todo(where, f"its body has {names} of the shell: map values to them")
        raw = _VARIABLE.sub(lambda one: f"${one[1]}", raw)
    kind = given or ("application/json" if command.json else _FORM)
    call.payload, call.format = body_of(raw, kind)
    if not given and call.format != "json" and raw.lstrip()[:1] in ("{", "["):
        guessed = body_of(raw, "application/json")
        if guessed[1] == "json":
            call.payload, call.format = guessed
            draft.todo(where, "curl would send its JSON as a form; here it is sent as JSON")
    if call.format == "text":
        call.template = "{{ payload.text }}"
        if not given:
            call.headers.append(("Content-Type", kind))


def _multipart(command: Command, draft: Draft, where: str) -> Json:
    pairs: list[tuple[str, Any]] = []
    for name, value, is_text in command.form:
        facts = dict(re.findall(r";\s*(type|filename)=\"?([^;\"]*)\"?", value))
        begin = value if is_text else re.sub(r";\s*(type|filename)=[^;]*", "", value)
        if begin[:1] == "@" and not is_text:
            filename = facts.get("filename", begin[1:].rpartition("/")[2])
            kind = facts.get("type", "application/octet-stream")
            pairs.append((name, {"filename": filename, "content_type": kind, "base64": ""}))
            draft.todo(where, f"its file '{name}' was not read: map a file's base64 to it")
        elif begin[:1] == "<" and not is_text:
            pairs.append((name, ""))
            draft.todo(where, f"its field '{name}' stands in a file, which was not read")
        else:
            pairs.append((name, _VARIABLE.sub(lambda one: f"${one[1]}", begin)))
            if "type" in facts and not is_text:
                draft.todo(where, f"its field '{name}' has a type of its own, which is not sent here")
    return form_of(pairs)
