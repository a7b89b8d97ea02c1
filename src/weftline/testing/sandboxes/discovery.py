"""Finds the sandboxes of a catalog: every ``<slug>/sandbox/app.py`` with a ``build(options)``."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weftline.errors import NotFoundError, SetupError, did_you_mean
from weftline.testing.sandboxes.app import SandboxApp

__all__ = ["Sandbox", "default_catalog", "discover", "find"]


@dataclass(frozen=True)
class Sandbox:
    """One sandbox of the catalog: the connector's slug and the folder of its code."""

    slug: str
    folder: Path

    def build(self, options: Mapping[str, Any]) -> SandboxApp:
        """A fresh instance; raises ``SettingsError`` when an option is unknown or wrong."""
        module = self._module()
        build: Callable[[Mapping[str, Any]], SandboxApp] | None = getattr(module, "build", None)
        if build is None:
            raise SetupError(f"Sandbox '{self.slug}' has no build(options) in its app.py")
        return build(options)

    def _module(self) -> types.ModuleType:
        # The folder is loaded as a package of its own name, so that its files may import each other and two
        # sandboxes may both have an options.py.
        package = "weftline_sandbox_" + self.slug.replace("-", "_")
        known = sys.modules.get(package)
        if known is None or str(self.folder) not in list(known.__path__):
            for name in [n for n in sys.modules if n == package or n.startswith(package + ".")]:
                del sys.modules[name]
            known = types.ModuleType(package)
            known.__path__ = [str(self.folder)]
            sys.modules[package] = known
        return importlib.import_module(f"{package}.app")


def discover(catalog: str | os.PathLike[str] | None = None) -> dict[str, Sandbox]:
    """Every sandbox of the catalog by slug; the catalog of the repository when none is named."""
    root = Path(catalog) if catalog is not None else default_catalog()
    if not root.is_dir():
        raise NotFoundError(f"There is no catalog folder '{root}'", hint="name it with --catalog")
    files = sorted(root.glob("*/sandbox/app.py"))
    return {f.parent.parent.name: Sandbox(f.parent.parent.name, f.parent.resolve()) for f in files}


def find(slug: str, catalog: str | os.PathLike[str] | None = None) -> Sandbox:
    """The sandbox of one connector; raises ``NotFoundError`` with the nearest name."""
    sandboxes = discover(catalog)
    if slug not in sandboxes:
        raise NotFoundError(f"No connector '{slug}' with a sandbox", hint=did_you_mean(slug, sandboxes))
    return sandboxes[slug]


def default_catalog() -> Path:
    """``catalog/`` of the working folder, or of the repository that this file stands in."""
    here = Path.cwd() / "catalog"
    if here.is_dir():
        return here
    for parent in Path(__file__).resolve().parents:
        if (parent / "catalog").is_dir():
            return parent / "catalog"
    return here
