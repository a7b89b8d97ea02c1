"""Provider blocks (``providers.yaml`` of Nango): a connector with authentication, and endpoints for any path."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.errors import DocumentError, ExpressionError, did_you_mean
from weftline.expr import compile_path
from weftline.importers import naming
from weftline.importers.base import Imported, Importer, Source
from weftline.importers.draft import Draft, Json
from weftline.importers.guess_request import SENT, literal, literals
from weftline.importers.nango_auth import Auth
from weftline.importers.nango_texts import NoEquivalentError, Texts, table
from weftline.model import Document
from weftline.model.fields import field

_PATH: Json = {
    "key": "path", "title": "Path", "place": {"path": "path"}, "required": True, "help": "Behind the base URL.",
}  # fmt: skip
_QUERY: Json = {
    "key": "query",
    "title": "Query",
    "type": "json",
    "place": {"query": "*"},
    "help": "Names and values.",
}
_ANY = "/{{ path | split('/') }}"


class NangoConfig(Document):
    """Which of several providers."""

    provider: str = field("", title="Provider", description="Its name in the file, if the file has several")


class NangoImporter(Importer):
    """Reads the block of one provider."""

    kind: ClassVar[str] = "nango"
    title: ClassVar[str] = "Nango provider"
    Config: ClassVar[type[BaseModel]] = NangoConfig

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """By a mode of authentication, in the block itself or in the first of several."""
        document = source.document
        if not isinstance(document, dict):
            return False
        return "auth_mode" in document or any("auth_mode" in table(one) for one in list(document.values())[:20])

    def read(self, source: Source) -> Imported:
        """The connector; :class:`DocumentError` when the file has several providers and none is chosen."""
        name, block = self._chosen(source)
        draft = Draft(str(block.get("display_name") or name), docs_url=str(block.get("docs") or ""))
        categories = block.get("categories")
        if isinstance(categories, list) and categories:
            draft.category = naming.slug(str(categories[0]))
        texts = Texts(block, draft)
        proxy = table(block.get("proxy"))
        try:
            base = texts.open(proxy.get("base_url") or "")
        except NoEquivalentError as error:
            draft.todo("variables.base_url", f"its address is not translated: {error}")
            base = ""
        auth = Auth(block, texts, draft)
        auth.add()
        headers = auth.headers()
        if headers:
            draft.transport["headers"] = headers
        _pacing(table(proxy.get("retry")), draft)
        _verification(table(proxy.get("verification")), texts, draft)
        _any(table(proxy.get("paginate")), draft)
        for key in ("post_connection_script", "credentials_verification_script", "webhook_routing_script"):
            if block.get(key):
                draft.todo("endpoints", f"the provider has a script of its own ({key}), which is not translated")
        query = {name: text for name, text in table(proxy.get("query")).items() if str(name) not in auth.taken}
        if query:
            draft.todo(
                "endpoints", f"every call has {', '.join(map(str, query))} in its query: add it to the endpoints"
            )
        draft.base_url(base if base.startswith(("http://", "https://", "{{")) else None)
        return draft.finish(len(draft.endpoints))

    def _chosen(self, source: Source) -> tuple[str, Json]:
        document = source.document
        if isinstance(document, dict) and "auth_mode" in document:
            return source.name, document
        blocks = {str(name): one for name, one in table(document).items() if isinstance(one, dict)}
        known = [name for name, one in blocks.items() if "auth_mode" in one or "alias" in one]
        wanted = self.config.provider
        if wanted and wanted not in known:
            hint = did_you_mean(wanted, known) or f"it has {', '.join(known[:20])}"
            raise DocumentError(f"{source.name} has no provider '{wanted}'", hint=hint)
        if not known:
            raise DocumentError(f"{source.name} has no provider", hint="a provider has an 'auth_mode'")
        if not wanted and len(known) > 1:
            shown = ", ".join(known[:20]) + (", ..." if len(known) > 20 else "")
            raise DocumentError(
                f"{source.name} has {len(known)} providers", hint=f"choose one of {shown} as 'provider'"
            )
        name = wanted or known[0]
        return name, _whole(name, blocks, source.name)


def _whole(name: str, blocks: dict[str, Json], where: str) -> Json:
    """A block with what it takes over from the one it is an alias of."""
    block = blocks[name]
    known = {name}
    while block.get("alias") is not None:
        other = str(block["alias"])
        if other not in blocks or other in known:
            what = "which is not there" if other not in blocks else "in a circle"
            raise DocumentError(f"{where}: '{name}' is an alias of '{other}', {what}", hint="give both blocks")
        known.add(other)
        below = blocks[other]
        proxy = {**table(below.get("proxy")), **table(block.get("proxy"))}
        block = {**below, **{key: one for key, one in block.items() if key != "alias"}, "proxy": proxy}
    return block


def _pacing(retry: Json, draft: Draft) -> None:
    def first(name: str) -> str:
        value = retry.get(name)
        return str(value[0] if isinstance(value, list) and value else value or "")

    remaining, reset = first("remaining"), first("at") or first("after")
    if remaining:
        learn: Json = {"header": remaining, "form": "remaining"} | ({"reset": reset} if reset else {})
        draft.pacing = {"amount": 5, "unit": "second", "learn_from": learn}
        draft.todo("pacing", f"5 calls a second are a guess until the header '{remaining}' tells: see the limits")
    elif reset and reset.lower() != "retry-after":
        draft.todo("pacing", f"the header '{reset}' says when to try again: enter how many calls are allowed")


def _verification(facts: Json, texts: Texts, draft: Draft) -> None:
    method = str(facts.get("method") or "GET").upper()
    paths = facts.get("endpoints")
    for path in paths if isinstance(paths, list) else []:
        if method not in SENT or facts.get("base_url_override"):
            draft.todo("check", f"{method} {path} would prove a credential, but it is at another host or not sent")
            continue
        try:
            request: Json = {"method": method, "path": "/" + texts.open(path).lstrip("/")}
            headers = {
                str(name): texts.open(value)
                for name, value in table(facts.get("headers")).items()
                if str(name).lower() not in ("content-type", "accept")
            }
        except NoEquivalentError as error:
            draft.todo("check", f"{method} {path} is not translated: {error}")
            continue
        if headers:
            request["headers"] = headers
        if facts.get("data") is not None:
            request["body"] = literals(facts["data"])
        entity = naming.entity(str(path).partition("?")[0])[:40]
        key = naming.endpoint_key(entity, "check", draft.endpoints)
        draft.endpoint(key, {
            "title": "Prove the credential", "entity": entity, "direction": "receive", "request": request,
        })  # fmt: skip
        draft.check = draft.check or key


def _readable(paginate: Json, draft: Draft) -> Json:
    """Without the paths that are none."""
    found: Json = {}
    for name, value in paginate.items():
        try:
            if str(name).endswith(("path", "_in_response", "_in_response_body")) and value:
                compile_path(str(value))
            found[str(name)] = value
        except ExpressionError:
            draft.todo("endpoints.anything.get", f"the provider's '{name}' is no path: {value}")
    return found


def _any(paginate: Json, draft: Draft) -> None:
    paginate = _readable(paginate, draft)
    pagination, why = _pagination(paginate)
    listing: Json = {
        "title": "Get any path", "entity": "anything", "direction": "receive",
        "description": "For what has no endpoint of its own yet.",
        "request": {"method": "GET", "path": _ANY}, "parameters": [_PATH, _QUERY],
        "items_path": str(paginate.get("response_path") or ""),
    }  # fmt: skip
    size = paginate.get("limit_name_in_request")
    if pagination:
        listing["pagination"] = pagination
        if pagination["kind"] in ("next_token", "next_url", "link_header") and size and paginate.get("limit"):
            listing["request"]["query"] = {str(size): literal(str(paginate["limit"]))}
        draft.todo("endpoints.anything.get", f"every path is read in pages ({why}): see that it is right for each")
    draft.endpoint("anything.get", listing)
    draft.evidence["anything.get"] = why
    draft.endpoint("anything.create", {
        "title": "Send to any path", "entity": "anything", "direction": "send", "parameters": [_PATH, _QUERY],
        "request": {"method": "POST", "path": _ANY, "body": "{{ payload }}"}, "idempotency": {"kind": "none"},
    })  # fmt: skip
    draft.todo("endpoints", "the provider describes no operations: make endpoints of the paths that are needed")


def _pagination(facts: Json) -> tuple[Json | None, str]:
    kind: Any = facts.get("type")
    size = facts.get("limit") if isinstance(facts.get("limit"), int) else None
    if kind == "cursor" and facts.get("cursor_path_in_response") and facts.get("cursor_name_in_request"):
        token, parameter = str(facts["cursor_path_in_response"]), str(facts["cursor_name_in_request"])
        return {"kind": "next_token", "token_path": token, "parameter": parameter}, "the provider's cursor"
    if kind == "link" and facts.get("link_rel_in_response_header"):
        relation = str(facts["link_rel_in_response_header"])
        return {"kind": "link_header", "relation": relation}, "the provider's header Link"
    if kind == "link" and facts.get("link_path_in_response_body"):
        return {"kind": "next_url", "url_path": str(facts["link_path_in_response_body"])}, "the provider's link"
    if kind == "offset" and facts.get("offset_name_in_request"):
        name, limit = str(facts["offset_name_in_request"]), str(facts.get("limit_name_in_request") or "limit")
        first = facts.get("offset_start_value")
        if facts.get("offset_calculation_method") == "per-page":
            config: Json = {"kind": "page_number", "parameter": name, "first": first if isinstance(first, int) else 0}
            return config | ({"size_parameter": limit, "size": size} if size else {}), "the provider's pages"
        return {
            "kind": "limit_offset", "limit": size or 100, "limit_parameter": limit, "offset_parameter": name,
        }, "the provider's offset"  # fmt: skip
    return None, "the provider names no pages"
