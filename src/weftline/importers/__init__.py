"""Floor 8: descriptions of APIs become connectors."""

from collections.abc import Mapping
from typing import Any

from weftline.errors import DocumentError
from weftline.importers.base import Imported, Importer, Source, Todo
from weftline.importers.reading import read_source
from weftline.kernel import Registry

BUILTIN: dict[str, str] = {
    "airbyte": "weftline.importers.airbyte:AirbyteImporter",
    "curl": "weftline.importers.curl:CurlImporter",
    "har": "weftline.importers.har:HarImporter",
    "nango": "weftline.importers.nango:NangoImporter",
    "openapi": "weftline.importers.openapi:OpenapiImporter",
    "postman": "weftline.importers.postman:PostmanImporter",
    "swagger": "weftline.importers.openapi:SwaggerImporter",
}

IMPORTERS: Registry[Importer] = Registry("importers", BUILTIN)


def import_description(
    data: bytes, name: str, kind: str | None = None, config: Mapping[str, Any] | None = None
) -> Imported:
    """The connector of a description; without ``kind`` the format is found out.

    ``name`` stands for the source in errors. :class:`DocumentError` when no importer knows it, or it cannot be read.
    """
    source = read_source(data, name)
    found = kind or next((one for one in IMPORTERS.kinds() if IMPORTERS.get(one).recognises(source)), None)
    if found is None:
        known = ", ".join(IMPORTERS.get(one).title for one in IMPORTERS.kinds())
        raise DocumentError(f"{name} is in no format that is known", hint=f"known are: {known}")
    return IMPORTERS.get(found)(IMPORTERS.config(found, config or {}, where=f"importer '{found}'")).read(source)


__all__ = ["BUILTIN", "IMPORTERS", "Imported", "Importer", "Source", "Todo", "import_description", "read_source"]
