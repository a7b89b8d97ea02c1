"""Swagger 2.0 written as OpenAPI 3: bodies, answers, servers and security schemes change their places."""

from __future__ import annotations

from typing import Any

from weftline.importers.openapi_refs import Json, Refs, items, table, text

_FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}
_OWN = ("type", "format", "enum", "default", "items", "minimum", "maximum", "minLength", "maxLength", "pattern")


def as_openapi(document: Json, refs: Refs, methods: tuple[str, ...]) -> Json:
    """The same description in the form of 3.0; schemas stay where references find them."""
    host, base = text(document.get("host")), text(document.get("basePath")).rstrip("/")
    schemes = [one for one in items(document.get("schemes")) if isinstance(one, str)] or ["https"]
    scheme = "https" if "https" in schemes else schemes[0]
    paths = {}
    for path, facts in table(document.get("paths")).items():
        shared = [refs.of(one) for one in items(table(facts).get("parameters"))]
        paths[path] = {
            method: _operation(operation, shared, document, refs)
            for method, operation in table(facts).items()
            if method in methods and isinstance(operation, dict)
        }
    return {
        **document,
        "servers": [{"url": f"{scheme}://{host}{base}"}] if host else [],
        "paths": paths,
        "components": {
            "securitySchemes": {k: _scheme(refs.of(v)) for k, v in table(document.get("securityDefinitions")).items()}
        },
    }


def _operation(operation: Json, shared: list[Json], document: Json, refs: Refs) -> Json:
    by_name = {(one.get("in"), one.get("name")): one for one in shared}
    by_name |= {(one.get("in"), one.get("name")): one for one in map(refs.of, items(operation.get("parameters")))}
    plain: list[Json] = []
    fields: Json = {}
    required: list[str] = []
    body: Json = {}
    consumes = items(operation.get("consumes", document.get("consumes"))) or ["application/json"]
    for one in by_name.values():
        schema = {key: one[key] for key in _OWN if key in one}
        if one.get("in") == "body":
            body = {"content": {str(kind): {"schema": one.get("schema", {})} for kind in consumes}}
        elif one.get("in") == "formData":
            name = str(one.get("name"))
            fields[name] = {**schema, "type": "string"} if schema.get("type") == "file" else schema
            required += [name] if one.get("required") is True else []
        else:
            plain.append({**one, "schema": schema})
    if fields:
        files = "multipart/form-data" in consumes
        kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
        body = {"content": {kind: {"schema": {"type": "object", "properties": fields, "required": required}}}}
    made = {**operation, "parameters": plain, "responses": _answers(operation, document, refs)}
    return {**made, "requestBody": body} if body else made


def _answers(operation: Json, document: Json, refs: Refs) -> Json:
    produces = items(operation.get("produces", document.get("produces"))) or ["application/json"]
    made: dict[str, Any] = {}
    for code, one in table(operation.get("responses")).items():
        answer = refs.of(one)
        made[str(code)] = {**answer}
        if "schema" in answer:
            examples = table(answer.get("examples"))
            made[str(code)]["content"] = {
                str(kind): {"schema": answer["schema"]} | ({"example": examples[kind]} if kind in examples else {})
                for kind in produces
            }
    return made


def _scheme(scheme: Json) -> Json:
    if scheme.get("type") == "basic":
        return {**scheme, "type": "http", "scheme": "basic"}
    if scheme.get("type") == "oauth2":
        flow = text(scheme.get("flow"))
        return {"type": "oauth2", "description": text(scheme.get("description")),
                "flows": {_FLOWS.get(flow, flow): scheme}}  # fmt: skip
    return scheme
