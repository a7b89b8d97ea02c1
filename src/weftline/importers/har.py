"""Recordings of a browser (HAR 1.2): what was asked of one API becomes a connector, secrets and assets left out."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from weftline.errors import DocumentError
from weftline.importers import naming
from weftline.importers.base import Imported, Importer, Source
from weftline.importers.draft import Draft, Json
from weftline.importers.guess import facts_of
from weftline.importers.guess_auth import Methods, Pairs, is_secret
from weftline.importers.guess_request import SENT, Call, add, body_of, form_of, id_name, literal, parameter, such_as
from weftline.importers.har_entries import Entry, entries, listed, table
from weftline.importers.har_paging import seen
from weftline.kernel import json
from weftline.model import Document

_WHERE = "endpoints.new"
_BROWSER = {"user-agent", "referer", "origin", "accept-language", "cache-control", "pragma", "dnt", "priority", "te",
            "if-none-match", "if-modified-since", "upgrade-insecure-requests", "traceparent", "tracestate", "baggage",
            "sentry-trace", "purpose", "save-data", "range", "expect", "accept"}  # fmt: skip
_FORMATS = {"text/csv": "csv", "application/xml": "xml", "text/xml": "xml", "text/plain": "text"}
Group = tuple[str, tuple[str, ...], str]


class HarConfig(Document):
    """Nothing to choose."""


class HarImporter(Importer):
    """Reads the calls of the host that was called most."""

    kind: ClassVar[str] = "har"
    title: ClassVar[str] = "HAR recording"
    Config: ClassVar[type[BaseModel]] = HarConfig

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """By its log with entries."""
        return isinstance(table(table(source.document).get("log")).get("entries"), list)

    def read(self, source: Source) -> Imported:
        """The connector; :class:`DocumentError` when nothing in it looks like a call of an API."""
        if not self.recognises(source):
            raise DocumentError(f"{source.name} is no HAR recording", hint="it has a 'log' with 'entries'")
        recorded = list(entries(source.document))
        calls = [one for one in recorded if not one.is_asset]
        if not calls:
            raise DocumentError(f"{source.name} has no call of an API", hint="record with the network panel open")
        base = _busiest(calls)
        draft = Draft(_name(base))
        draft.base_url(base)
        groups: dict[Group, list[Entry]] = {}
        for one in calls:
            if one.origin == base:
                groups.setdefault((one.method, one.pieces, _operation(one)), []).append(one)
        _told(draft, recorded, calls, base)
        methods = Methods(draft)
        for (method, _, _), group in groups.items():
            if method in SENT:
                _endpoint(draft, methods, group)
            else:
                draft.todo("endpoints", f"{method} {group[0].path} has a method that is not sent: it was left out")
        return draft.finish(len(groups))


def _busiest(calls: list[Entry]) -> str:
    """The origin with the most calls; JSON counts double, since trackers answer nothing."""
    count: Counter[str] = Counter()
    for one in calls:
        count[one.origin] += 2 if "json" in one.media else 1
    return count.most_common(1)[0][0]


def _name(origin: str) -> str:
    pieces = (urlsplit(origin).hostname or "").split(".")
    kept = [one for one in pieces[:-1] if one not in ("api", "www", "app")] if not pieces[-1].isdecimal() else []
    return naming.title(kept[-1]) if kept else "API"


def _told(draft: Draft, recorded: list[Entry], calls: list[Entry], base: str) -> None:
    assets = len(recorded) - len(calls)
    if assets:
        draft.todo("endpoints", f"{assets} requests for parts of pages (scripts, images, ...) were left out")
    for origin, count in Counter(one.origin for one in calls if one.origin != base).most_common():
        draft.todo("endpoints", f"{count} calls of another host, {origin}, were left out: import them by themselves")


def _operation(one: Entry) -> str:
    """The name of a GraphQL operation: each is an endpoint of its own."""
    try:
        body = json.decode(str(one.post.get("text") or "").encode())
    except json.JSONError:
        return ""
    query = table(body).get("query")
    return str(table(body).get("operationName") or query[:80]) if isinstance(query, str) else ""


def _endpoint(draft: Draft, methods: Methods, group: list[Entry]) -> None:
    first = group[0]
    call = Call(first.method, "", where=_WHERE)
    _path(draft, call, group)
    headers = [pair for pair in first.headers if _is_own(pair[0])]
    sent, query, _ = methods.strip(headers, first.query, _WHERE)
    for name, value in sent:
        others = {v for one in group for n, v in one.headers if n.lower() == name.lower()}
        if others == {value} and all(name.lower() in {n.lower() for n, _ in one.headers} for one in group):
            call.headers.append((name, literal(value)))
        else:
            draft.todo(_WHERE, f"its header '{name}' was another each time: it was left out")
    if not 200 <= first.status < 300 and all(not 200 <= one.status < 300 for one in group):
        draft.todo(_WHERE, f"it was only answered with {first.status}: see that it works")
    _body(draft, call, group)
    _answer(call, group)
    _query(draft, call, query, group)
    if len(group) > 1:
        call.evidence = f"{call.evidence}; seen {len(group)} times"
    add(draft, call)


def _is_own(name: str) -> bool:
    lowered = name.lower()
    return not lowered.startswith((":", "sec-", "x-forwarded-", "cf-")) and lowered not in _BROWSER


def _path(draft: Draft, call: Call, group: list[Entry]) -> None:
    shown = group[0].path.split("/")
    pieces = list(group[0].pieces)
    for at, piece in enumerate(pieces):
        if piece != "\0":
            pieces[at] = literal(piece)
            continue
        taken = {*draft.variables, *(one["key"] for one in call.parameters)}
        made = parameter(id_name(shown[at - 1]), "path", taken, required=True, help=such_as(shown[at]))
        call.parameters.append(made)
        pieces[at] = f"{{{{ {made['key']} }}}}"
    call.path = "/".join(pieces)


def _body(draft: Draft, call: Call, group: list[Entry]) -> None:
    post = next((one.post for one in group if one.post), {})
    media = str(post.get("mimeType") or "")
    parts = listed(post.get("params"))
    text = post.get("text")
    if "multipart" in media:
        pairs: list[tuple[str, Any]] = []
        for one in parts:
            name = str(one.get("name") or "")
            if one.get("fileName"):
                kind = str(one.get("contentType") or "application/octet-stream")
                pairs.append((name, {"filename": str(one["fileName"]), "content_type": kind, "base64": ""}))
                draft.todo(_WHERE, f"its file '{name}' is not in the recording: map a file's base64 to it")
            else:
                pairs.append((name, str(one.get("value") or "")))
        if not parts:
            draft.todo(_WHERE, "the fields of its form are not in the recording: give the endpoint a sample")
        call.payload, call.format = form_of(pairs), "multipart"
    elif isinstance(text, str) and text:
        call.payload, call.format = body_of(text, media)
        if call.format == "text":
            call.template = "{{ payload.text }}"
    elif parts:
        call.payload, call.format = form_of([(str(p.get("name")), str(p.get("value") or "")) for p in parts]), "form"


def _answer(call: Call, group: list[Entry]) -> None:
    good = next((one for one in group if one.answer is not None), None)
    if good is None:
        media = next((one.media for one in group if one.media in _FORMATS and one.text), "")
        if media and call.method == "GET":
            call.answer = {"format": _FORMATS[media]}
        return
    ends = call.path.rstrip("/").endswith("}}")
    call.answer, call.evidence, call.sample = facts_of(dict(good.query), good.answer_headers, good.answer, one=ends)
    paged = None if ends else seen(group)
    if paged is not None:
        call.answer["pagination"] = paged[0]
        call.evidence = f"{call.evidence.partition(';')[0]}; {paged[1]}"


def _query(draft: Draft, call: Call, query: Pairs, group: list[Entry]) -> None:
    """What is the same in every request is sent as it is; what varies is a parameter without a default."""
    taken = {*draft.variables, *(one["key"] for one in call.parameters)}
    walked = _walked(call.answer.get("pagination", {}))
    names = dict.fromkeys([*(name for name, _ in query), *(name for one in group for name, _ in one.query)])
    for name in names:
        values = [[value for each, value in one.query if each == name] for one in group]
        if name in walked or any(is_secret(name, value) for one in values for value in one):
            continue
        if all(one == values[0] for one in values):
            call.query += [(name, literal(value)) for value in values[0]]
            continue
        shown = ", ".join(dict.fromkeys(value[:40] for one in values for value in one if value))
        made = parameter(name, "query", taken, help=f"Such as {shown[:200]}." if shown else "")
        taken.add(made["key"])
        call.parameters.append(made)


def _walked(pagination: Json) -> set[str]:
    return {str(value) for name, value in pagination.items() if name == "parameter" or name.endswith("_parameter")}
