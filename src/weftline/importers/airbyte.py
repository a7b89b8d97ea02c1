"""Low-code connector manifests (``manifest.yaml`` of the Airbyte CDK): each stream becomes an endpoint that lists.

Nothing of a manifest is run. What has no equivalent here is left out of the connector and said as a ``todo``.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, ClassVar

from pydantic import BaseModel

from weftline.errors import DocumentError
from weftline.importers import naming
from weftline.importers.airbyte_auth import Authenticators
from weftline.importers.airbyte_config import Asked
from weftline.importers.airbyte_errors import pacing
from weftline.importers.airbyte_manifest import written_out
from weftline.importers.airbyte_streams import Stream, address
from weftline.importers.base import Imported, Importer, Source
from weftline.importers.draft import Draft
from weftline.model import Document

Json = dict[str, Any]
_ILL_FORMED = (AttributeError, TypeError, ValueError, KeyError, IndexError)
"""What a list where an object was expected, or the like, comes out as."""


class AirbyteConfig(Document):
    """Nothing to choose."""


class AirbyteImporter(Importer):
    """Reads low-code manifests."""

    kind: ClassVar[str] = "airbyte"
    title: ClassVar[str] = "Airbyte low-code manifest"
    Config: ClassVar[type[BaseModel]] = AirbyteConfig

    @classmethod
    def recognises(cls, source: Source) -> bool:
        """A declarative source, by its type or by streams beside a check of them."""
        document = source.document
        if not isinstance(document, dict):
            return False
        if document.get("type") == "DeclarativeSource":
            return True
        return "check" in document and ("streams" in document or "dynamic_streams" in document)

    def read(self, source: Source) -> Imported:
        """The connector; :class:`DocumentError` when references lead nowhere or no stream can be read."""
        if not isinstance(source.document, dict):
            raise DocumentError(f"{source.name} is no manifest", hint="it is YAML with 'streams' and 'check'")
        try:
            return self._read(source)
        except _ILL_FORMED as error:
            raise DocumentError(f"{source.name} is not formed as manifests are: {error}") from None

    def _read(self, source: Source) -> Imported:
        manifest = written_out(source.document)
        spec = _object(manifest.get("spec"))
        specification = _object(spec.get("connection_specification"))
        title = str(specification.get("title") or PurePath(source.name).parent.name or PurePath(source.name).stem)
        for word in (" Spec", " Source", "Source "):
            title = title.removesuffix(word).removeprefix(word)
        summary, docs_url = manifest.get("description"), spec.get("documentation_url")
        draft = Draft(title, summary=str(summary or ""), docs_url=str(docs_url or ""))
        asked = Asked(draft, specification)
        streams = _streams(manifest, draft)
        bases = [address(_object(_object(one.get("retriever")).get("requester")), asked)[0] for one in streams]
        base = next((one for one in bases if one), "")
        authenticators = Authenticators(asked, _object(spec.get("advanced_auth")))
        keys: dict[str, str] = {}
        for one in streams:
            stream = Stream(one, asked, authenticators, base, draft.endpoints)
            try:
                if stream.add():
                    keys[str(one.get("name"))] = stream.key
            except _ILL_FORMED as error:
                draft.todo(
                    f"endpoints.{stream.key}", f"the stream '{one.get('name')}' is not formed as streams are: {error}"
                )
        # Its default may be a template over the other variables, which must stand before it.
        draft.base_url(base or None)
        draft.check = _check(manifest, keys, draft)
        pacing(manifest.get("api_budget"), draft)
        _unused(manifest, asked)
        return draft.finish(len(streams))


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _streams(manifest: Json, draft: Draft) -> list[Json]:
    found: list[Json] = []
    for one in manifest.get("streams") or []:
        kind = _object(one).get("type")
        name = str(_object(one).get("name") or kind)
        if kind == "ConditionalStreams":
            draft.todo("endpoints", f"some streams exist only if {one.get('condition')}; here they always do")
            found += [each for each in one.get("streams") or [] if isinstance(each, dict)]
        elif kind == "StateDelegatingStream":
            draft.todo(
                f"endpoints.{naming.key(name)}.list", "the manifest reads changes in another way than all: see there"
            )
            found.append({**_object(one.get("full_refresh_stream")), "name": name})
        elif isinstance(one, dict):
            found.append(one)
        else:
            draft.todo("endpoints", f"one of the streams is no object: {str(one)[:100]}")
    for key in ("dynamic_streams", "stream_groups", "concurrency_level"):
        if manifest.get(key):
            draft.todo("endpoints", f"the manifest's '{key}' is not translated")
    if not found:
        raise DocumentError(
            "the manifest has no streams", hint="streams that are made at run time cannot be imported"
        )
    return found


def _check(manifest: Json, keys: dict[str, str], draft: Draft) -> str | None:
    names = _object(manifest.get("check")).get("stream_names") or []
    for name in names:
        key = keys.get(str(name))
        if key and not any(one.get("required") for one in draft.endpoints[key].get("parameters", [])):
            return key
    return None


def _unused(manifest: Json, asked: Asked) -> None:
    """What the specification asks for and no translated part uses."""
    for parts in asked.properties:
        if parts not in asked.used and "const" not in asked.properties[parts]:
            asked.draft.todo("variables", f"the manifest asks for '{'.'.join(parts)}', which nothing here uses")
    if _object(manifest.get("spec")).get("config_normalization_rules"):
        asked.draft.todo(
            "variables", "the manifest changes what a person enters (config_normalization_rules): see there"
        )
