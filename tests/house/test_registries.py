"""A kind is one file and one row; its Config says what a form needs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

from weftline.auth import AUTH_METHODS, AuthMethod
from weftline.formats import FORMATS, Format
from weftline.importers import IMPORTERS, Importer
from weftline.kernel import Registry
from weftline.mapping.base import Transform
from weftline.mapping.transforms import TRANSFORMS
from weftline.pagination import PAGINATORS, Paginator
from weftline.shapes import SHAPES, Shape
from weftline.transports import TRANSPORTS, Transport
from weftline.triggers import TRIGGERS, Trigger

ROOMS: list[tuple[str, Registry, type]] = [
    ("weftline.auth", AUTH_METHODS, AuthMethod),
    ("weftline.formats", FORMATS, Format),
    ("weftline.importers", IMPORTERS, Importer),
    ("weftline.mapping", TRANSFORMS, Transform),
    ("weftline.pagination", PAGINATORS, Paginator),
    ("weftline.shapes", SHAPES, Shape),
    ("weftline.transports", TRANSPORTS, Transport),
    ("weftline.triggers", TRIGGERS, Trigger),
]
KINDS = [
    pytest.param(registry, kind, id=f"{registry.room}-{kind}")
    for _, registry, _ in ROOMS
    for kind in registry.kinds()
]


def kinds_of(package: str, base: type) -> set[type]:
    """Every class of a room that is a finished kind."""
    found: set[type] = set()
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        loaded = importlib.import_module(f"{package}.{module.name}")
        for _, member in inspect.getmembers(loaded, inspect.isclass):
            own = member.__module__ == loaded.__name__ and not member.__name__.startswith("_")
            if own and isinstance(getattr(member, "kind", None), str):
                found.add(member)
    return found


@pytest.mark.parametrize(("package", "registry", "base"), ROOMS, ids=[row[0] for row in ROOMS])
def test_every_kind_of_a_room_is_registered(package, registry, base):
    registered = {registry.get(kind) for kind in registry.kinds()}
    assert {c.__name__ for c in kinds_of(package, base) - registered} == set()
    assert registered, "a room without kinds"


@pytest.mark.parametrize(("registry", "kind"), KINDS)
def test_a_kind_is_whole(registry, kind):
    found = registry.get(kind)
    assert found.kind == kind
    assert found.title
    assert (found.__doc__ or "").strip(), "say what it is for"
    assert found.Config.model_config.get("frozen"), "a Config is frozen"
    assert found.Config.model_config.get("extra") == "forbid", "a Config refuses unknown keys"
    untitled = [name for name, field in found.Config.model_fields.items() if not field.title]
    assert untitled == [], "every field has a title"


def test_unknown_kinds_are_refused_by_name():
    from weftline.errors import UnknownKindError

    for _, registry, _ in ROOMS:
        with pytest.raises(UnknownKindError, match="no-such-kind"):
            registry.get("no-such-kind")
