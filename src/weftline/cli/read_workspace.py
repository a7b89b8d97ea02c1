"""Reads workspace files: one, or a folder of them; every fault is named with file, line and key."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from weftline.errors import DocumentError, UnknownKindError, WeftlineError
from weftline.kernel import Registry
from weftline.model import Step
from weftline.model.yaml import Places, load_yaml, validate
from weftline.shapes import SHAPES
from weftline.triggers import TRIGGERS
from weftline.workspace import Workspace, resolve_env

__all__ = ["read_env_file", "read_workspace"]

Json = dict[str, Any]
PARTS = {"connectors": "slug", "instances": "name", "lookups": "name", "flows": "name"}
"""The lists of a workspace, and the key that names an entry of each."""
HEADER = ["left", "right"]


def read_workspace(path: Path, environ: Mapping[str, str]) -> Json:
    """The workspace document of a file or folder: ``${env:NAME}`` filled in, lookups' CSV files read.

    Raises ``DocumentError`` for whatever the files themselves show to be wrong; what needs the workspace to judge
    (a connector that is not in the marketplace, say) is the server's to say.
    """
    merged: Json = {part: [] for part in PARTS}
    origin: dict[tuple[str, str], str] = {}
    for file in _files(path):
        data, places = load_yaml(file)
        if data is None:
            continue
        validate(data, places, Workspace, str(file))
        for part, name_key in PARTS.items():
            for index, entry in enumerate(data.get(part) or []):
                here = _place(file, places, (part, index))
                name = str(entry[name_key])
                if (part, name) in origin:
                    kind = part.removesuffix("s")
                    raise DocumentError(
                        f"{here}: the {kind} '{name}' stands at {origin[part, name]} too", hint="remove one"
                    )
                origin[part, name] = here
                merged[part].append(_entry(part, index, entry, file, places, environ))
    return {part: entries for part, entries in merged.items() if entries}


def read_env_file(path: Path) -> dict[str, str]:
    """NAME=value lines; empty lines, comments and a leading ``export`` are passed over, quotes around a value too."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DocumentError(f"the env file '{path}' cannot be read: {reason}", hint="check --env-file") from None
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ").strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise DocumentError(f"{path}:{number}: expected NAME=value", hint="write one variable a line")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found[name.strip()] = value
    return found


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise DocumentError(f"there is no file or folder '{path}'", hint="check the path")
    if not path.is_dir():
        return [path]
    files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
    if not files:
        raise DocumentError(f"the folder '{path}' has no *.yaml file", hint="name a workspace file or its folder")
    return files


def _entry(part: str, index: int, entry: Json, file: Path, places: Places, environ: Mapping[str, str]) -> Json:
    filled: Json = _filled(entry, (part, index), file, places, environ)
    if part == "lookups" and filled.get("file"):
        here = _place(file, places, (part, index, "file"))
        if filled.get("rows"):
            raise DocumentError(f"{here}: the lookup '{filled['name']}' has both 'file' and 'rows'", hint="keep one")
        return {"name": filled["name"], "rows": _csv_rows(file.parent / str(filled["file"]), here)}
    if part == "flows":
        _check_kinds(filled, (part, index), file, places)
    return filled


def _filled(value: Any, path: tuple[str | int, ...], file: Path, places: Places, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, (*path, key), file, places, environ) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, (*path, index), file, places, environ) for index, item in enumerate(value)]
    if not isinstance(value, str):
        return value
    try:
        return resolve_env(value, environ, str(path[-1]))
    except DocumentError as error:
        where = _place(file, places, path)
        raise DocumentError(f"{where}: {error.message}", hint=f"{error.hint}, or --env-file") from None


def _check_kinds(flow: Json, path: tuple[str | int, ...], file: Path, places: Places) -> None:
    """Steps and triggers against the Config of their kind, here, where the line is known."""
    common = set(Step.model_fields)
    for index, step in enumerate(flow.get("steps") or []):
        own = {key: value for key, value in step.items() if key not in common}
        _check_kind(SHAPES, str(step["shape"]), "shape", own, (*path, "steps", index), file, places)
    for index, trigger in enumerate(flow.get("triggers") or []):
        own = {key: value for key, value in trigger.items() if key != "kind"}
        _check_kind(TRIGGERS, str(trigger.get("kind", "")), "kind", own, (*path, "triggers", index), file, places)


def _check_kind(
    registry: Registry[Any],
    kind: str,
    key: str,
    config: Json,
    path: tuple[str | int, ...],
    file: Path,
    places: Places,
) -> None:
    inner: Places = {found[len(path) :]: place for found, place in places.items() if found[: len(path)] == path}
    try:
        model = registry.get(kind).Config
    except UnknownKindError as error:
        raise DocumentError(f"{_place(file, places, (*path, key))}: {error.message}", hint=error.hint) from None
    try:
        validate(config, inner, model, str(file))
    except WeftlineError:
        raise
    except ValueError as error:
        raise DocumentError(f"{_place(file, places, path)}: {error}") from None


def _csv_rows(path: Path, named_at: str) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return list(_pairs(csv.reader(opened, strict=True), path))
    except OSError as error:
        raise DocumentError(
            f"{named_at}: '{path}' cannot be read: {error.strerror}",
            hint="the path is relative to the file that names it",
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DocumentError(f"{named_at}: '{path}' is not CSV in UTF-8: {error}") from None


def _pairs(reader: Any, path: Path) -> Iterator[list[str]]:
    for row in reader:
        if not row or (reader.line_num == 1 and [cell.strip().lower() for cell in row] == HEADER):
            continue
        if len(row) != 2:
            raise DocumentError(
                f"{path}:{reader.line_num}: {len(row)} columns, a lookup has two",
                hint="quote a value that holds a comma",
            )
        yield row


def _place(file: Path, places: Places, path: tuple[str | int, ...]) -> str:
    """``file:line`` of a path, or of the nearest part of it that the file has."""
    while path and path not in places:
        path = path[:-1]
    return f"{file}:{places.get(path, (1, 1))[0]}"
