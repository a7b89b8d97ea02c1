"""OpenAPI 3.0 and 3.1, and Swagger 2.0: each operation becomes an endpoint."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.errors import DocumentError
from weftline.importers import naming
from weftline.importers.base import Imported, Importer, Source
from weftline.importers.draft import Draft, shortened
from weftline.importers.openapi_auth import add_auth
from weftline.importers.openapi_operations import METHODS, Operations
from weftline.importers.openapi_refs import Json, Refs, items, table, text
from weftline.importers.openapi_swagger import as_openapi
from weftline.model import Document
from weftline.model.fields import field

_SLOT = re.compile(r"\{([^{}]+)\}")
_ALLOWED = {"GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"}


class OpenapiConfig(Document):
    """What of a description is taken."""

    deprecated: bool = field(True, title="Deprecated operations", description="Off: they are left out")


class OpenapiImporter(Importer):
    """Reads OpenAPI 3.0 and 3.1."""

    kind: ClassVar[str] = "openapi"
    title: ClassVar[str] = "OpenAPI 3.0 and 3.1"
    Config: ClassVar[type[BaseModel]] = OpenapiConfig
    mark: ClassVar[str] = "openapi"
    versions: ClassVar[tuple[str, ...]] = ("3.",)

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """By the key that says the version."""
        document = source.document
        return isinstance(document, dict) and str(document.get(cls.mark, "")).startswith(cls.versions)

    def read(self, source: Source) -> Imported:
        """The connector; :class:`DocumentError` for another version, references elsewhere, or no operations."""
        if not self.recognises(source):
            raise DocumentError(
                f"{source.name} is no {self.title}", hint=f"it begins with '{self.mark}: {self.versions[0]}x'"
            )
        refs = Refs(source.document, source.name)
        document = self._document(source.document, refs)
        info = table(document.get("info"))
        docs = text(table(document.get("externalDocs")).get("url"))
        summary = text(info.get("summary")) or text(info.get("description")).partition("\n")[0]
        draft = Draft(text(info.get("title")) or "API", summary=summary, docs_url=docs)
        _server(document, draft)
        operations = list(_operations(document, refs))
        add_auth(document, [one for _, _, one, _ in operations], refs, draft)
        reader = Operations(draft, refs)
        for method, path, operation, shared in operations:
            if operation.get("deprecated") is True and not self.config.deprecated:
                draft.todo("endpoints", f"{method.upper()} {path} is deprecated: it was left out")
            elif method.upper() not in _ALLOWED:
                draft.todo("endpoints", f"{method.upper()} {path} has a method that is not sent: it was left out")
            else:
                reader.add(method, path, operation, shared)
        for name in table(document.get("webhooks")):
            draft.todo("endpoints", f"the webhook '{name}' is sent by the application: receive it with a trigger")
        return draft.finish(len(operations))

    def _document(self, document: Json, refs: Refs) -> Json:
        return document


class SwaggerImporter(OpenapiImporter):
    """Reads Swagger 2.0."""

    kind: ClassVar[str] = "swagger"
    title: ClassVar[str] = "Swagger 2.0"
    mark: ClassVar[str] = "swagger"
    versions: ClassVar[tuple[str, ...]] = ("2.",)

    def _document(self, document: Json, refs: Refs) -> Json:
        return as_openapi(document, refs, METHODS)


def _operations(document: Json, refs: Refs) -> list[tuple[str, str, Json, list[Any]]]:
    found = []
    for path, facts in table(document.get("paths")).items():
        described = refs.of(facts)
        shared = items(described.get("parameters"))
        found += [
            (method, str(path) if str(path).startswith("/") else f"/{path}", described[method], shared)
            for method in described
            if method in METHODS and isinstance(described[method], dict)
        ]
    return found


def _server(document: Json, draft: Draft) -> None:
    servers = [table(one) for one in items(document.get("servers"))]
    server = next((one for one in servers if text(one.get("url"))), {})
    url = text(server.get("url")).rstrip("/")
    if not url.startswith(("http://", "https://")) or "{{" in url:
        draft.base_url(None)
        return
    variables = table(server.get("variables"))
    for name in dict.fromkeys(_SLOT.findall(url)):
        facts = table(variables.get(name))
        default = text(facts.get("default"))
        key = naming.unique(naming.key(name, "value")[:60], draft.variables | {"base_url": 1})
        told = default and "{{" not in default and naming.words(default) != naming.words(name)
        options = [str(one) for one in items(facts.get("enum"))]
        draft.variable(
            key, help=shortened(text(facts.get("description")), 500), options=options,
            **({"default": default} if told else {"required": True}),
        )  # fmt: skip
        url = url.replace(f"{{{name}}}", f"{{{{ {key} }}}}")
    draft.base_url(url)
    if len(servers) > 1:
        others = ", ".join(text(one.get("url")) for one in servers[1:6])
        draft.todo("variables.base_url", f"the description names other servers, too: {others}")
