"""A marketplace as files: ``index.json``, ``index.sig`` and the packages; built, and verified byte by byte."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from weftline.connectors.lint import lint
from weftline.errors import DefinitionError
from weftline.kernel import json
from weftline.marketplace import signing
from weftline.marketplace.catalog import Catalog
from weftline.marketplace.packages import pack, unpack

__all__ = ["INDEX", "SIGNATURE", "Index", "Package", "build", "open_package", "read_bytes", "read_index", "verify"]

INDEX = "index.json"
SIGNATURE = "index.sig"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._+-]*$"


class Package(BaseModel):
    """What the index says of a package; ``bytes`` is the size of its file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["connector"]
    slug: str = Field(pattern=_NAME)
    version: str = Field(pattern=_NAME)
    title: str
    summary: str = ""
    category: str = ""
    path: str = Field(pattern=r"^packages/[A-Za-z0-9][A-Za-z0-9._+-]*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Index(BaseModel):
    """The index; ``revision`` grows with every change, so that an older index can be told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1] = 1
    revision: int = Field(default=1, ge=1)
    packages: tuple[Package, ...] = ()


def build(folder: Path, out: Path) -> Index:
    """Write the marketplace of a catalog folder; DefinitionError names the connector that has an error."""
    catalog = Catalog(folder)
    for broken in catalog.problems():
        raise DefinitionError(f"the connector '{broken.slug}' cannot be built: {broken.error.message}")
    files: dict[str, bytes] = {}
    packages: list[Package] = []
    for entry in sorted(catalog.entries(), key=lambda entry: entry.slug):
        document = entry.document
        for problem in lint(document, entry.folder):
            if problem.level == "error":
                raise DefinitionError(
                    f"the connector '{entry.slug}' cannot be built: {problem.message}", hint=problem.hint
                )
        data = pack(entry.folder)
        path = f"packages/{entry.slug}-{document.version}.zip"
        files[path] = data
        packages.append(
            Package(
                kind="connector", slug=entry.slug, version=str(document.version), title=document.title,
                summary=document.summary, category=document.category, path=path,
                sha256=hashlib.sha256(data).hexdigest(), bytes=len(data),
            )
        )  # fmt: skip
    if not packages:
        raise DefinitionError(f"there is no connector in '{folder}'")
    before = read_index((out / INDEX).read_bytes()) if (out / INDEX).is_file() else None
    if before is not None and before.packages == tuple(packages):
        index = before
    else:
        index = Index(revision=before.revision + 1 if before else 1, packages=tuple(packages))
    (out / "packages").mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        (out / path).write_bytes(data)
    if index is not before:
        (out / SIGNATURE).unlink(missing_ok=True)  # it signs what was there before
        (out / INDEX).write_bytes(json.encode(index.model_dump()) + b"\n")
    return index


def read_index(data: bytes) -> Index:
    """The index of these bytes; DefinitionError when they are none."""
    try:
        return Index.model_validate(json.decode(data))
    except (ValidationError, json.JSONError, UnicodeDecodeError) as error:
        raise DefinitionError(f"the index of the marketplace cannot be read: {str(error).splitlines()[0]}") from None


def open_package(package: Package, data: bytes) -> dict[str, bytes]:
    """The files of a package by path; refused by name when it is not what the index says."""
    if len(data) != package.bytes or hashlib.sha256(data).hexdigest() != package.sha256:
        raise DefinitionError(f"the package '{package.slug}' was changed: its checksum is not the index's")
    return unpack(package.slug, data)


def verify(folder: Path, public_key: str) -> Index:
    """The index of a marketplace whose signature and packages are all right; DefinitionError names what is not."""
    data = read_bytes(folder / INDEX)
    signing.check(data, read_bytes(folder / SIGNATURE), public_key)
    index = read_index(data)
    for package in index.packages:
        open_package(package, read_bytes(folder / package.path))
    return index


def read_bytes(file: Path) -> bytes:
    """A file of the marketplace; DefinitionError when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise DefinitionError(f"'{file.name}' of the marketplace cannot be read: {error.strerror}") from None
