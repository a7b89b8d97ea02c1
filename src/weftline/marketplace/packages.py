"""Packages: one connector's folder as one file, the same bytes for the same content, and safe to open."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from weftline.errors import DefinitionError

__all__ = ["MOST_BYTES", "MOST_FILES", "pack", "unpack"]

MOST_FILES = 500
MOST_BYTES = 16 * 1024 * 1024
"""Of a package's files together, opened."""

_TAKEN = ("connector.yaml", "README.md", "icon.svg")
_SAMPLES = "samples"
_WHEN = (1980, 1, 1, 0, 0, 0)


def pack(folder: Path) -> bytes:
    """The package (a zip file) of a connector's folder. Code, such as a sandbox's options, does not travel."""
    held = io.BytesIO()
    files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in _files(folder)}
    _bound(folder.name, len(files), sum(map(len, files.values())))
    with zipfile.ZipFile(held, "w") as package:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content, compresslevel=9)
    return held.getvalue()


def unpack(slug: str, data: bytes) -> dict[str, bytes]:
    """The files of a package by path; DefinitionError names the package that is unsafe or broken."""
    files: dict[str, bytes] = {}
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _bound(slug, len(entries), 0)
            for entry in entries:
                if not _is_safe(entry) or entry.filename in files:
                    raise DefinitionError(
                        f"the package '{slug}' holds a path that is not allowed: {entry.filename!r}"
                    )
                with package.open(entry) as file:
                    # What is read counts, not what the header says of it.
                    content = file.read(MOST_BYTES - size + 1)
                size += len(content)
                _bound(slug, len(entries), size)
                files[entry.filename] = content
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        raise DefinitionError(f"the package '{slug}' cannot be opened: {error}") from None
    return files


def _files(folder: Path) -> Iterator[Path]:
    for file in [*(folder / name for name in _TAKEN), *(folder / _SAMPLES).rglob("*")]:
        if file.is_symlink():
            raise DefinitionError(
                f"the connector '{folder.name}' holds a link: {file.name}", hint="put the file there"
            )
        if file.is_file():
            yield file


def _is_safe(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    parts = name.split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return (
        kind in (0, stat.S_IFREG)
        and not any(part in ("", ".", "..") for part in parts)
        and not any(char in name for char in "\\\0:")
        and (name in _TAKEN or PurePosixPath(name).parts[0] == _SAMPLES)
    )


def _bound(slug: str, files: int, size: int) -> None:
    if files > MOST_FILES or size > MOST_BYTES:
        raise DefinitionError(
            f"the package '{slug}' is too large",
            hint=f"at most {MOST_FILES} files of together {MOST_BYTES // 1024 // 1024} MiB",
        )
