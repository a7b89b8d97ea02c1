"""Postman collections (v2.0 and v2.1): each request becomes an endpoint, its folder the entity. No script is run."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import unquote_plus

from pydantic import BaseModel

from weftline.errors import DocumentError
from weftline.importers import naming
from weftline.importers.base import Imported, Importer, Source
from weftline.importers.draft import Draft, Json
from weftline.importers.guess_auth import Methods, Pairs, is_secret
from weftline.importers.guess_request import SENT, Call, add, literal, parameter
from weftline.importers.postman_auth import Authorisations
from weftline.importers.postman_body import add_answer, add_body, listed, text_of
from weftline.importers.reading import MOST_DEPTH
from weftline.model import Document

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_ORIGIN = re.compile(r"(?:(?:[a-z][a-z0-9+.-]*|\{\{[^{}]*\}\})://)?(?:\{\{[^{}]*\}\}|[^/?#{])+", re.I)
_IDS = {"id", "key", "code", "slug", "number", "uuid", "guid", "name", "sku"}
_WHERE = "endpoints.new"


class PostmanConfig(Document):
    """Nothing to choose."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A request where it stands."""

    facts: Json
    folder: str
    auth: Any


class PostmanImporter(Importer):
    """Reads collections of the second format."""

    kind: ClassVar[str] = "postman"
    title: ClassVar[str] = "Postman collection v2"
    Config: ClassVar[type[BaseModel]] = PostmanConfig

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """By the schema that its info names, or by items with requests beside such an info."""
        document = source.document
        if not isinstance(document, dict) or not isinstance(document.get("info"), dict):
            return False
        schema = str(document["info"].get("schema", ""))
        return "/collection/v2." in schema or ("_postman_id" in document["info"] and "item" in document)

    def read(self, source: Source) -> Imported:
        """The connector; :class:`DocumentError` when it is of the first format or no collection."""
        document = source.document
        if isinstance(document, dict) and isinstance(document.get("collection"), dict):
            document = document["collection"]  # as the vendor's own interface answers
        if not isinstance(document, dict) or not isinstance(document.get("item"), list):
            raise DocumentError(f"{source.name} is no collection of format 2", hint="export it as 'Collection v2.1'")
        return _Collection(document).read()


class _Collection:
    def __init__(self, document: Json) -> None:
        info = document.get("info") if isinstance(document.get("info"), dict) else {}
        self._document = document
        summary = text_of((info or {}).get("description")).strip().partition("\n")[0]
        self._draft = Draft(str((info or {}).get("name") or "API"), summary=summary)
        self._values: dict[str, str] = {}
        self._open_names: set[str] = set()
        self._declared(document)
        self._methods = Methods(self._draft)
        self._auth = Authorisations(self._draft, self._methods, self._template)

    def _declared(self, facts: Json) -> None:
        for one in listed(facts.get("variable")):
            if one.get("disabled") is not True:
                self._values[str(one.get("key") or one.get("id") or "")] = str(one.get("value") or "")

    def read(self) -> Imported:
        items = list(self._items(self._document, "", self._document.get("auth"), 0))
        urls = [_raw_url(_object(one.facts.get("request")).get("url", one.facts.get("request"))) for one in items]
        written = [(found[0] if (found := _ORIGIN.match(url)) else "") for url in urls]
        origins = [self._resolved(one) for one in written]
        base = Counter(one for one in origins if one).most_common(1)
        self._base = base[0][0] if base else ""
        self._auth.add(self._document.get("auth"), "auth")
        self._scripts(self._document, "endpoints", "the collection")
        for item, url, begin, origin in zip(items, urls, written, origins, strict=True):
            name = str(item.facts.get("name") or url)
            request = item.facts.get("request")
            method = str(_object(request).get("method") or "GET").upper()
            if not url or origin != self._base:
                self._draft.todo("endpoints", f"'{name}' is at another host ({origin or 'none'}): it was left out")
            elif method not in SENT:
                self._draft.todo("endpoints", f"'{name}' has the method {method}, which is not sent: it was left out")
            else:
                self._request(item, name, method, url[len(begin) :])
        alone = _VARIABLE.fullmatch(self._base)  # of an environment: every instance gives it
        default = "" if alone else self._template(self._base)
        self._draft.base_url(default if "://" in default else None)
        return self._draft.finish(len(items))

    def _items(self, facts: Json, folder: str, auth: Any, depth: int) -> list[_Item]:
        if depth > MOST_DEPTH:
            raise DocumentError(f"the collection has folders deeper than {MOST_DEPTH}")
        found: list[_Item] = []
        for one in listed(facts.get("item")):
            own = one["auth"] if isinstance(one.get("auth"), dict) else auth
            if isinstance(one.get("item"), list):
                name = str(one.get("name") or folder)
                self._declared(one)
                self._scripts(one, "endpoints", f"the folder '{name}'")
                found += self._items(one, name, own, depth + 1)
            elif one.get("request"):
                request = _object(one["request"])
                found.append(_Item(one, folder, request["auth"] if isinstance(request.get("auth"), dict) else own))
        return found

    def _scripts(self, facts: Json, where: str, what: str) -> None:
        for event in listed(facts.get("event")):
            code = _object(event.get("script")).get("exec")
            text = "\n".join(map(str, code)) if isinstance(code, list) else str(code or "")
            if text.strip():
                kind = (
                    "script before the request" if event.get("listen") == "prerequest" else "script after the answer"
                )
                self._draft.todo(where, f"{what} has a {kind}, which is not translated: see what it does")

    def _request(self, item: _Item, name: str, method: str, rest: str) -> None:
        request = _object(item.facts["request"])
        url = _object(request.get("url"))
        path, _, query = rest.partition("#")[0].partition("?")
        call = Call(method, "", title=name, group=item.folder, where=_WHERE)
        call.description = text_of(request.get("description")) or text_of(item.facts.get("description"))
        self._path(call, path, listed(url.get("variable")))
        pairs, off = self._pairs(query, listed(url.get("query")))
        headers = _headers(request.get("header"))
        self._auth.add(item.auth, _WHERE)
        given = [(one, value) for one, value, on in headers if on]
        content_type = next((value for one, value in given if one.lower() == "content-type"), "")
        sent, query_pairs, _ = self._methods.strip(given, pairs, _WHERE)
        add_body(call, request.get("body"), content_type, self._fill, self._say)
        ends = bool(path.rstrip("/")) and call.path.rstrip("/").endswith("}}")
        add_answer(call, item.facts.get("response"), [*query_pairs, *off], one=ends)
        call.headers = [(one, self._template(value)) for one, value in sent] + call.headers
        call.query = [(one, self._template(value)) for one, value in self._open(call, query_pairs)]
        walked = {str(one) for one in call.answer.get("pagination", {}).values()}
        switched = [("query", *one) for one in off if one[0] not in walked]
        switched += [("header", one, value) for one, value, on in headers if not on and one]
        for place, one, value in switched:
            if not is_secret(one, value):
                help_ = f"Such as {value}." if value and not _VARIABLE.search(value) else ""
                call.parameters.append(parameter(one, place, self._taken(call), help=help_))
        self._scripts(item.facts, _WHERE, f"'{name}'")
        add(self._draft, call)

    def _path(self, call: Call, path: str, variables: list[Json]) -> None:
        known = {str(one.get("key") or one.get("id")): one for one in variables}
        pieces = path.split("/")
        for at, piece in enumerate(pieces):
            alone = _VARIABLE.fullmatch(piece)
            name = piece[1:] if piece.startswith(":") else alone[1] if alone else ""
            if not name or (alone and naming.words(name)[-1:] and naming.words(name)[-1] not in _IDS):
                pieces[at] = self._template(piece)
                continue
            facts = known.get(name, {})
            value = str(facts.get("value") or "")
            shown = f"Such as {value}." if value and not _VARIABLE.search(value) else ""
            help_ = " ".join(one for one in (text_of(facts.get("description")), shown) if one)[:500]
            one = parameter(name, "path", self._taken(call), required=True, help=help_)
            call.parameters.append(one)
            pieces[at] = f"{{{{ {one['key']} }}}}"
        call.path = "/".join(pieces)

    def _pairs(self, query: str, described: list[Json]) -> tuple[Pairs, Pairs]:
        """What is sent, and what is switched off."""
        if described:
            pairs = [(str(one.get("key") or ""), str(one.get("value") or ""), one.get("disabled") is True)
                     for one in described]  # fmt: skip
            named = [one for one in pairs if one[0]]
            return [one[:2] for one in named if not one[2]], [one[:2] for one in named if one[2]]
        split = [one.partition("=") for one in query.split("&") if one]
        return [(unquote_plus(name), unquote_plus(value)) for name, _, value in split], []

    def _open(self, call: Call, pairs: Pairs) -> Pairs:
        """The pairs whose value is known; those that an environment gives become parameters."""
        kept: Pairs = []
        for name, value in pairs:
            alone = _VARIABLE.fullmatch(value)
            if alone and alone[1] not in self._values:
                call.parameters.append(parameter(name, "query", self._taken(call), required=True))
                if alone[1].startswith("$"):
                    self._draft.todo(_WHERE, f"it uses {value}, which is made anew for each request: give a value")
            else:
                kept.append((name, value))
        return kept

    def _taken(self, call: Call) -> set[str]:
        return {*self._draft.variables, *(one["key"] for one in call.parameters)}

    def _say(self, words: str) -> None:
        self._draft.todo(_WHERE, words)

    def _fill(self, text: str) -> str:
        """A text with the values of known variables that are no secrets."""

        def value(found: re.Match[str]) -> str:
            known = self._values.get(found[1], "")
            return known if known and not is_secret(found[1], known) and "{{" not in known else found[0]

        return _VARIABLE.sub(value, text)

    def _resolved(self, origin: str) -> str:
        """An origin whose variables are written out as far as they are known, so that two can be compared."""
        for _ in range(5):
            filled = _VARIABLE.sub(lambda found: self._values.get(found[1]) or found[0], origin)
            if filled == origin:
                break
            origin = filled
        if origin and "{{" not in origin and "://" not in origin:
            origin = f"http://{origin}"
        return origin.rstrip("/")

    def _template(self, text: str) -> str:
        """A text as a template of ours; its variables become variables of the instance."""
        parts: list[str] = []
        end = 0
        for found in _VARIABLE.finditer(text):
            parts.append(literal(text[end : found.start()]))
            end = found.end()
            parts.append(self._reference(found[1], found[0]))
        return "".join([*parts, literal(text[end:])])

    def _reference(self, name: str, written: str) -> str:
        value = self._values.get(name, "")
        if name.startswith("$") or not naming.words(name):
            self._draft.todo(
                _WHERE, f"it uses {written}, which is made anew for each request: there is no equivalent"
            )
            return literal(written)
        if is_secret(name, value):
            self._draft.todo(_WHERE, f"it uses the secret {written} where no method puts one: see where it belongs")
            return ""
        key = naming.key(name, "value")[:70]
        key = "base_address" if key == "base_url" else key
        known: Json = {"required": True}
        if value and name not in self._open_names:  # variables may refer to each other, in a circle too
            self._open_names.add(name)
            known = {"default": self._template(value)}
            self._open_names.discard(name)
        return f"{{{{ {self._draft.variable(key, **known)} }}}}"


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _raw_url(url: Any) -> str:
    if isinstance(url, str):
        return url.strip()
    facts = _object(url)
    raw = facts.get("raw")
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    host, path = facts.get("host"), facts.get("path")
    begin = ".".join(map(str, host)) if isinstance(host, list) else str(host or "")
    pieces = [str(one.get("value", "")) if isinstance(one, dict) else str(one) for one in path or []]
    rest = "/".join(pieces) if isinstance(path, list) else str(path or "").lstrip("/")
    scheme = f"{facts['protocol']}://" if facts.get("protocol") else ""
    return f"{scheme}{begin}{':' + str(facts['port']) if facts.get('port') else ''}/{rest}" if begin else ""


def _headers(header: Any) -> list[tuple[str, str, bool]]:
    if isinstance(header, str):
        split = [line.partition(":") for line in header.splitlines() if ":" in line and not line.startswith("//")]
        return [(name.strip(), value.strip(), True) for name, _, value in split]
    return [(str(one.get("key") or ""), str(one.get("value") or ""), one.get("disabled") is not True)
            for one in listed(header) if one.get("key")]  # fmt: skip
