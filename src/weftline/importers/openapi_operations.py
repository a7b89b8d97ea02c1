"""Operations as endpoints: request, parameters, body, answer."""

from __future__ import annotations

import re
from typing import Any

from weftline.importers import naming
from weftline.importers.draft import Draft, shortened
from weftline.importers.openapi_paging import items_path, pagination
from weftline.importers.openapi_refs import Json, Refs, items, table, text
from weftline.importers.openapi_samples import Samples, kind_of

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_SEARCH = re.compile(r"(^|[_/])(search|query|list|find|lookup)($|[_/])", re.I)
_SLOT = re.compile(r"\{([^{}]*)\}")
_OURS = {"payload", "meta", "vars", "run", "now", "params", "key", "body", "headers", "status", "and", "or",
         "in", "not",          "true", "false", "null", "credentials", "items"}  # fmt: skip
_SET_ELSEWHERE = {"accept", "content-type", "authorization"}


class Operations:
    """Adds the operations of a description to a draft."""

    def __init__(self, draft: Draft, refs: Refs) -> None:
        self._draft = draft
        self._refs = refs
        self._samples = Samples(refs)

    def add(self, method: str, path: str, operation: Json, shared: list[Any]) -> None:
        """One operation; ``shared`` are its path's parameters."""
        title = text(operation.get("summary")) or text(operation.get("operationId")) or f"{method.upper()} {path}"
        group = next((text(tag) for tag in items(operation.get("tags")) if text(tag)), "")
        entity = naming.entity(path) if not group else naming.singular(naming.key(group))
        name = text(operation.get("operationId")) or f"{method} {path}"
        taken = self._draft.endpoints
        key = naming.unique(
            f"{naming.key(group or entity)[:30].rstrip('_')}.{naming.key(name)[:42].rstrip('_')}", taken
        )
        where = f"endpoints.{key}"
        answer, media, media_kind = self._answer(operation)
        schema = self._samples.merged(media.get("schema"))
        found, several = items_path(schema, path, self._samples)
        receives = method in ("get", "head") or (
            method == "post" and several and bool(_SEARCH.search("_".join(naming.words(name)) + "/" + path))
        )
        described = self._parameters(operation, shared)
        body, body_kind = self._body(operation, where)
        request, parameters = self._request(method, path, described, body if not receives else None)
        description = shortened(text(operation.get("description")))
        if operation.get("deprecated") is True:
            description = f"Deprecated. {description}".rstrip()
        facts: Json = {
            "title": naming.title(title), "entity": entity, "direction": "receive" if receives else "send",
            "description": description, "request": request, "parameters": parameters,
        }  # fmt: skip
        if body is not None:
            if receives:
                parameters += self._body_parameters(body, {one["key"] for one in parameters})
            else:
                request["body"] = "{{ payload }}"
            if body_kind != "json":
                request["format"] = body_kind
        if media_kind != "json":
            facts["format"] = media_kind
        sample: Any = None
        if receives:
            facts["items_path"] = found
            names = {one["name"]: one for one in described if one["in"] == "query"}
            facts["pagination"], self._draft.evidence[key] = (
                pagination(names, answer, schema, self._samples, self._refs)
                if several else ({"kind": "none"}, "its answer is one record")
            )  # fmt: skip
            if facts["pagination"]["kind"] != "none":
                self._draft.todo(where, f"pagination is a guess ({self._draft.evidence[key]}): try it")
            walked = {
                str(one)
                for key_, one in facts["pagination"].items()
                if key_.endswith("parameter") or key_ == "parameter"
            }
            facts["parameters"] = [one for one in parameters if one["place"].get("query") not in walked]
            sample = _record(self._samples.of_media(media), found)
        else:
            facts["idempotency"] = self._idempotency(method, request["path"], described, where)
            sample = {} if body is None else self._samples.of_media(body, sending=True)
        if self._limits(operation):
            facts["description"] = f"{description}\n\nMay answer 429: too many calls.".strip()
        if operation.get("callbacks"):
            self._draft.todo(where, "it calls back: receive that with a webhook trigger of a flow")
        if operation.get("servers"):
            self._draft.todo(where, "it has a server of its own: see that the base URL is right for it")
        self._draft.endpoint(key, facts, sample)

    def _parameters(self, operation: Json, shared: list[Any]) -> list[Json]:
        found: dict[tuple[str, str], Json] = {}
        for one in [*shared, *items(operation.get("parameters"))]:
            described = self._refs.of(one)
            name, place = text(described.get("name")), text(described.get("in"))
            if name and place in ("query", "header", "path", "cookie"):
                if "schema" not in described:
                    media: Any = next(iter(table(described.get("content")).values()), {})
                    described = {**described, "schema": table(media).get("schema", {})}
                found[place, name] = {**described, "name": name, "in": place}
        return list(found.values())

    def _request(self, method: str, path: str, described: list[Json], body: Json | None) -> tuple[Json, list[Json]]:
        request: Json = {"method": method.upper(), "path": "", "query": {}, "headers": {}}
        made: list[Json] = []
        slots: dict[str, str] = {}
        keys: set[str] = set(self._draft.variables)
        in_path = {one["name"]: one for one in described if one["in"] == "path"}
        names = _SLOT.findall(path)
        for name in dict.fromkeys(names):
            one = {"required": True, "schema": {}, **in_path.get(name, {}), "name": name, "in": "path"}
            parameter = self._parameter(one, keys)
            feeds = method in ("put", "patch", "delete") and path.rstrip("/").endswith("{" + name + "}")
            own = self._own_id(name, body) if feeds and naming.words(name)[-1:] in (["id"], ["key"], ["code"]) else ""
            parameter["required"] = not own and parameter.get("default") is None
            slots[name] = f"{{{{ {parameter['key']} ?? payload.{own} }}}}" if own else f"{{{{ {parameter['key']} }}}}"
            made.append(parameter)
        parts = _SLOT.split(path)
        request["path"] = "".join(
            slots[part] if at % 2 else part.replace("{", "%7B").replace("}", "%7D") for at, part in enumerate(parts)
        )
        for one in described:
            name, place = one["name"], one["in"]
            if place == "path" or (place == "header" and name.lower() in _SET_ELSEWHERE | {"idempotency-key"}):
                continue
            schema = self._samples.merged(one.get("schema"))
            only = items(schema.get("enum")) if len(items(schema.get("enum"))) == 1 else []
            fixed = schema.get("const", only[0] if only else None)
            if one.get("required") is True and isinstance(fixed, str) and "{{" not in fixed and place != "cookie":
                request["query" if place == "query" else "headers"][name] = fixed
                continue
            if place == "cookie":
                self._draft.todo("endpoints", f"'{name}' travels in a cookie: give the whole header 'Cookie'")
                one = {**one, "name": "Cookie", "in": "header"}
            made.append(self._parameter(one, keys))
        return request, made

    def _own_id(self, name: str, body: Json | None) -> str:
        properties = table(self._samples.merged((body or {}).get("schema")).get("properties"))
        for one in (name, "id", "Id", "ID"):
            if one in properties and re.fullmatch(r"[A-Za-z_]\w*", one):
                return one
        return "id"

    def _parameter(self, one: Json, keys: set[str]) -> Json:
        schema = self._samples.merged(one.get("schema"))
        kind = kind_of(schema)
        wanted = naming.key(one["name"], "value")[:70]
        key = naming.unique(f"{wanted}_value" if wanted in _OURS else wanted, keys)
        keys.add(key)
        help_ = shortened(text(one.get("description")), 500)
        if kind == "array":
            help_ = f"{help_} Several with commas.".lstrip()
        made: Json = {
            "key": key, "title": naming.title(one["name"]),
            "place": {one["in"]: key if one["in"] == "path" else one["name"]},
            "type": {"integer": "number", "number": "number", "boolean": "boolean", "object": "json"}
            .get(kind, "text"),
            "help": help_, "required": one.get("required") is True,
        }  # fmt: skip
        if schema.get("format") == "date-time":
            made["type"] = "datetime"
        options = [str(option) for option in items(schema.get("enum")) if isinstance(option, str)]
        if kind == "string" and options:
            made |= {"options": options, "type": "text"}
        default = schema.get("default")
        plain = isinstance(default, str | int | float) and "{{" not in str(default) and default != ""
        if plain and (not options or default in options):
            made["default"] = default
        return made

    def _body_parameters(self, body: Json, keys: set[str]) -> list[Json]:
        schema = self._samples.merged(body.get("schema"))
        required = items(schema.get("required"))
        return [
            self._parameter({"name": name, "in": "body", "schema": one, "required": name in required}, keys)
            | ({"type": "json"} if kind_of(self._samples.merged(one)) == "array" else {})
            for name, one in list(table(schema.get("properties")).items())[:80]
            if name
        ]

    def _body(self, operation: Json, where: str) -> tuple[Json | None, Any]:
        content = table(self._refs.of(operation.get("requestBody")).get("content"))
        if not content:
            return None, "json"
        return self._chosen(content, where)

    def _answer(self, operation: Json) -> tuple[Json, Json, Any]:
        answers = table(operation.get("responses"))
        code = next((one for one in sorted(map(str, answers)) if one.startswith("2")), "default")
        answer = self._refs.of(answers.get(code))
        media, kind = self._chosen(table(answer.get("content")), "")
        return answer, media or {}, kind

    def _chosen(self, content: Json, where: str) -> tuple[Json | None, Any]:
        known = [(format_of(str(name)), name) for name in content]
        for wanted in ("json", "form", "multipart", "xml", "csv", "text"):
            for kind, name in known:
                if kind == wanted:
                    media = self._refs.of(content[name])
                    if kind == "xml" and where:
                        schema = self._samples.merged(media.get("schema"))
                        return media, {"kind": "xml", "root": text(table(schema.get("xml")).get("name")) or "item"}
                    return media, kind
        if not known:
            return None, "json"
        if where:
            self._draft.todo(where, f"its body is '{known[0][1]}', sent as a file: see that it is right")
        name = str(known[0][1])
        return self._refs.of(content[name]), {"kind": "binary"} | ({"content_type": name} if "*" not in name else {})

    def _idempotency(self, method: str, path: str, described: list[Json], where: str) -> Json:
        header = next((one["name"] for one in described if one["in"] == "header"
                       and one["name"].lower().replace("_", "-").removeprefix("x-") == "idempotency-key"),
                      None)  # fmt: skip
        if header:
            return {"kind": "header", "header": header}
        fed = re.search(r"\{\{ (\w+) \?\? (payload\.\w+) \}\}/?$", path)
        if method == "put" and fed:
            self._draft.todo(where, "PUT by id is taken for create-or-update: see that it is")
            return {"kind": "upsert", "record_key": f"{{{{ params.{fed[1]} ?? {fed[2]} }}}}"}
        self._draft.todo(where, "nothing tells how a repeat is harmless: an uncertain send is parked for a person")
        return {"kind": "none"}

    def _limits(self, operation: Json) -> bool:
        answers = table(operation.get("responses"))
        if "429" in map(str, answers):
            self._draft.todo("pacing", "429 is documented: enter how many calls are allowed")
            return True
        return False


def format_of(media: str) -> str | None:
    """Our kind of format for a media type."""
    plain = media.partition(";")[0].strip().lower()
    if plain in ("application/json", "text/json", "*/*") or plain.endswith("+json"):
        return "json"
    if plain in ("application/xml", "text/xml") or plain.endswith("+xml"):
        return "xml"
    return {
        "application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart", "text/csv": "csv",
        "text/plain": "text",
    }.get(plain)  # fmt: skip


def _record(answer: Any, path: str) -> Any:
    """The first record of an answer."""
    found = answer.get(path) if path and isinstance(answer, dict) else answer
    return (found[0] if found else {}) if isinstance(found, list) else found
