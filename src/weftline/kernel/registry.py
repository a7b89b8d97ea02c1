"""Registry: the one list of kinds that a socket room has.

Built-ins and outsiders register alike: a name that points to ``module:Class``. Classes are imported when they
are first asked for, so that listing kinds costs nothing and needs no driver.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError

from weftline.errors import DocumentError, PluginConflictError, UnknownKindError

T = TypeVar("T")


class Registry(Generic[T]):
    """Kinds of one room by name; outsiders add to it with the entry-point group ``weftline.<room>``."""

    def __init__(self, room: str, builtin: Mapping[str, str]) -> None:
        self.room = room
        self._paths: dict[str, str] = dict(builtin)
        self._classes: dict[str, type[T]] = {}
        self._outsiders_loaded = False

    def kinds(self) -> list[str]:
        """Every known kind, in the order of registration."""
        self._load_outsiders()
        return list(self._paths)

    def get(self, kind: str) -> type[T]:
        """The class of a kind; :class:`UnknownKindError` names the known ones."""
        found = self._classes.get(kind)
        if found is not None:
            return found
        self._load_outsiders()
        path = self._paths.get(kind)
        if path is None:
            raise UnknownKindError(self.room, kind, self._paths)
        module, _, name = path.partition(":")
        found = cast("type[T]", getattr(import_module(module), name))
        self._classes[kind] = found
        return found

    def config(self, kind: str, values: Mapping[str, Any], *, where: str = "") -> Any:
        """Validate ``values`` against the Config of ``kind``; a clear :class:`DocumentError` if they do not fit."""
        model: type[BaseModel] = self.get(kind).Config  # type: ignore[attr-defined]
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise DocumentError(
                f"{where or self.room + ' ' + kind}: {explain(error)}", context={"kind": kind, "where": where}
            ) from None

    def schemas(self) -> dict[str, dict[str, Any]]:
        """Per kind: title, description and the JSON Schema of its Config (forms and docs are drawn from it)."""
        found: dict[str, dict[str, Any]] = {}
        for kind in self.kinds():
            kind_class: Any = self.get(kind)
            found[kind] = {
                "kind": kind,
                "title": getattr(kind_class, "title", kind),
                "description": (kind_class.__doc__ or "").strip().split("\n")[0],
                "schema": kind_class.Config.model_json_schema(),
            }
        return found

    def _load_outsiders(self) -> None:
        if self._outsiders_loaded:
            return
        self._outsiders_loaded = True
        for point in entry_points(group=f"weftline.{self.room}"):
            if point.name in self._paths and self._paths[point.name] != point.value:
                raise PluginConflictError(
                    f"two packages register the kind '{point.name}' of {self.room}: "
                    f"{self._paths[point.name]} and {point.value}",
                    hint="remove one of the packages",
                )
            self._paths[point.name] = point.value


def explain(error: ValidationError) -> str:
    """A pydantic error as one readable sentence per fault, naming the key."""
    parts = []
    for fault in error.errors(include_url=False):
        where = ".".join(str(piece) for piece in fault["loc"]) or "document"
        match fault["type"]:
            case "extra_forbidden":
                parts.append(f"unknown key '{where}'")
            case "missing":
                parts.append(f"'{where}' is missing")
            case "string_pattern_mismatch" | "string_too_short" if fault["input"] == "":
                parts.append(f"'{where}' is empty")
            case _:
                parts.append(f"'{where}': {fault['msg'].removeprefix('Value error, ')}")
    return "; ".join(parts)
