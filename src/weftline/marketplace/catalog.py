"""The catalog: a folder with one folder per connector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weftline.errors import DefinitionError, DocumentError, NotFoundError, WeftlineError, did_you_mean
from weftline.kernel import json
from weftline.model import Connector
from weftline.model.yaml import read_document

__all__ = ["BrokenEntry", "Catalog", "Entry"]

FILE = "connector.yaml"
_Stamp = tuple[int, int]
"""A file's time of change in nanoseconds and its size in bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A connector that can be installed."""

    document: Connector
    folder: Path

    @property
    def slug(self) -> str:
        """The connector's slug."""
        return self.document.slug


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """A folder whose connector file cannot be used, and why."""

    slug: str
    error: WeftlineError


class Catalog:
    """Reads connectors; a file is read again only when it has changed. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[_Stamp, Entry | BrokenEntry]] = {}
        self._samples: dict[Path, tuple[_Stamp, Any]] = {}

    def entries(self, search: str = "", category: str = "") -> list[Entry]:
        """Connectors by title; those in which every word of ``search`` occurs, and of a category, if given."""
        found = [entry for entry in self._all() if isinstance(entry, Entry)]
        words = search.lower().split()
        return sorted(
            (
                entry
                for entry in found
                if (not category or entry.document.category == category) and _matches(entry.document, words)
            ),
            key=lambda entry: entry.document.title.lower(),
        )

    def problems(self) -> list[BrokenEntry]:
        """Folders whose connector file cannot be used."""
        return [entry for entry in self._all() if isinstance(entry, BrokenEntry)]

    def find(self, slug: str) -> Entry | None:
        """The connector of that slug, or None; a broken file raises what is wrong with it."""
        found = self._load(slug) if _is_name(slug) else None
        if isinstance(found, BrokenEntry):
            raise found.error
        return found

    def must_find(self, slug: str) -> Entry:
        """The connector of that slug; NotFoundError suggests the closest."""
        found = self.find(slug)
        if found is None:
            raise NotFoundError(f"the marketplace has no connector '{slug}'", hint=did_you_mean(slug, self._names()))
        return found

    def offered(self, slug: str) -> Connector | None:
        """The document of that slug; None when it is not there or its file cannot be used."""
        found = self._load(slug) if _is_name(slug) else None
        return found.document if isinstance(found, Entry) else None

    def readme(self, slug: str) -> str:
        """The connector's page in Markdown; empty when there is none."""
        return self._text(slug, "README.md")

    def icon(self, slug: str) -> str:
        """The connector's icon as SVG; empty when there is none."""
        return self._text(slug, "icon.svg")

    def sample(self, slug: str, file: str) -> Any:
        """The sample of that file beside the connector file, as values; None when there is none."""
        folder = (self.folder / slug).resolve()
        path = (folder / file).resolve()
        if not _is_name(slug) or not path.is_relative_to(folder) or not path.is_file():
            return None
        stamp = _stamp(path)
        known = self._samples.get(path)
        if known is None or known[0] != stamp:
            try:
                value = json.decode(path.read_bytes())
            except (json.JSONError, UnicodeDecodeError):
                value = None
            known = (stamp, value)
            self._samples[path] = known
        return known[1]

    def _all(self) -> list[Entry | BrokenEntry]:
        found = [self._load(name) for name in self._names()]
        return [entry for entry in found if entry is not None]

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(file.parent.name for file in self.folder.glob(f"*/{FILE}"))

    def _text(self, slug: str, name: str) -> str:
        file = self.folder / slug / name
        return file.read_text(encoding="utf-8") if _is_name(slug) and file.is_file() else ""

    def _load(self, slug: str) -> Entry | BrokenEntry | None:
        file = self.folder / slug / FILE
        try:
            stamp = _stamp(file)
        except OSError:
            self._read.pop(slug, None)
            return None
        known = self._read.get(slug)
        if known is None or known[0] != stamp:
            known = (stamp, _read(file))
            self._read[slug] = known
        return known[1]


def _read(file: Path) -> Entry | BrokenEntry:
    slug = file.parent.name
    try:
        document = read_document(file, Connector)
    except WeftlineError as error:
        return BrokenEntry(slug, error)
    except OSError as error:
        return BrokenEntry(
            slug, DefinitionError(f"the file of the connector '{slug}' cannot be read: {error.strerror}")
        )
    if document.slug != slug:
        mismatch = DocumentError(
            f"the connector in the folder '{slug}' calls itself '{document.slug}'",
            hint="give the folder and the key 'slug' the same name",
            context={"key": "slug"},
        )
        return BrokenEntry(slug, mismatch)
    return Entry(document, file.parent)


def _is_name(slug: str) -> bool:
    return slug not in ("", ".", "..") and not any(char in slug for char in "/\\\0")


def _matches(document: Connector, words: Sequence[str]) -> bool:
    text = f"{document.slug} {document.title} {document.summary} {document.category}".lower()
    return all(word in text for word in words)


def _stamp(file: Path) -> _Stamp:
    facts = file.stat()
    return facts.st_mtime_ns, facts.st_size
